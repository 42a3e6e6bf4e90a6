"""A field made on the spot: declared in a draft of its record's document and put on the form, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines.forms.fields import entity_title, records_of
from loanloom.metadata import flow_text, steps
from loanloom.metadata.document import API_VERSION, Document, Identity
from loanloom.metadata.fields import record_of
from loanloom.metadata.registers import registers
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.arranging import GONE, check_shape
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.designing.changing import both
from loanloom.services.definitions.designing.palette import type_names
from loanloom.services.definitions.keys import key_of
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.errors import Refused
from loanloom.services.records import lookup

NOT_HERE = ("table", "group", "computed")
"""Types that need more than a name; they are declared with their record."""
CODED = ("choice", "multi_choice", "cascade", "address")

_PEOPLE: Mapping[str, Text] = {
    "party": text("Partner", "合作方"),
    "user": text("Colleague", "员工"),
    "department": text("Department", "部门"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asked for; `where` is the section that it goes to."""

    record: str
    title: Mapping[str, str]
    type: str
    key: str = ""
    code_list: str = ""
    target: str = ""
    where: str = ""


def types(registry: Registry) -> Mapping[str, Text]:
    """The types that a field made here may have."""
    return {key: title for key, title in type_names(registry).items() if key not in NOT_HERE}


def records(document: Document, registry: Registry) -> Mapping[str, Text]:
    """The records whose fields the form may ask for."""
    return {one: entity_title(registry, one) for one in records_of(str(document.spec["record"]))}


def declare(ctx: Context, page: Page, wanted: Wanted, version: int | None) -> tuple[Draft, str]:
    """Declare it and put it at the end of the section."""
    document = page.shown
    if document is None:
        raise Refused(page.problems)
    if wanted.record not in records(document, page.registry):
        raise Refused(GONE)
    field = _field(page.registry, wanted)
    fields = document.at(f"{wanted.where}/fields")
    if fields is None:
        raise Refused(GONE)
    on_form = steps.add_item(f"/spec{wanted.where}/fields/-", {"field": f"{wanted.record}.{field['key']}"})
    check_shape(ctx, page, document, on_form)
    entity, begun = _declaration(ctx, page.registry, wanted.record, field)
    saved = drafts.change_together(ctx, (*entity, (("form", page.key), on_form, version)), begun)
    return saved[-1], f"{wanted.where}/fields/{len(fields)}"


def _declaration(
    ctx: Context, registry: Registry, record: str, field: Mapping[str, Any]
) -> tuple[tuple[tuple[Identity, Step, int | None], ...], Mapping[Identity, str]]:
    """The step that declares the field in the record's own document; or that document, where there is none yet."""
    home = _home(registry, record)
    if home is None:
        return (), {("entity", record): _first(registry, record, field)}
    at = catalogue.page(ctx, "entity", home.key)
    if at.shown is None:
        raise Refused(at.problems)
    step = steps.add_item("/spec/fields/-", field)
    check_shape(ctx, at, at.shown, step)
    return ((home.identity, step, at.version),), {}


def _field(registry: Registry, wanted: Wanted) -> dict[str, Any]:
    """The declaration, refused where something is still to be said."""
    title = both(wanted.title)
    if wanted.type not in types(registry):
        raise Refused(_said("type", "Choose a type.", "请选择字段类型。"))
    taken = {one.key for one in registry.entity_fields(wanted.record)}
    if wanted.key in taken:
        raise Refused(_said("key", f"There is a field “{wanted.key}” already.", f"字段“{wanted.key}”已存在。"))
    field: dict[str, Any] = {"key": wanted.key or key_of(title, taken), "title": title, "type": wanted.type}
    if wanted.type in CODED:
        if registry.get("code_list", wanted.code_list) is None:
            raise Refused(_said("code_list", "Choose a code list.", "请选择代码表。"))
        field["code_list"] = wanted.code_list
    if wanted.type == "lookup":
        if wanted.target not in targets(registry):
            raise Refused(_said("target", "Choose what is looked up.", "请选择关联对象。"))
        field["target"] = wanted.target
    return field


def targets(registry: Registry) -> Mapping[str, Text]:
    """What a look-up may look up: what the house keeps by itself, then the records of every register."""
    built_in = {one: _PEOPLE.get(one) or entity_title(registry, one) for one in lookup.TARGETS}
    return built_in | {one: entity_title(registry, one) for one in registers(registry)}


def _home(registry: Registry, record: str) -> Document | None:
    """The company's document that holds a record's fields."""
    own = (one for one in registry.own if one.kind == "entity" and record_of(one) == record)
    return next(iter(sorted(own, key=lambda one: (one.key != record, one.key))), None)


def _first(registry: Registry, record: str, field: Mapping[str, Any]) -> str:
    """The text of a first document that adds to a built-in record."""
    title = entity_title(registry, record)
    named = {"en": f"{title.get('en', record)}: further facts", "zh": f"{title.get('zh', record)}补充信息"}
    spec = {"extends": record, "fields": [field]}
    return flow_text.write_document(
        {"apiVersion": API_VERSION, "kind": "entity", "key": record, "title": named, "spec": spec}
    )


def _said(place: str, en: str, zh: str) -> Problem:
    return Problem(code=f"form.new_field_{place}", message=text(en, zh), field=place)
