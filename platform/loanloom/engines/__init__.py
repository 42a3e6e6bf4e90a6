"""Pure interpreters of metadata over facts: each takes values and returns values, none knows the store or the clock."""
