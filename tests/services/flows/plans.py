"""What PostgreSQL reads for a statement: the rows it shows and those it throws away, table by table; and blocks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from loanloom.services.context import Context

Sent = list[tuple[str, Any]]


@contextmanager
def noted(ctx: Context, word: str) -> Iterator[Sent]:
    """The statements that hold a word, with their parameters, as they are sent."""
    seen: Sent = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if word in statement:
            seen.append((statement, parameters))

    event.listen(ctx.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(ctx.database.engine, "before_cursor_execute", note)


def rows_read(ctx: Context, sent: Sequence[tuple[str, Any]], *names: str) -> int:
    """How many rows of these tables the statements read when they are sent again."""
    return sum(_rows(plan, names) for plan in _plans(ctx, sent))


def blocks_read(ctx: Context, sent: Sequence[tuple[str, Any]]) -> list[int]:
    """How many blocks of tables and indexes each of the statements reads when it is sent again."""
    return [plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in _plans(ctx, sent)]


def _plans(ctx: Context, sent: Sequence[tuple[str, Any]]) -> Iterator[Any]:
    for statement, parameters in sent:
        with ctx.transaction() as connection:
            asked = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
            explained = connection.exec_driver_sql(asked, parameters).scalar_one()
        yield (json.loads(explained) if isinstance(explained, str) else explained)[0]["Plan"]


def _rows(plan: Any, names: tuple[str, ...]) -> int:
    own = 0
    if plan.get("Relation Name") in names:
        own = int((plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"])
    return own + sum(_rows(one, names) for one in plan.get("Plans", ()))
