"""Typed tree to polars expressions. Imports polars; nothing else of the language imports this room."""
