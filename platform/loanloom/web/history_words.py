"""How the history of a record reads: what a value was and became, in the words of its field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from flask import Flask

from loanloom.services.reading.record_history import Change
from loanloom.services.stored import HIDDEN
from loanloom.store import json as exact
from loanloom.web import formats
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import sheet_parts

LONGEST = 300


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
    """Hang it into the templates."""
    app.jinja_env.filters["changed_side"] = words
