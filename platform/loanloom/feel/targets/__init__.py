"""Typed tree to expressions over many records: what agrees exactly, and the way into polars and SQL."""
