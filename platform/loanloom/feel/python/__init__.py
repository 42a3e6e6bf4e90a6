"""Typed tree to Python source: the fast back end for one record."""
