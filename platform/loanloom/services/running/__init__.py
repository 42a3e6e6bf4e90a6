"""What keeps the house running: founding, surroundings of a use case, jobs, long work, outbox, messages."""
