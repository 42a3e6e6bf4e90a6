"""Two products, or two versions of one, side by side in words of the trade, and one loan tried on both. Reads only.

What stands at the same place is compared: items of lists that have a key of their own are matched by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from itertools import zip_longest

from loanloom.metadata.document import Document
from loanloom.metadata.pointers import child, is_list, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import comparing, product_trial
from loanloom.services.definitions import sheet as definition_sheet
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.product_trial import Broken, Trial
from loanloom.services.definitions.sheet import Cell, Section
from loanloom.services.errors import NotFound

NOTHING = text("", "")
PRODUCT = text("product", "产品")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: a document among the definitions it belongs to, and the loan tried on it."""

    document: Document
    tried: Trial | Broken

    @property
    def trial(self) -> Trial | None:
        """The loan, where there is a schedule for it."""
        return self.tried if isinstance(self.tried, Trial) and self.tried.preview.schedule is not None else None


@dataclass(frozen=True, slots=True)
class Line:
    """One place of the sheet, as each side has it."""

    label: Text
    words: tuple[Text, Text]

    @property
    def differs(self) -> bool:
        """Whether they say different things."""
        return dict(self.words[0]) != dict(self.words[1])


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under a heading."""

    title: Text
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the loan tried: as money, or as a yearly share."""

    title: Text
    values: tuple[Decimal | None, Decimal | None]
    is_rate: bool = False

    @property
    def change(self) -> Decimal | None:
        """By how much the other one is higher."""
        ours, theirs = self.values
        return None if ours is None or theirs is None else theirs - ours


@dataclass(frozen=True, slots=True)
class Payment:
    """What is paid on a day, charges with it, and what is left of the principal then."""

    due_on: date
    amount: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The two sides. `other` is what was chosen: product:KEY or version:NAME."""

    other: str
    products: tuple[tuple[str, Text], ...]
    versions: tuple[comparing.Version, ...]
    sides: tuple[Side, Side]
    parts: tuple[Part, ...]
    figures: tuple[Figure, ...]
    payments: tuple[tuple[Payment | None, Payment | None], ...]

    @property
    def differing(self) -> int:
        """How many lines differ."""
        return sum(line.differs for part in self.parts for line in part.lines)


def beside(ctx: Context, page: Page, other: str, asked: Mapping[str, str]) -> Beside | None:
    """A product as it is shown and another one, tried with the same request; None where there is nothing beside it."""
    ctx.require("definition.read")
    mine = page.shown
    assert mine is not None, "asked only where it can be read"
    products = tuple((one.key, one.title) for one in page.registry.all("product") if one.key != page.key)
    versions = _versions(ctx, page)
    chosen = other or _usual(page, products, versions)
    if chosen is None:
        return None
    theirs, among = _found(ctx, page, chosen)
    sides = _tried(ctx, (mine, page.registry), (theirs, among), asked)
    return Beside(
        other=chosen, products=products, versions=versions, sides=sides,
        parts=tuple(_parts((mine, page.registry), (theirs, among))), figures=_figures(sides),
        payments=tuple(zip_longest(_payments(sides[0]), _payments(sides[1]))),
    )  # fmt: skip


def _versions(ctx: Context, page: Page) -> tuple[comparing.Version, ...]:
    """The versions but the one that is shown."""
    found = comparing.versions(ctx, page.kind.key, page.key)
    return found[1:]


def _usual(
    page: Page, products: Sequence[tuple[str, Text]], versions: Sequence[comparing.Version]
) -> str | None:  # fmt: skip
    """What is live beside a draft of it; else the product that is most like it."""
    if page.draft is not None and page.live is not None and versions:
        return f"version:{versions[0].name}"
    assert page.shown is not None
    own = page.shown.spec
    alike = {
        key: sum(own.get(name) == value for name, value in page.registry.require("product", key).spec.items())
        for key, _ in products
    }
    if alike:
        return f"product:{max(alike, key=lambda key: alike[key])}"
    return f"version:{versions[0].name}" if versions else None


def _found(ctx: Context, page: Page, chosen: str) -> tuple[Document, Registry]:
    what, _, name = chosen.partition(":")
    if what == "version":
        return comparing.document_of(ctx, page.kind.key, page.key, name)
    document = page.registry.get("product", name)
    if document is None:
        raise NotFound(PRODUCT)
    return document, page.registry


def _tried(
    ctx: Context, mine: tuple[Document, Registry], theirs: tuple[Document, Registry], asked: Mapping[str, str]
) -> tuple[Side, Side]:
    """The same request on both: what was asked for, else something that both lend."""
    ours = product_trial.try_product(ctx, *mine, asked)
    other = product_trial.try_product(ctx, *theirs, asked)
    if isinstance(ours, Trial) and isinstance(other, Trial):
        given = {name: value for name, value in asked.items() if value}
        wanted = {**_common(ours, other), **given}
        ours = product_trial.try_product(ctx, *mine, wanted)
        other = product_trial.try_product(ctx, *theirs, wanted)
    return Side(mine[0], ours), Side(theirs[0], other)


def _common(ours: Trial, other: Trial) -> dict[str, str]:
    """An amount, a term and a way of repaying that both products have, as far as there are such."""
    found: dict[str, str] = {}
    first, second = ours.offer, other.offer
    least, most = max(first.amount.least, second.amount.least), min(first.amount.most, second.amount.most)
    if least <= most:
        steps = [one for one in (first.amount.step, second.amount.step) if one]
        step = max(steps, default=Decimal(1))
        wanted = min(max(ours.amount, least), most)
        stepped = (wanted / step).to_integral_value(ROUND_DOWN) * step
        found["amount"] = format(stepped if stepped >= least else least, "f")
    if first.term_unit == second.term_unit:
        shortest, longest = (
            max(first.months.least, second.months.least), min(first.months.most, second.months.most)
        )  # fmt: skip
        if shortest <= longest:
            found["term"] = str(int(min(max(Decimal(ours.term), shortest), longest)))
    method = next((one for one in first.methods if one in second.methods), None)
    return found | ({"method": method} if method else {})


def _figures(sides: tuple[Side, Side]) -> tuple[Figure, ...]:
    """What a borrower would ask about both."""
    trials = [side.trial for side in sides]
    sheets = [None if one is None else one.disclosure for one in trials]
    plans = [_payments(side) for side in sides]
    terms = [None if one is None else one.preview.terms for one in trials]

    def pair(values: Iterable[Decimal | None]) -> tuple[Decimal | None, Decimal | None]:
        ours, theirs = values
        return ours, theirs

    def cost(name: str) -> tuple[Decimal | None, Decimal | None]:
        return pair(getattr(one.cost, name) if one is not None else None for one in sheets)

    def summed(name: str) -> tuple[Decimal | None, Decimal | None]:
        return pair(getattr(one, name) if one is not None else None for one in sheets)

    return (
        Figure(text("Yearly rate", "年利率"), pair(one.annual_rate if one else None for one in terms), is_rate=True),
        Figure(text("Annualised cost", "年化综合成本"), cost("simple"), is_rate=True),
        Figure(text("Annualised cost, compounded", "年化综合成本（复利）"), cost("compound"), is_rate=True),
        Figure(text("In hand", "实际到手"), summed("received")),
        Figure(text("First instalment", "首期还款"), pair(one[0].amount if one else None for one in plans)),
        Figure(text("Largest instalment", "最高一期还款"),
               pair(max(row.amount for row in one) if one else None for one in plans)),
        Figure(text("Interest in all", "利息合计"), summed("interest")),
        Figure(text("Charges in all", "费用合计"), summed("charges")),
        Figure(text("Paid in all", "还款总额"), summed("paid")),
    )  # fmt: skip


def _payments(side: Side) -> tuple[Payment, ...]:
    trial = side.trial
    if trial is None or trial.preview.schedule is None:
        return ()
    fees = trial.preview.fees
    return tuple(
        Payment(row.due_on, row.payment + fees.get(row.number, Decimal(0)), row.closing)
        for row in trial.preview.schedule.instalments
    )


def _parts(mine: tuple[Document, Registry], theirs: tuple[Document, Registry]) -> list[Part]:
    """The two term sheets as one, in the order of the first."""
    ours, others = _sections(*mine), _sections(*theirs)
    found = []
    for name in _merged(list(ours), list(others)):
        heading = (ours.get(name) or others[name]).title
        first, second = (_by_place(one, side.get(name)) for one, side in ((mine[0], ours), (theirs[0], others)))
        lines = [_line(first.get(place), second.get(place)) for place in _merged(list(first), list(second))]
        found.append(Part(heading, tuple(lines)))
    return found


def _sections(document: Document, registry: Registry) -> dict[str, Section]:
    """The sections that say something, by their English title; the name of a product is no difference."""
    return {one.title["en"]: one for one in definition_sheet.sheet(document, registry)[1:] if one.cells}


def _by_place(document: Document, section: Section | None) -> dict[str, Cell]:
    return {_place(document, cell.pointer): cell for cell in (section.cells if section else ())}


def _place(document: Document, pointer: str) -> str:
    """A pointer in which items of lists stand by their own key instead of their number, where they have one."""
    found, at = "", ""
    for token in split(pointer):
        holder, at = resolve(document.spec, at), child(at, token)
        item = resolve(document.spec, at)
        own = item.get("key") if is_list(holder) and isinstance(item, Mapping) else None
        found = child(found, own if isinstance(own, str) else token)
    return found


def _line(ours: Cell | None, theirs: Cell | None) -> Line:
    one = ours or theirs
    assert one is not None
    return Line(one.label, (ours.words if ours else NOTHING, theirs.words if theirs else NOTHING))


def _merged(first: list[str], second: list[str]) -> list[str]:
    """Both in the order of the first; what only the second has follows what it follows there."""
    merged, at = list(first), 0
    known = set(first)
    for one in second:
        if one in known:
            at = merged.index(one) + 1
        else:
            merged.insert(at, one)
            at += 1
    return merged
