"""What lender and borrower agreed, as plain values: the terms of a loan and their parts."""
