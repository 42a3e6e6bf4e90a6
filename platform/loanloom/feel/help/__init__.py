"""For people who write expressions: completion, hover, renaming, partial evaluation. Pure, over checked texts."""
