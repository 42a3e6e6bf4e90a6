"""Worked examples of Chinese lending practice against the core: `make oracle-cn`.

The modules translate a case's words into terms, commands and questions of `loanloom.core.lending`; every figure is
computed there.
"""
