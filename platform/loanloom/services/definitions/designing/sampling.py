"""What a form is previewed with: the facts of a real application, customer, record or request, or answers made up.

Whoever looks sees of a real one only what its own page would show them, and never what is kept encrypted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table, select

from loanloom.engines import flows, forms
from loanloom.engines.forms.model import ROW_ENTITIES, FormField, Spec
from loanloom.metadata.document import Document
from loanloom.metadata.field_types import empty
from loanloom.metadata.fields import Field
from loanloom.metadata.registers import register_of
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, say, text
from loanloom.services import facts
from loanloom.services.context import Context
from loanloom.services.definitions import flow_samples
from loanloom.services.errors import NotFound
from loanloom.services.flows import cases
from loanloom.services.origination import applications
from loanloom.services.parties import customers
from loanloom.services.records import kept
from loanloom.store import tables

CODE = "form_preview.no_case"


def unknown(number: str) -> Problem:
    """That there is nothing of this number to be seen."""
    message = text(f"There is nothing “{number[:60]}” that you may see.", f"没有您可查看的“{number[:60]}”。")
    hint = text("Take the number of something this form is about.", "请输入本表单所填写对象的编号。")
    return Problem(code=CODE, field="_case", message=message, hint=hint)


def of_number(
    ctx: Context, document: Document, registry: Registry, number: str, mine: Mapping[str, forms.Mode]
) -> dict[str, Any]:
    """The facts of what has this number, as far as the viewer may see them."""
    record = str(document.spec["record"])
    with ctx.transaction() as connection:
        if record == "application":
            row = applications.read(ctx, connection, _id_of(connection, tables.application, number))
            found: Mapping[str, Any] = applications.filling(ctx, connection, row).facts
        elif record == "customer":
            customer = customers.read(ctx, connection, _id_of(connection, tables.customer, number))
            found = {"customer": facts.of_customer(ctx, customer, ctx.registry)}
        elif register_of(ctx.registry, record) is not None:
            register = kept.register(ctx, record)
            of_record = kept.read(ctx, connection, record, _id_of(connection, tables.record, number))
            found = kept.known(ctx, register, of_record, kept.whose(ctx, connection, register, of_record))
        else:
            case = flow_samples.found(ctx, connection, number)
            known = cases.facts_of(ctx, connection, case)
            if record not in known and flows.REQUEST not in known:
                raise NotFound()
            found = {**known, record: known.get(record) or known[flows.REQUEST]}
    return {name: _open(name, value, registry, mine) for name, value in found.items()}


def _id_of(connection: Connection, table: Table, number: str) -> int:
    found = connection.execute(select(table.c.id).where(table.c.number == number)).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return int(found)


def _open(name: str, value: Any, registry: Registry, mine: Mapping[str, forms.Mode]) -> Any:
    """A record without what is kept encrypted and without what the viewer's own page would not show."""
    if mine.get(name) in ("hidden", "masked"):
        return []
    fields = registry.entity_fields(ROW_ENTITIES.get(name, name))
    if isinstance(value, list):
        return [_row(f"{name}.", row, fields, mine) for row in value if isinstance(row, Mapping)]
    return _row(f"{name}.", value, fields, mine) if isinstance(value, Mapping) else value


def _row(
    prefix: str, row: Mapping[str, Any], fields: Iterable[Field], mine: Mapping[str, forms.Mode]
) -> dict[str, Any]:
    found = dict(row)
    for one in fields:
        if one.key not in found:
            continue
        path = f"{prefix}{one.key}"
        if one.encrypted or mine.get(path) in ("hidden", "masked"):
            found[one.key] = empty(one.shape)
        elif one.fields and isinstance(found[one.key], list):
            found[one.key] = [_row(f"{path}.", each, one.fields, mine) for each in found[one.key]]
        elif one.fields and isinstance(found[one.key], Mapping):
            found[one.key] = _row(f"{path}.", found[one.key], one.fields, mine)
    return found


def made_up(form: forms.Form, registry: Registry, on: date) -> dict[str, Any]:
    """An answer to every field that is not computed, so that what depends on answers can be looked at."""
    found: dict[str, Any] = {
        one: {field.key: empty(field.shape) for field in registry.entity_fields(one)}
        for one in form.roots if one not in ROW_ENTITIES
    }  # fmt: skip
    for path, wanted in form.by_path.items():
        root, _, key = path.partition(".")
        value = _answer(wanted, on)
        if key:
            found[root][key] = value
        else:
            found[root] = value
    return found


def _answer(wanted: FormField, on: date) -> Any:
    if wanted.group is not None:
        row = {one.path: _answer(one, on) for one in wanted.group.columns}
        return row if wanted.group.single else [row]
    spec = wanted.spec
    shape = spec.behaviour.shape
    if shape.files or shape.closed or spec.target is not None or wanted.computed is not None:
        return empty(shape)
    if shape.parts:
        return _PARTED.get(spec.type, lambda _: None)(on)
    if shape.coded:
        codes = [one.key for one in spec.options if not one.retired]
        return codes[:1] if shape.several else next(iter(codes), None)
    return _plain(spec, shape.type, on)


_PARTED = {"period": lambda on: {"start": on, "end": on + timedelta(days=365)}}
_NUMBERS = {"money": Decimal(200_000), "percent": Decimal("0.08"), "rating": Decimal(3)}


def _plain(spec: Spec, kind: str, on: date) -> Any:
    if kind == "number":
        value = _NUMBERS.get(spec.type, Decimal(12))
        least, most = spec.minimum, spec.maximum
        value = max(value, least) if isinstance(least, Decimal) else value
        return min(value, most) if isinstance(most, Decimal) else value
    if kind == "date":
        return on
    if kind == "boolean":
        return True
    if spec.type == "month":
        return f"{on:%Y-%m}"
    if spec.type in ("text", "long_text") and spec.pattern is None:
        return say(spec.title, "zh")[: spec.max_length or 200]
    return None
