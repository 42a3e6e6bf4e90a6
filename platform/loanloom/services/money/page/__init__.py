"""A loan as people read it: what is owed and why, its transactions and statements. Writes nothing."""
