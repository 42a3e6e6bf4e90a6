"""What is plugged in: the built-in parts and the installed plugins, loaded once a process."""

from __future__ import annotations

from functools import cache

from loanloom.core.lending.planning.rules import Methods
from loanloom.plugins import Loaded, load


@cache
def plugged() -> Loaded:
    """Everything, by slot and key."""
    from loanloom.services.running.builtin import plugin

    return load(builtin=(plugin,))


@cache
def lending_methods() -> Methods:
    """The rules and day counts that schedules may name: the built-in ones and those of plugins."""
    loaded = plugged()
    return Methods(
        principal=loaded.parts("principal_rule"),
        interest=loaded.parts("interest_rule"),
        day_counts=loaded.parts("day_count"),
    )
