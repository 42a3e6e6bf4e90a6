"""A real case as the sample with which a flow is played: its facts as somebody would type them. Reads only.

Nobody takes more from a case than its page shows them, and nothing that is kept encrypted: what is played stands in an
address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from loanloom.engines import facts as fact_paths
from loanloom.engines import flows
from loanloom.metadata.document import Document
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions import flow_facts
from loanloom.services.errors import NotFound, Refused
from loanloom.services.flows import cases, colleagues, finding
from loanloom.services.flows.case import TABLE, Case


@dataclass(frozen=True, slots=True)
class Sample:
    """What a case says of the facts that a flow asks for, by path, and who started it."""

    facts: Mapping[str, str]
    starter: str | None


def of_case(ctx: Context, document: Document, registry: Registry, flow: flows.Flow, number: str) -> Sample:
    """The facts of the case of this number, as it stands now."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        case = found(ctx, connection, number)
        if (case.flow.subject, _record(case)) != (flow.subject, document.spec.get("record")):
            raise Refused(_of_something_else())
        known = cases.facts_of(ctx, connection, case)
        staff = colleagues.staff_of(ctx, connection)
    values = case.state.values if case.state is not None else {}
    facts = {**known, "flow": {"values": values}}
    closed = _closed(registry, document)
    asked = (fact.path for fact in flow_facts.asked(document, registry, flow, {}, ctx.business_date))
    said = {path: _typed(fact_paths.at(facts, path)) for path in asked if path not in closed}
    starter = next((one.username for one in staff if one.id == case.started_by), None)
    return Sample({path: value for path, value in said.items() if value is not None}, starter)


def found(ctx: Context, connection: Connection, number: str) -> Case:
    """The case of a number that the actor may see."""
    asked = select(TABLE.c.id).where(TABLE.c.number == number).order_by(TABLE.c.id.desc()).limit(1)
    case_id = connection.execute(asked).scalar_one_or_none()
    try:
        if case_id is None:
            raise NotFound()
        finding.check_visible(ctx, connection, case_id)
    except NotFound:
        raise Refused(_unknown(number)) from None
    return finding.load(ctx, connection, case_id)


def _record(case: Case) -> Any:
    return case.registry.require("flow", case.flow.key).spec.get("record")


def _closed(registry: Registry, document: Document) -> frozenset[str]:
    """The facts that are kept encrypted, also under the name that a flow has for those of its own."""
    own = document.spec.get("record")
    named = [(flows.REQUEST, own)] if own is not None else []
    records = [*((one, one) for one in registry.records), *named]
    return frozenset(
        path for name, record in records for path in closed_within(name, registry.entity_fields(str(record)))
    )


def closed_within(prefix: str, fields: Iterable[Field]) -> Iterator[str]:
    """Of these fields and of those within them."""
    for field in fields:
        path = f"{prefix}.{field.key}"
        if field.encrypted:
            yield path
        yield from closed_within(path, field.fields)


def _typed(value: Any) -> str | None:
    """A value as somebody would type it; None for what is not typed in one box."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | int | str):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return None


def _unknown(number: str) -> Problem:
    return Problem(
        code="flow_trial.no_case",
        field="case",
        message=text(f"There is no case “{number[:60]}” that you may see.", f"没有您可查看的业务“{number[:60]}”。"),
    )


def _of_something_else() -> Problem:
    return Problem(
        code="flow_trial.another_subject",
        field="case",
        message=text("This case is about something else than the flow.", "该业务与本流程的对象不同。"),
        hint=text("Take a case of the same kind of record.", "请选择同类业务。"),
    )
