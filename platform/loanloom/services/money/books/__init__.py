"""The books: entries of what happened, kept balances, closed periods, corrections."""
