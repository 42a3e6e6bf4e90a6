"""What look-up fields of a filled form name: whether it is there for this person, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from loanloom.engines import forms
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.records import lookup
from loanloom.services.records.lookup import Choice


def judged(
    ctx: Context,
    connection: Connection,
    form: forms.Form,
    raw: Mapping[str, Any],
    known: Mapping[str, Any],
    roles: Iterable[str],
    node: str | None = None,
) -> forms.Evaluated:
    """A filled form as its rules and its look-ups judge it; refused with everything that is wrong."""
    evaluated = forms.evaluate(form, raw, known, roles, node)
    wrong = [*evaluated.problems, *problems(ctx, connection, form, evaluated.values, known)]
    if wrong:
        raise Refused(wrong)
    return evaluated


def problems(
    ctx: Context, connection: Connection, form: forms.Form, values: Mapping[str, Any], before: Mapping[str, Any]
) -> list[Problem]:
    """A problem for every newly named record that is not there, or not for this person to name."""
    kept = {(path, key) for path, _, key in forms.references_of(form, before)}
    named = [one for one in forms.references_of(form, values) if (one[0], one[2]) not in kept]
    known = titles(ctx, ((target, key) for _, target, key in named), connection)
    return [
        Problem(
            code="form.nothing_found",
            message=text(f"Nothing is found under “{key[:60]}”.", f"未找到“{key[:60]}”。"),
            hint=text("Search, and choose one that was found.", "请查询后从结果中选择。"),
            field=path,
        )
        for path, target, key in named
        if (target, key) not in known
    ]


def titles(
    ctx: Context, named: Iterable[tuple[str, str]], connection: Connection | None = None
) -> dict[tuple[str, str], Choice]:
    """What keys are called, by (target, key); one query for each target."""
    asked: dict[str, set[str]] = {}
    for target, key in named:
        asked.setdefault(target, set()).add(key)
    return {(target, key): one for target, keys in asked.items() for key, one in _named(ctx, target, keys, connection)}


def _named(
    ctx: Context, target: str, keys: Iterable[str], connection: Connection | None
) -> Iterable[tuple[str, Choice]]:
    try:
        return lookup.named(ctx, target, keys, connection).items()
    except (Forbidden, NotFound):
        return ()


def found(ctx: Context, target: str, words: str) -> list[Choice]:
    """What `words` may mean; nothing where this person may not look."""
    try:
        return lookup.search(ctx, target, words)
    except (Forbidden, NotFound):
        return []
