"""Loanloom: a runtime that interprets lending metadata."""

__version__ = "0.1.0"
