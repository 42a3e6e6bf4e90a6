"""Requests: cases that are their own record, with fields that an entity document declares (`record` of the flow).

Fields marked as secret are closed in the case's data, as in every record. Conditions see them as `request.*`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from loanloom.engines import flows, forms
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services import facts as readers
from loanloom.services import stored
from loanloom.services.context import Context
from loanloom.services.definitions import compiled, releases
from loanloom.services.errors import Refused
from loanloom.services.flows import case as kept
from loanloom.services.flows import node_forms, request_links, states, subjects
from loanloom.services.flows.case import Case
from loanloom.services.flows.subjects import About, Followed
from loanloom.services.records import form_files, references
from loanloom.store import numbering

if TYPE_CHECKING:
    from loanloom.services.flows.commands import Asked
    from loanloom.services.flows.saving import Step

REQUEST = text("request", "业务申请")
SHOWN = ("amount", "currency", "unit")
"""Fields of a request that its case shows, where its record has them."""


class Requests:
    """The subject of requests."""

    key = "request"
    right: str | None = None

    def records(
        self, ctx: Context, connection: Connection, ids: Sequence[int], *, lock: bool = False
    ) -> Mapping[int, Any]:
        """A request keeps nothing beside its case."""
        return {}

    def about(self, ctx: Context, connection: Connection, record: Any) -> About:
        """A request is started with its data, not from a record."""
        raise AssertionError("requests are started by their data")

    def facts(self, ctx: Context, connection: Connection, case: Case) -> Mapping[str, Any]:
        """The customer where there is one, and the company."""
        known: dict[str, Any] = {"company": readers.of_company(ctx, case.registry), "as_of": ctx.business_date}
        if case.customer_id is not None:
            row = readers.customer_row(connection, case.customer_id)
            known["customer"] = readers.of_customer(ctx, row, case.registry)
        return known

    def snapshot(self, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The case holds what there was to see."""
        return None

    def terms(self, case: Case, said: Mapping[str, Any]) -> tuple[Mapping[str, Any], Sequence[Problem]]:
        """Fields of the request, `request.amount`."""
        record, terms = record_of(case), {}
        problems: list[Problem] = []
        for path, value in said.items():
            name, _, leaf = path.partition(".")
            try:
                terms[path] = _typed(case.registry, record if name == flows.REQUEST else None, leaf, value, path)
            except Refused as refused:
                problems += refused.problems
        return terms, problems

    def problems(
        self, ctx: Context, connection: Connection, case: Case, facts: Mapping[str, Any], said: flows.Decision
    ) -> Sequence[Problem]:
        """What approvers change stays within what the fields allow, and amounts never above what was asked."""
        record = record_of(case)
        if not said.terms or record is None:
            return ()
        asked = typed(ctx, case, record)
        declared = {f"{flows.REQUEST}.{one.key}": one for one in case.registry.entity_fields(record)}
        changed = [(declared[path], value) for path, value in said.terms.items() if path in declared]
        return tuple(_out_of_bounds(field) for field, value in changed if not _within(field, value, asked))

    def hand_in(self, asked: Asked, item: flows.Item) -> None:
        """A request without fields is handed in as it is."""

    def form_of(self, ctx: Context, case: Case, item: flows.Item) -> forms.Form | None:
        """Fields of a request are the flow's own."""
        return None

    def on_moved(self, ctx: Context, connection: Connection, steps: Sequence[Step]) -> Followed:
        """The case says it all."""
        return Followed()

    def named(self, case: Case) -> Text:
        """Its title and number."""
        return {tag: f"{case.title.get(tag) or REQUEST[tag]} {case.number}" for tag in ("en", "zh")}

    def page(self, case: Case) -> str:
        """The page of the case."""
        return f"/cases/{case.id}"


def _within(field: Field, value: Any, asked: Mapping[str, Any]) -> bool:
    if not isinstance(value, Decimal):
        return True
    least = Decimal(str(field.min)) if field.min is not None else Decimal(0)
    most = [Decimal(str(field.max))] if field.max is not None else []
    if field.type == "money" and asked.get(field.key) is not None:
        most.append(Decimal(asked[field.key]))
    return least <= value and all(value <= one for one in most)


def _out_of_bounds(field: Field) -> Problem:
    return Problem(
        code="flow.term_out_of_bounds",
        field=f"terms:{flows.REQUEST}.{field.key}",
        message=text(
            f"{field.title.get('en', field.key)}: not above what was asked, and within the field's limits.",
            f"{field.title.get('zh', field.key)}：不得超过申请值，且须在字段限定范围内。",
        ),
    )


SUBJECT = Requests()


def record_of(case: Case) -> str | None:
    """The entity that declares the fields of the case's request, if its flow has one."""
    found = case.registry.require("flow", case.flow.key).spec.get("record")
    return None if found is None else str(found)


def typed(ctx: Context, case: Case, record: str) -> dict[str, Any]:
    """The fields of a request as facts."""
    fields = case.registry.entity_fields(record)
    return stored.from_json(ctx.database.vault, ctx.company.id, record, fields, case.data)


def about(
    ctx: Context,
    connection: Connection,
    flow_key: str,
    data: Mapping[str, Any],
    parent: tuple[int, str] | None = None,
    customer_id: int | None = None,
    product_key: str | None = None,
) -> tuple[About, dict[str, Any]]:
    """What the case of a new request shows, and its fields as they are kept. `data` are facts, already judged by a form
    or given by whoever starts it; a sub-flow takes from its parent what it does not have."""
    above = kept.row_of(connection, parent[0]) if parent is not None else None
    release_id = above.release_id if above is not None else ctx.company.release_id
    if release_id is None:
        raise Refused(kept.no_flow(flow_key))
    registry = releases.pinned(ctx, connection, release_id)
    flow = kept.flow_of(registry, flow_key)
    record = registry.require("flow", flow_key).spec.get("record")
    values = {name: _typed(registry, record, name, value) for name, value in data.items()} if record else dict(data)
    said = {"customer_id": customer_id, "product_key": product_key}
    linked = request_links.of(ctx, connection, values) if record and customer_id is None else {}
    shown = (
        {name: values.get(name) for name in SHOWN} | said | {name: said[name] or one for name, one in linked.items()}
    )
    makers: tuple[int, ...] = () if ctx.actor.user_id is None else (ctx.actor.user_id,)
    if above is not None:
        shown = {name: getattr(above, name) if value is None else value for name, value in shown.items()}
        makers = states.read(ctx, above.state).makers
    made = About(
        number=f"{above.number}/{parent[1]}" if above is not None and parent is not None else _number(ctx),
        title=flow.title,
        makers=makers,
        release_id=release_id,
        customer_id=shown["customer_id"],
        product_key=shown["product_key"],
        amount=shown["amount"],
        currency=shown["currency"] or (ctx.company.currency if shown["amount"] is not None else None),
        unit=shown["unit"] or ctx.actor.unit,
    )
    return made, _closed(ctx, registry, record, values) if record else states.data(ctx, values)


def _number(ctx: Context) -> str:
    year = str(ctx.business_date.year)
    return f"R{year}{numbering.take_loose(ctx.database, ctx.company.id, 'flow_case', year):06d}"


def _closed(ctx: Context, registry: Registry, record: str, values: Mapping[str, Any]) -> dict[str, Any]:
    fields = registry.entity_fields(record)
    return stored.to_json(ctx.database.vault, ctx.company.id, record, fields, values)


def hand_in(asked: Asked) -> None:
    """What was typed for a form item, a returned request or missing material: judged by the node's form and kept."""
    case, item = asked.case, asked.state.item(asked.number)
    if item is None:
        return
    record = record_of(case)
    if record is None:
        subjects.of(case.subject).hand_in(asked, item)
        return
    raw = asked.given.record("data")
    if not (raw or item.kind == "form"):
        return
    known, roles = asked.world.facts, asked.ctx.actor.roles
    form = form_of_item(case, item, record, roles)
    before = {**known, record: known[flows.REQUEST]}
    evaluated = references.judged(asked.ctx, asked.connection, form, raw, before, roles, item.node)
    form_files.take(asked.ctx, asked.connection, form, ("flow_case", case.id), evaluated.values, before)
    values = {**known[flows.REQUEST], **evaluated.values.get(record, {})}
    asked.data = _closed(asked.ctx, case.registry, record, values)
    asked.shown = _moved(asked, values)
    asked.seen({**known, flows.REQUEST: values})


def _moved(asked: Asked, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the case shows of the fields handed in, as far as it is another now."""
    now = {name: values.get(name) for name in ("amount", "currency")}
    now |= request_links.of(asked.ctx, asked.connection, values)
    return {name: value for name, value in now.items() if value is not None and value != getattr(asked.case, name)}


def form_of_item(case: Case, item: flows.Item, record: str, roles: Sequence[str]) -> forms.Form:
    """The form of an item, as far as its step lets it be filled in; makers who supply what a step asked for may change
    all of it."""
    node = case.flow.nodes[item.node]
    form = compiled.form(case.registry, node.form) if node.form else compiled.record_form(case.registry, record)
    return node_forms.of_request(form, node, roles, record) if item.kind == "form" else form


def _typed(registry: Registry, record: str | None, name: str, value: Any, field: str | None = None) -> Any:
    declared = registry.entity_fields(record) if record is not None and registry.get("entity", record) else ()
    found = next((one for one in declared if one.key == name), None)
    if found is None:
        raise Refused(_unknown(field or name))
    try:
        return stored.typed(found, None if value == "" else value)
    except (InvalidOperation, ValueError, TypeError):
        raise Refused(_unreadable(field or name)) from None


def _unknown(name: str) -> Problem:
    return Problem(
        code="flow.unknown_field", field=name, message=text(f"There is no field '{name}'.", f"不存在字段“{name}”。")
    )


def _unreadable(name: str) -> Problem:
    return Problem(
        code="form.type", field=name, message=text("This value does not fit the field.", "该值与字段类型不符。")
    )
