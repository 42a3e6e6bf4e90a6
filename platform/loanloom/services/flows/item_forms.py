"""The forms of cases on screen: of a new request, and of an item that is filled in and handed in. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from loanloom.engines import flows, forms
from loanloom.problems import Problem, Text
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, NotFound
from loanloom.services.flows import cases, guards, requests, starting, subjects
from loanloom.services.flows.case import ITEM, Case


def of_new(
    ctx: Context, flow_key: str, raw: Mapping[str, Any] | None = None, problems: Sequence[Problem] = ()
) -> tuple[Text, forms.FormView | None]:
    """The title and the form of a request to be started, with what was typed so far."""
    document = ctx.registry.get("flow", flow_key)
    if document is None or document.spec.get("subject") != flows.REQUEST:
        raise NotFound(requests.REQUEST)
    if flow_key not in starting.possible(ctx):
        raise Forbidden()
    form = starting.form_of(ctx.registry, flow_key)
    if form is None:
        return document.title, None
    record = str(document.spec["record"])
    empty = {one.key: None for one in ctx.registry.entity_fields(record)}
    known = {record: empty, flows.REQUEST: empty, "as_of": ctx.business_date}
    telling: forms.Telling = "none" if raw is None else "entered"
    return document.title, forms.describe(
        form, known, ctx.actor.roles, None, raw=raw, telling=telling, also=tuple(problems)
    )


def of_item(
    ctx: Context, case: Case, number: int, raw: Mapping[str, Any] | None = None, problems: Sequence[Problem] = ()
) -> forms.FormView | None:
    """The form of an item that is filled in: with what its record holds, or with what was typed and what is wrong."""
    item = case.state.item(number) if case.state is not None else None
    record = requests.record_of(case)
    if item is None:
        return None
    if record is not None:
        form = requests.form_of_item(case, item, record, ctx.actor.roles)
        values = requests.typed(ctx, case, record)
        known: dict[str, Any] = {"as_of": ctx.business_date, record: values, flows.REQUEST: values}
    else:
        of_record = subjects.of(case.subject).form_of(ctx, case, item)
        if of_record is None:
            return None
        form = of_record
        with ctx.transaction() as connection:
            known = cases.facts_of(ctx, connection, case)
    telling: forms.Telling = "none" if raw is None else "entered"
    return forms.describe(form, known, ctx.actor.roles, item.node, raw=raw, telling=telling, also=tuple(problems))


def case_of_item(ctx: Context, item_id: int) -> int:
    """The case that an item belongs to."""
    with ctx.transaction() as connection:
        found = connection.execute(select(ITEM.c.case_id).where(ITEM.c.id == item_id)).scalar_one_or_none()
    if found is None:
        raise NotFound(guards.ITEM)
    return int(found)
