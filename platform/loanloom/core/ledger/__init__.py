"""Double entry: accounts, balanced entries, trial balance. Knows nothing of lending."""
