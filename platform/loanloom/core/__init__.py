"""What lending is: pure functions over values, standard library only. No clock, no database, no metadata."""
