"""Where a form's fields come from: the declared fields of the records, found by full path, with their code lists.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.engines.forms.model import ROW_ENTITIES, Option, Spec
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry, builtin_documents
from loanloom.problems import Text

RECORDS = {"application": ("application", "customer"), "customer": ("customer",)}


def records_of(record: str) -> tuple[str, ...]:
    """The records whose fields a form about `record` may write."""
    return RECORDS.get(record, (record,))


def entity_title(registry: Registry, record: str) -> Text:
    """What people call a record: the company's own label, else the built-in title; a document that only adds
    fields has its own."""
    own = registry.get("entity", record)
    label: Text | None = own.spec.get("label") if own is not None else None
    builtin = next((one for one in builtin_documents() if one.identity == ("entity", record)), own)
    if label is not None:
        return label
    return builtin.title if builtin is not None else {"en": record}


def field_at(registry: Registry, path: str) -> Field | None:
    """The declared field at `application.monthly_income`, or None."""
    record, _, key = path.partition(".")
    if not key:
        return None
    return next((one for one in registry.entity_fields(record) if one.key == key), None)


def field_paths(registry: Registry, record: str) -> list[str]:
    """Every path a form about `record` may name."""
    found = [f"{each}.{one.key}" for each in records_of(record) for one in registry.entity_fields(each)]
    return found + (list(ROW_ENTITIES) if record == "application" else [])


def row_scope(scope: feel.Type, columns: Iterable[Field], registry: Registry) -> feel.Type:
    """What rules inside a row see: all facts, and the row's own fields by their bare names."""
    bare = {one.key: feel.optional(fact_scope.field_type(one, registry)) for one in columns if one.type != "table"}
    return feel.context({**scope.members, **bare})


def columns_of(path: str, registry: Registry) -> Sequence[Field]:
    """The declared columns of a group: of a record with rows, or of a table."""
    if path in ROW_ENTITIES:
        return registry.entity_fields(ROW_ENTITIES[path])
    declared = field_at(registry, path)
    return declared.fields if declared is not None else ()


def spec_of(declared: Field, registry: Registry) -> Spec:
    """The field as a form uses it, its code list resolved."""
    options = _options(registry, declared.code_list)
    return Spec(
        key=declared.key,
        title=declared.title,
        type=declared.type,
        hint=declared.hint,
        minimum=_bound(declared, declared.min),
        maximum=_bound(declared, declared.max),
        max_length=declared.max_length,
        pattern=declared.pattern,
        decimals=declared.decimals,
        unit={"en": declared.unit, "zh": declared.unit} if isinstance(declared.unit, str) else declared.unit,
        encrypted=declared.encrypted,
        accept=tuple(declared.accept or ()),
        max_size_mb=declared.max_size_mb,
        options=options,
        option_keys=frozenset(one.key for one in options if not one.retired),
    )


def _options(registry: Registry, key: str | None) -> tuple[Option, ...]:
    document = registry.get("code_list", key) if key else None
    if document is None:
        return ()
    return tuple(
        Option(str(item["key"]), item["title"], bool(item.get("retired", False))) for item in document.spec["items"]
    )


def _bound(declared: Field, value: Any) -> Decimal | date | None:
    """A smallest or largest value in the field's own type; one that cannot be read bounds nothing."""
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)) if declared.type == "date" else Decimal(str(value))
    except (ValueError, InvalidOperation):
        return None
