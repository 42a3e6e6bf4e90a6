"""A new product from a similar one, step by step: the similar one, the name, what differs, the check.

Nothing here has a model of its own: the new product is a draft like any other (releases.drafts), its terms are places
of its document, and the trial is the one of the term sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loanloom.engines import products
from loanloom.metadata.diff import Change, document_diff
from loanloom.metadata.pointers import split
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import arranging, beginning, catalogue, product_trial
from loanloom.services.definitions.plain_form import Line, Typed, changes
from loanloom.services.definitions.product_trial import Broken, Trial
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.definitions.saying import said_at
from loanloom.services.definitions.sheet import Layout
from loanloom.services.errors import Refused
from loanloom.services.running.plugged import lending_methods

TERMS = (
    "amount",
    "term",
    "rate",
    "rate_per",
    "rate_granted",
    "schedule",
    "penalty",
    "prepayment",
    "guarantee",
    "sanction",
)
"""What products of one house differ in; everything else is taken over and can be changed on the term sheet later."""
_ASKED = frozenset(("money", "percent", "number", "choice", "choices", "yes_no", "date"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A product that may be copied, by what one tells it from the others."""

    key: str
    title: Text
    product_class: str
    least: Decimal
    most: Decimal
    term_min: Decimal
    term_max: Decimal
    term_unit: str
    rates: tuple[Decimal, ...]
    currency: str


@dataclass(frozen=True, slots=True)
class Group:
    """Terms under a heading."""

    title: Text
    lines: tuple[Line, ...]


def similar(ctx: Context, words: str = "") -> Sequence[Similar]:
    """The live products that can be copied; `words` are looked for in titles, pinyin and keys."""
    ctx.require("definition.read")
    found = []
    for entry in catalogue.listing(ctx, kind="product", words=words):
        document = ctx.registry.get("product", entry.key)
        offer = products.compile_product(document, ctx.registry, lending_methods()).offer if document else None
        if document is None or offer is None:
            continue
        found.append(Similar(
            key=entry.key, title=document.title, product_class=offer.product_class, least=offer.amount.least,
            most=offer.amount.most, term_min=offer.months.least, term_max=offer.months.most,
            term_unit=offer.term_unit, currency=offer.currency,
            rates=tuple(sorted(set(offer.rate_range(ctx.business_date) or ()))),
        ))  # fmt: skip
    return found


def begin(ctx: Context, like: str, title: Mapping[str, str], key: str = "") -> Draft:
    """The draft of the new product; a key is made from its name where none is given."""
    if not any(words.strip() for words in title.values()):
        message = text("Give the product a name.", "请填写产品名称。")
        raise Refused(Problem(code="product.unnamed", message=message, field="title_zh"))
    return drafts.copy(ctx, "product", like, key.strip() or beginning.free_key(ctx, "product", title), title)


def terms(page: catalogue.Page) -> tuple[Group, ...]:
    """What may differ, as inputs under the headings of the term sheet."""
    document = page.shown
    if document is None:
        return ()
    layout = Layout(document, page.registry, page.kind)
    found = []
    for section in products.term_sheet(document, page.registry):
        cells = (layout.cell(row.pointer, row.label) for row in section.rows if split(row.pointer)[0] in TERMS)
        lines = tuple(Line(cell, required=not cell.removable) for cell in cells if cell.kind in _ASKED)
        if lines:
            found.append(Group(section.title, lines))
    return tuple(found)


def lines_of(groups: Sequence[Group]) -> tuple[Line, ...]:
    """Every input."""
    return tuple(line for group in groups for line in group.lines)


def tried(ctx: Context, page: catalogue.Page, typed: Typed, asked: Mapping[str, str]) -> Trial | Broken:
    """What one loan would look like with what is typed by now; keeps nothing."""
    assert page.shown is not None, "asked only where it can be read"
    found = changes(lines_of(terms(page)), typed)
    if found.problems:
        return Broken(found.problems)
    document = page.shown
    if found:
        try:
            document = arranging.read(page, found.step.edit(drafts.text_of(ctx, "product", page.key)))
        except Refused as refused:
            return Broken(refused.problems)
    return product_trial.try_product(ctx, document, page.registry, asked)


def differences(ctx: Context, page: catalogue.Page, like: str) -> tuple[Change, ...]:
    """What differs from the similar product, in words; nothing where that one is gone."""
    other = ctx.registry.get("product", like)
    if other is None or page.shown is None:
        return ()
    found = document_diff(other, page.shown, ctx.registry, page.registry, said_at)
    return tuple(one for one in found if one.pointer.startswith("/spec"))
