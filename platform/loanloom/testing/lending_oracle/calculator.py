"""Cases of the oracle's calculator: operations on a working plan."""

from __future__ import annotations

from collections.abc import Iterator

from loanloom.testing.lending_oracle.words import Said, Unsupported


def play(case: Said) -> Iterator[str]:
    """What differs."""
    raise Unsupported("calculator")
