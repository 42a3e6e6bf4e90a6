"""Credit lines: opened by a signature, drawn by two people, used and given back with every event."""
