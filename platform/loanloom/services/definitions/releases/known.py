"""The kinds and field types this installation knows: the shipped ones and those of plugins, loaded once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from loanloom.metadata.kinds import Kinds, load_kinds
from loanloom.services.running.plugged import plugged


@lru_cache(maxsize=1)
def kinds() -> Kinds:
    """Every kind of document."""
    folders: list[Path] = [Path(folder) for folder in plugged().parts("kinds").values()]
    extra = [(path.read_text("utf-8"), path.name) for folder in folders for path in sorted(folder.glob("*.yaml"))]
    return load_kinds(extra, plugged().parts("field_type"))
