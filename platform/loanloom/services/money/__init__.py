"""What moves money and what follows from it: disbursements, repayments, loans, ledger, end of day."""
