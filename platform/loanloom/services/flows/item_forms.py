"""The forms of cases on screen: of a new request, and of an item that is filled in and handed in. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from loanloom.engines import flows, forms
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, Text
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import Forbidden, NotFound
from loanloom.services.flows import cases, guards, requests, starting, subjects
from loanloom.services.flows.case import ITEM, Case, flow_of


def to_start(ctx: Context, flow_key: str) -> tuple[Document, forms.Form | None]:
    """A flow of requests that the actor may start, and the form that a new one begins with."""
    document = ctx.registry.get("flow", flow_key)
    if document is None or document.spec.get("subject") != flows.REQUEST:
        raise NotFound(requests.REQUEST)
    if flow_key not in starting.possible(ctx):
        raise Forbidden()
    return document, starting.form_of(ctx.registry, flow_key)


def of_new(
    ctx: Context, flow_key: str, raw: Mapping[str, Any] | None = None, problems: Sequence[Problem] = ()
) -> tuple[Text, forms.FormView | None]:
    """The title and the form of a request to be started, with what was typed so far."""
    document, form = to_start(ctx, flow_key)
    if form is None:
        return document.title, None
    record = str(document.spec["record"])
    empty = {one.key: None for one in ctx.registry.entity_fields(record)}
    known = {record: empty, flows.REQUEST: empty, "as_of": ctx.business_date}
    telling: forms.Telling = "none" if raw is None else "entered"
    return document.title, forms.describe(
        form, known, ctx.actor.roles, None, raw=raw, telling=telling, also=tuple(problems)
    )


def form_of(ctx: Context, case: Case, number: int) -> forms.Form | None:
    """The form of an item that is filled in; None where there is none."""
    item = case.state.item(number) if case.state is not None else None
    record = requests.record_of(case)
    if item is None:
        return None
    if record is not None:
        return requests.form_of_item(case, item, record, ctx.actor.roles)
    return subjects.of(case.subject).form_of(ctx, case, item)


def of_item(
    ctx: Context, case: Case, number: int, raw: Mapping[str, Any] | None = None, problems: Sequence[Problem] = ()
) -> forms.FormView | None:
    """The form of an item as it is drawn: with what its record holds, or with what was typed and what is wrong."""
    item, form = case.state.item(number) if case.state is not None else None, form_of(ctx, case, number)
    if item is None or form is None:
        return None
    record = requests.record_of(case)
    if record is not None:
        values = requests.typed(ctx, case, record)
        known: Mapping[str, Any] = {"as_of": ctx.business_date, record: values, flows.REQUEST: values}
    else:
        with ctx.transaction() as connection:
            known = cases.facts_of(ctx, connection, case)
    telling: forms.Telling = "none" if raw is None else "entered"
    return forms.describe(form, known, ctx.actor.roles, item.node, raw=raw, telling=telling, also=tuple(problems))


def as_read(ctx: Context, case: Case) -> forms.FormView | None:
    """What is filled in of a request, for reading: what the actor may see of it in the forms of its flow."""
    record = requests.record_of(case)
    if record is None:
        return None
    form, values = _whole(case.registry, case.flow.key, record), requests.typed(ctx, case, record)
    view = forms.describe(form, {record: values, "as_of": ctx.business_date}, ctx.actor.roles, read_only=True)
    sections = (replace(one, fields=tuple(field for field in one.fields if _is_filled(field))) for one in view.sections)
    return replace(view, sections=tuple(one for one in sections if one.fields))


@kept
def _whole(registry: Registry, flow_key: str, record: str) -> forms.Form:
    """A form over all fields of a request; who may see which is what the form says that asks for it first."""
    asking = [one.form for one in flow_of(registry, flow_key).nodes.values() if one.form is not None]
    covered, access = set[str](), list[forms.Access]()
    for form in (compiled.form(registry, key) for key in dict.fromkeys(asking)):
        own = frozenset(forms.modes(form, (), None)) - covered
        access += [replace(one, paths=own if one.paths is None else one.paths & own) for one in form.access]
        covered |= own
    return replace(compiled.plain_form(registry, record), access=tuple(access))


def _is_filled(one: forms.FieldView) -> bool:
    if one.group is not None:
        return any(_is_filled(cell) for row in one.group.rows for cell in row.fields)
    return one.value not in (None, "", (), [])


def case_of_item(ctx: Context, item_id: int) -> int:
    """The case that an item belongs to."""
    with ctx.transaction() as connection:
        found = connection.execute(select(ITEM.c.case_id).where(ITEM.c.id == item_id)).scalar_one_or_none()
    if found is None:
        raise NotFound(guards.ITEM)
    return int(found)
