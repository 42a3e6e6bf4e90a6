"""A new definition with nothing in it but the least that its kind asks for: every kind can be begun on a screen.

The least comes of the kind's schema; `_OWN` says what nobody would guess from it (a new form asks an application and
has one section without fields). A flow begins in `flow_editing`, which draws its start and its ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from pypinyin import lazy_pinyin

from loanloom.metadata import canonical
from loanloom.metadata.document import API_VERSION, Document
from loanloom.metadata.flow_text import write_document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.arranging import least_spec
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.errors import Refused

_LONGEST_KEY = 40
_OF_THE_HOUSE = ("rounding", "asset_class", "numbering", "posting_rules", "calendar")
"""Of a product: what is the way of the house rather than a term of the product."""


def begin(ctx: Context, kind: str, title: Mapping[str, str], key: str = "") -> Draft:
    """The draft of a new definition; a key is made from its name where none is given."""
    ctx.require("definition.edit")
    names = {language: words.strip() for language, words in title.items() if words.strip()}
    if not names:
        raise Refused(Problem(code="draft.unnamed", message=text("Give it a name.", "请填写名称。"), field="title_zh"))
    own = key.strip() or free_key(ctx, kind, names)
    empty = Document(kind=catalogue.kind_of(kind).key, key=own, title=names, spec={})
    spec = least_spec(empty, ctx.registry) | _OWN.get(kind, _nothing)(ctx.registry, names)
    made = {"apiVersion": API_VERSION, "kind": kind, "key": own, "title": names, "spec": spec}
    return drafts.create(ctx, kind, own, write_document(made))


def free_key(ctx: Context, kind: str, title: Mapping[str, str]) -> str:
    """A key that nobody has: the English name, else the Chinese one's pinyin, in the way this kind writes keys."""
    join = "_" if catalogue.kind_of(kind).key_style == "name" else "-"
    words = title.get("en", "").strip() or " ".join(lazy_pinyin(title.get("zh", "")))
    plain = re.sub(r"[^a-z0-9]+", join, words.lower()).strip(join)[:_LONGEST_KEY].strip(join)
    start = plain if plain[:1].isalpha() else f"{kind.replace('_', join)}{join}{plain}".strip(join)
    taken = {entry.key for entry in catalogue.listing(ctx, kind=kind)}
    return next(one for one in (start, *(f"{start}{join}{number}" for number in range(2, 1000))) if one not in taken)


def _nothing(_registry: Registry, _title: Text) -> dict[str, Any]:
    return {}


def _form(_registry: Registry, _title: Text) -> dict[str, Any]:
    section = {"key": "section", "title": {"en": "Section", "zh": "基本信息"}, "fields": []}
    return {"record": "application", "sections": [section]}


def _template(_registry: Registry, title: Text) -> dict[str, Any]:
    return {"title": dict(title), "blocks": [{"heading": title.get("zh") or title["en"]}]}


def _product(registry: Registry, _title: Text) -> dict[str, Any]:
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


_OWN: Mapping[str, Callable[[Registry, Text], dict[str, Any]]] = {
    "form": _form,
    "product": _product,
    "template": _template,
}
