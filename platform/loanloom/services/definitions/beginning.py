"""A new definition with nothing in it but the least that its kind asks for: every kind can be begun on a screen.

The least comes of the kind's schema; `_OWN` says what nobody would guess from it: a flow has a start and two ends, a
form one section without fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom.engines.forms.fields import entity_title
from loanloom.metadata import canonical, schema_walk
from loanloom.metadata.document import API_VERSION, Document
from loanloom.metadata.fields import record_of
from loanloom.metadata.flow_text import write_document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.arranging import least_spec
from loanloom.services.definitions.keys import key_of
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.errors import Refused

_OF_THE_HOUSE = ("rounding", "asset_class", "numbering", "posting_rules", "calendar")
"""Of a product: what is the way of the house rather than a term of the product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a new definition is called and, of a flow or a form, what it is about."""

    title: Mapping[str, str]
    key: str = ""
    subject: str = "application"
    record: str = ""


def begin(ctx: Context, kind: str, asked: Asked) -> Draft:
    """The draft of a new definition; a key is made from its name where none is given."""
    ctx.require("definition.edit")
    names = {language: words.strip() for language, words in asked.title.items() if words.strip()}
    if not names:
        raise Refused(Problem(code="draft.unnamed", message=text("Give it a name.", "请填写名称。"), field="title_zh"))
    own = asked.key.strip() or free_key(ctx, kind, names)
    empty = Document(kind=catalogue.kind_of(kind).key, key=own, title=names, spec={})
    spec = least_spec(empty, ctx.registry) | _OWN.get(kind, _nothing)(ctx.registry, names, asked)
    made = {"apiVersion": API_VERSION, "kind": kind, "key": own, "title": names, "spec": spec}
    return drafts.create(ctx, kind, own, write_document(made))


def free_key(ctx: Context, kind: str, title: Mapping[str, str]) -> str:
    """A key that no definition of the kind has, in the way this kind writes keys."""
    join = "_" if catalogue.kind_of(kind).key_style == "name" else "-"
    taken = {entry.key for entry in catalogue.listing(ctx, kind=kind)}
    return key_of(title, taken, join=join, before=kind.replace("_", join))


def subjects() -> Mapping[str, Text]:
    """What people call what a flow may be about."""
    return schema_walk.choices(catalogue.kind_of("flow").schema["properties"]["subject"])


def records(registry: Registry, kind: str) -> Mapping[str, Text]:
    """The records that a form may ask for, and those whose fields a flow of requests may carry; none of other kinds."""
    named = sorted({record_of(one) for one in registry.all("entity")}) if kind in ("flow", "form") else ()
    return {one: entity_title(registry, one) for one in named}


def _nothing(_registry: Registry, _title: Text, _asked: Asked) -> dict[str, Any]:
    return {}


def _flow(registry: Registry, _title: Text, asked: Asked) -> dict[str, Any]:
    if asked.subject not in subjects():
        raise Refused(_not_offered("subject"))
    about = {"record": _record(registry, "flow", asked)} if asked.subject == "request" else {}
    nodes = [
        {"key": "start", "title": {"en": "Start", "zh": "开始"}, "type": "start", "next": "approved"},
        {"key": "approved", "title": {"en": "Approved", "zh": "通过"}, "type": "end", "outcome": "approved"},
        {"key": "refused", "title": {"en": "Refused", "zh": "否决"}, "type": "end", "outcome": "refused"},
    ]
    return {"subject": asked.subject, **about, "nodes": nodes}


def _form(registry: Registry, _title: Text, asked: Asked) -> dict[str, Any]:
    section = {"key": "section", "title": {"en": "Section", "zh": "基本信息"}, "fields": []}
    return {"record": _record(registry, "form", asked), "sections": [section]}


def _record(registry: Registry, kind: str, asked: Asked) -> str:
    record = asked.record or "application"
    if record not in records(registry, kind):
        raise Refused(_not_offered("record"))
    return record


def _not_offered(field: str) -> Problem:
    return Problem(code=f"draft.no_{field}", field=field, message=text("Choose what it is about.", "请选择业务对象。"))


def _template(_registry: Registry, title: Text, _asked: Asked) -> dict[str, Any]:
    return {"title": dict(title), "blocks": [{"heading": title.get("zh") or title["en"]}]}


def _product(registry: Registry, _title: Text, _asked: Asked) -> dict[str, Any]:
    """Late money costs half as much again; how it is numbered, booked and rounded is what most products say."""
    penalty = {"uplift": Decimal("0.5"), "year_days": 360, "grace_days": 0, "compound": False}
    cents = {"digits": 2, "mode": "half_up", "residual": "last"}
    return {"rounding": cents, "penalty": penalty, **_usual(registry.all("product"), _OF_THE_HOUSE)}


def _usual(documents: Iterable[Document], names: Iterable[str]) -> dict[str, Any]:
    """What most of them say at these places; nothing where most say nothing."""
    found, said = {}, [document.spec for document in documents]
    for name in names:
        kept = {canonical.digest([one.get(name)]): one.get(name) for one in said}
        counted = Counter(canonical.digest([one.get(name)]) for one in said).most_common(1)
        if counted and kept[counted[0][0]] is not None:
            found[name] = canonical.thaw(kept[counted[0][0]])
    return found


_OWN: Mapping[str, Callable[[Registry, Text, Asked], dict[str, Any]]] = {
    "flow": _flow,
    "form": _form,
    "product": _product,
    "template": _template,
}
