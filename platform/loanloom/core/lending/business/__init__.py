"""Forms of business around a loan: credit lines, entrusted money, how far a term may be extended."""
