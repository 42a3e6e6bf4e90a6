"""Syntax tree to typed tree: names, types, currencies, every mistake with its place. Runs nothing."""
