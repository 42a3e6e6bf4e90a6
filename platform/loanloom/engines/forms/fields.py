"""Where a form's fields come from: the declared fields of the records, found by full path, with their code lists.
Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.engines.forms.model import ROW_ENTITIES, Form, FormField, Option, Options, Spec, options_of
from loanloom.engines.forms.types import known
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry, builtin_documents, kept
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
    return registry.field(record, key)


def field_paths(registry: Registry, record: str) -> list[str]:
    """Every path a form about `record` may name."""
    found = [f"{each}.{one.key}" for each in records_of(record) for one in registry.entity_fields(each)]
    return found + (list(ROW_ENTITIES) if record == "application" else [])


@kept
def row_scope(registry: Registry, record: str, path: str) -> feel.Type:
    """What rules inside a row of a group see: all facts about a record, and the row's own fields by their bare
    names."""
    columns = (one for one in columns_of(path, registry) if not one.shape.rows)
    bare = {one.key: feel.optional(fact_scope.field_type(one, registry)) for one in columns}
    return feel.context({**fact_scope.scope(registry, record).members, **bare})


def columns_of(path: str, registry: Registry) -> Sequence[Field]:
    """The declared columns of a group: of a record with rows, or of a table."""
    if path in ROW_ENTITIES:
        return registry.entity_fields(ROW_ENTITIES[path])
    declared = field_at(registry, path)
    return declared.fields if declared is not None else ()


def spec_of(declared: Field, registry: Registry) -> Spec:
    """The field as a form uses it, its type and code list resolved."""
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
        accept=tuple(declared.accept or ()) or _ACCEPT.get(declared.type, ()),
        max_size_mb=declared.max_size_mb,
        most=declared.most,
        any_level=declared.any_level,
        target=declared.target,
        choices=_options(registry, declared.code_list) if declared.code_list else Options(),
        field_type=known(registry).get(declared.type),
    )


_ACCEPT = dict.fromkeys(("image", "images", "signature"), ("jpg", "png"))


@kept
def _options(registry: Registry, key: str) -> Options:
    document = registry.get("code_list", key)
    if document is None:
        return Options()
    return options_of(
        Option(str(item["key"]), item["title"], bool(item.get("retired", False)), item.get("parent"))
        for item in document.spec["items"]
    )


def words(registry: Registry, declared: Field, value: Any, language: str) -> str | None:
    """How a value of a declared field reads where its type has words of its own, else None."""
    behaviour = known(registry).get(declared.type)
    if behaviour is None or (behaviour.words is None and not declared.shape.parts):
        return None
    spec = spec_of(declared, registry)
    return behaviour.words(value, spec, language) if behaviour.words else behaviour.write(value, spec)


def files_of(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every file that a form's values name, with the path of its field."""
    for path, wanted, value in _filled(form, values):
        if wanted.spec.behaviour.shape.files:
            yield from ((path, str(one)) for one in (value if wanted.spec.several else (value,)))


def references_of(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every record that a form's values name: the path of the field, what is looked up, its key."""
    for path, wanted, value in _filled(form, values):
        if wanted.spec.target is not None:
            yield path, wanted.spec.target, str(value)


def _filled(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, FormField, Any]]:
    """Every field and cell of a row that holds something."""
    for path, wanted in form.by_path.items():
        root, _, key = path.partition(".")
        value = (values.get(root) or {}).get(key) if key else values.get(root)
        if not value:
            continue
        if wanted.group is None:
            yield path, wanted, value
            continue
        group = wanted.group
        for number, row in enumerate([value] if group.single else value):
            cells = ((one, row.get(one.path)) for one in group.columns)
            yield from ((group.path(path, number, one.path), one, cell) for one, cell in cells if cell)


def _bound(declared: Field, value: Any) -> Decimal | date | None:
    """A smallest or largest value in the field's own type; one that cannot be read bounds nothing."""
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)) if declared.type in ("date", "period") else Decimal(str(value))
    except (ValueError, InvalidOperation):
        return None
