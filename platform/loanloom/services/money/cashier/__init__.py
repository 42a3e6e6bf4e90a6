"""The cashier's desk: money in and out around a loan, entered by one person and registered by another."""
