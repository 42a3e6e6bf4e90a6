"""How the audit reads: what a value was and became, in the words of its field; who did something."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from flask import Flask

from loanloom.problems import say, text
from loanloom.services.access import names
from loanloom.services.reading.record_history import Change
from loanloom.services.stored import HIDDEN
from loanloom.store import json as exact
from loanloom.web import formats
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import sheet_parts

LONGEST = 300
OF_THE_HOUSE = {
    "system": names.SYSTEM,
    "installer": text("the installation", "系统安装"),
    "releases": text("the release of changes", "变更发布"),
    "flows": text("a flow", "流程"),
    "demo": text("the demonstration", "演示"),
    "outside": text("somebody outside the house", "外部人员"),
}
"""Names under which something is done that no person did by a log-in."""


def doer(name: str | None) -> str:
    """Who did something: a person by name, the house in words."""
    return say(OF_THE_HOUSE[name or "system"], language()) if not name or name in OF_THE_HOUSE else name


def words(change: Change, side: Literal["before", "after"]) -> str:
    """One side of a change in one readable line."""
    value = getattr(change, side)
    if value in (None, "", (), []):
        return "–"
    if change.name == "unit":
        return str(formats.unit_title(value))
    if change.field is None or value == HIDDEN:
        return _plain(value)
    try:
        return _short(sheet_parts.worded(current_context().registry, change.field, value, language()))
    except (
        ArithmeticError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ):  # it was another type then
        return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return _short(value if isinstance(value, str) else exact.dumps(value))


def _short(written: str) -> str:
    return written if len(written) <= LONGEST else f"{written[:LONGEST]} …"


def install(app: Flask) -> None:
    """Hang the words into the templates."""
    app.jinja_env.filters.update(changed_side=words, doer=doer)
