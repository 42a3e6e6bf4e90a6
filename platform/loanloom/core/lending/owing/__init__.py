"""What is owed on a day and how a receipt pays it: due amounts, lateness, what the books claim, allocation."""
