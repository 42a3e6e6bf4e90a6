"""Use cases: one transaction each, a verb per function. What one *does*; every function takes a Context first."""
