"""What a loan is: terms, schedule, what is owed on any day, and the commands that change it. Knows no ledger."""
