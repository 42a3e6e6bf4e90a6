"""Several items approved in one go (批量审批), where their steps allow it.

Each item is decided by itself, in a transaction of its own and past every guard it would pass alone; what is refused
keeps nothing else back. The same key gives every item's first answer again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused, ServiceError
from loanloom.services.flows import cases, guards, work_lines
from loanloom.services.flows.case import ITEM
from loanloom.services.flows.work_lines import CASE, WorkItem

MOST = 100
"""Items of one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one item: approved, or why not."""

    item_id: int
    case_id: int | None = None
    code: str | None = None
    outcome: str | None = None
    problem: Problem | None = None

    @property
    def approved(self) -> bool:
        """Whether it was."""
        return self.problem is None


def offered(ctx: Context, ids: Sequence[int]) -> tuple[WorkItem, ...]:
    """Those of these items that are still open, allow it and concern the actor; in the order they were named."""
    wanted = _at_most(list(dict.fromkeys(ids)))
    asked = work_lines.lines(ITEM).where(ITEM.c.id.in_(wanted), ITEM.c.status == "open", ITEM.c.bulk)
    with ctx.transaction() as connection:
        rows = connection.execute(asked.add_columns(CASE.c.flow_key)).all()
        mine = {row.id: work_lines.line(ctx, row._mapping) for row in rows if _concerns(ctx, connection, row)}
    return tuple(mine[one] for one in wanted if one in mine)


def _concerns(ctx: Context, connection: Connection, row: Row[Any]) -> bool:
    return guards.concerns(ctx, row) or guards.concerns_absent(ctx, connection, row, row.flow_key)


def approve(
    ctx: Context, chosen: Mapping[int, int], *, opinion: str = "", idempotency_key: str | None = None
) -> tuple[Result, ...]:
    """Approve items as they were read (version by id), one after the other; a result for each."""
    return tuple(
        _approved(ctx, item_id, chosen[item_id], opinion, f"{idempotency_key}:{item_id}" if idempotency_key else None)
        for item_id in _at_most(list(chosen))
    )


def _approved(ctx: Context, item_id: int, version: int, opinion: str, key: str | None) -> Result:
    try:
        done = cases.act(
            ctx, item_id, "approve_in_bulk", {"opinion": opinion}, expected_version=version, idempotency_key=key
        )
    except ServiceError as refused:
        return Result(item_id=item_id, problem=refused.problems[0])
    return Result(item_id=item_id, case_id=done.case_id, code=done.code, outcome=done.outcome)


def _at_most(ids: list[int]) -> list[int]:
    if not ids or len(ids) > MOST:
        raise Refused(
            Problem(
                code="flow.bulk_count",
                field="items",
                message=text(f"Choose 1 to {MOST} items.", f"请选择 1 至 {MOST} 项。"),
            )
        )
    return ids
