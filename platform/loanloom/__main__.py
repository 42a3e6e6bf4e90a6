"""`python -m loanloom` is `loanloom`."""

from __future__ import annotations

from loanloom.cli import main

main()
