"""What a plugin is: a name, a version, the API version it was written for, and the parts it puts into slots."""

from __future__ import annotations

from dataclasses import dataclass

API_VERSION = 1
"""Counts up when a slot changes so that a part written for it would no longer work."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing for one slot. `key` is how metadata and the house name it."""

    slot: str
    key: str
    value: object


@dataclass(frozen=True, slots=True)
class Plugin:
    """The manifest a plugin package offers under the entry-point group `loanloom.plugins`."""

    name: str
    version: str
    parts: tuple[Part, ...]
    api_version: int = API_VERSION
