"""The demonstration: the model company's people and customers live through ten weeks, by the same services
that people use.

Nothing here writes a table of its own: what cannot be done through `services` does not happen in the story.
"""
