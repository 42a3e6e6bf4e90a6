"""What outer parts learn of a move: that the case began, moved or ended, which work opened and which is over. Ids,
numbers and codes; never a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from loanloom.services.flows.case import ITEM

if TYPE_CHECKING:
    from loanloom.services.flows.saving import Step

Row = Mapping[str, Any]
Event = tuple[str, dict[str, Any], str]
Ids = Mapping[tuple[int, int], int]
"""The ids of items by case and number."""


def ids(connection: Connection, steps: Sequence[Step]) -> Ids:
    """The ids of items that these steps close or open again; none is looked up for a step that only closes its own."""
    known = {(one.case.id, one.decided): one.decided_id for one in steps if one.decided and one.decided_id}
    wanted = {(one.case.id, number) for one in steps for number in (*_gone(one), *_again(one))} - known.keys()
    if not wanted:
        return known
    cases, numbers = {case for case, _ in wanted}, {number for _, number in wanted}
    query = select(*ITEM.c["case_id", "number", "id"]).where(ITEM.c.case_id.in_(cases), ITEM.c.number.in_(numbers))
    return known | {(row.case_id, row.number): row.id for row in connection.execute(query)}


def of(step: Step, rows: Sequence[Row], known: Ids) -> Iterator[Event]:
    """The events of one step; `rows` are those of new items."""
    case, state = step.case, step.state
    told = {
        "case_id": case.id, "number": case.number, "flow": case.flow.key, "subject": case.subject,
        "subject_id": case.subject_id, "status": state.status, "code": state.code, "outcome": state.outcome,
    }  # fmt: skip
    topic = "case.ended" if state.status == "ended" else "case.moved" if case.version else "case.started"
    yield topic, {**told, "verb": step.verb}, f"{case.id}:{case.version + 1}"
    for number in _gone(step):
        yield _of_item(step, "item.closed", known[case.id, number], _before(step)[number])
    for number in _again(step):
        yield _of_item(step, "item.opened", known[case.id, number], _before(step)[number])
    for row in rows:
        if row["case_id"] == case.id and row["status"] == "open":
            yield _of_item(step, "item.opened", row["id"], row)


def _of_item(step: Step, topic: str, item_id: int, item: Any) -> Event:
    case = step.case
    node, kind = (item["node"], item["kind"]) if isinstance(item, Mapping) else (item.node, item.kind)
    said = {"item_id": item_id, "case_id": case.id, "number": case.number, "flow": case.flow.key}
    return topic, {**said, "node": node, "kind": kind}, f"{item_id}:{case.version + 1}"


def _before(step: Step) -> Mapping[int, Any]:
    return {one.number: one for one in step.case.state.items} if step.case.state is not None else {}


def _gone(step: Step) -> list[int]:
    """The items that are over with this step."""
    stays = {one.number for one in step.state.items}
    return [number for number in _before(step) if number not in stays]


def _again(step: Step) -> list[int]:
    """Those that waited for their turn, or for material, until now."""
    opened = {one.number for one in step.moved.opened}
    return [number for number in _before(step) if number in opened]
