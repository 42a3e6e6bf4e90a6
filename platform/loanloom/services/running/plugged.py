"""What is plugged in: the built-in parts and the installed plugins, loaded once a process."""

from __future__ import annotations

from functools import cache

from loanloom.plugins import Loaded, load


@cache
def plugged() -> Loaded:
    """Everything, by slot and key."""
    from loanloom.services.running.builtin import plugin

    return load(builtin=(plugin,))
