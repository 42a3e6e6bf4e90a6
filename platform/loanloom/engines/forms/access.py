"""Who may do what with a field: roles x node -> hidden, masked, read or write. Pure.

A row of a form's access restricts the roles it names. For one role the last row that matches wins; a role that no
row names may write; somebody with several roles may do the most that any of them may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from loanloom.engines.forms.model import MODES, Form, FormField, Mode


def modes(form: Form, roles: Iterable[str], node: str | None) -> Mapping[str, Mode]:
    """The mode of every field path of the form for these roles at this node."""
    return _modes(form, frozenset(roles), node)


@lru_cache(maxsize=1024)
def _modes(form: Form, roles: frozenset[str], node: str | None) -> Mapping[str, Mode]:
    return worked_out(form, roles, node)


def worked_out(form: Form, roles: Iterable[str], node: str | None) -> Mapping[str, Mode]:
    """The same without keeping it: for a form that is only tried."""
    found: dict[str, Mode] = {}
    who = frozenset(roles)
    for section in form.sections:
        for field in section.fields:
            found[field.path] = _mode(form, field.path, who, node)
            if field.group is not None:
                for column in field.group.columns:
                    path = f"{field.path}.{column.path}"
                    found[path] = min(found[field.path], _mode(form, path, who, node), key=MODES.index)
    return found


def _mode(form: Form, path: str, roles: frozenset[str], node: str | None) -> Mode:
    best: Mode | None = None
    for role in roles:
        mode: Mode = "write"
        for entry in form.access:
            if role in entry.roles and entry.node in (None, node) and (entry.paths is None or path in entry.paths):
                mode = entry.mode
        if best is None or MODES.index(mode) > MODES.index(best):
            best = mode
    return best or "write"


def writable(form: Form, roles: Iterable[str], node: str | None) -> tuple[FormField, ...]:
    """The fields these roles may fill in here."""
    allowed = modes(form, roles, node)
    return tuple(field for path, field in form.by_path.items() if allowed.get(path) == "write")
