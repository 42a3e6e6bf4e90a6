"""All applications through another version of a score card: how grades, points and approvals move. Writes nothing.

Every application is scored by the live card and by the candidate on the same facts, those of today, so that only the
card makes the difference. Expected approvals take each grade as it has been decided so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from loanloom.engines import scoring
from loanloom.engines.imports.figures import gini
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services import facts
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.origination import applications
from loanloom.store import tables

if TYPE_CHECKING:
    from loanloom.engines.scoring.batch import Batch

APPROVED = ("approved", "contracted", "closed")
REFUSED = ("refused",)
UNSUBMITTED = (*applications.BEFORE, "withdrawn")
SET = 2_000
"""Applications read at a time."""
BAND = 20
"""Points that one row of the distribution spans."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade before and after, and which share of it has been approved so far (None: none decided)."""

    key: str | None
    title: Text
    before: int
    after: int
    approved: Decimal | None


@dataclass(frozen=True, slots=True)
class Band:
    """Applications whose points lie from `low` up to the next band."""

    low: int
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescored:
    """What came of it. Shares are None where nothing has been decided; `slow` are indicators that no column holds."""

    card: str
    cases: int
    moved: int
    grades: tuple[Grade, ...]
    bands: tuple[Band, ...]
    mean_before: Decimal | None
    mean_after: Decimal | None
    approval_before: Decimal | None
    approval_after: Decimal | None
    gini_before: Decimal | None
    gini_after: Decimal | None
    slow: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """One application, scored twice."""

    state: str
    outcome: str | None
    points: tuple[Decimal | None, Decimal | None]
    grades: tuple[str | None, str | None]


def rescore(ctx: Context, key: str, candidate: Registry) -> Rescored:
    """Score every submitted application of the products with score card `key` by the live card and the candidate's."""
    ctx.require("definition.read")
    document = candidate.get("scorecard", key)
    if document is None:
        raise Refused(
            Problem(code="scorecard.unknown", message=text(f'There is no score card "{key}".', f"没有评分卡“{key}”。"))
        )
    after = _batch(document, candidate)
    live = ctx.registry.get("scorecard", key)
    before = _batch(live, ctx.registry) if live is not None else after
    cases = _scored(ctx, key, candidate, before, after)
    return _told(document, cases, after)


def _batch(document: Document, registry: Registry) -> Batch:
    try:
        from loanloom.engines.scoring.batch import compile_batch
    except ImportError:
        message = text("Scoring in batches needs polars.", "批量评分需要安装 polars。")
        hint = text('Install it: pip install "loanloom[batch]".', '请安装：pip install "loanloom[batch]"。')
        raise Refused(Problem(code="batch.not_installed", message=message, hint=hint)) from None
    card = scoring.compile_scorecard(document, registry)
    indicators = scoring.compile_indicators(registry)
    if card.card is None or indicators.indicators is None:
        raise Refused((*card.problems, *indicators.problems))
    return compile_batch(card.card, indicators.indicators)


def _scored(ctx: Context, key: str, candidate: Registry, before: Batch, after: Batch) -> list[_Case]:
    registries = (ctx.registry, candidate)
    products = sorted(
        {one.key for each in registries for one in each.all("product") if one.spec.get("scorecard") == key}
    )
    found: list[_Case] = []
    table, last = tables.application, 0
    while True:
        with ctx.transaction() as connection:
            query = select(table).where(
                table.c.id > last, table.c.product_key.in_(products), table.c.state.not_in(UNSUBMITTED)
            )
            rows = connection.execute(query.order_by(table.c.id).limit(SET)).all()
            if not rows:
                return found
            last = rows[-1].id
            wanted = {row.customer_id for row in rows}
            people = select(tables.customer).where(tables.customer.c.id.in_(wanted))
            customers = {row.id: row for row in connection.execute(people)}
        found += _set(ctx, candidate, rows, customers, before, after)


def _set(
    ctx: Context, candidate: Registry, rows: Sequence[Any], customers: Mapping[int, Any], before: Batch, after: Batch
) -> list[_Case]:
    sides = []
    for batch, registry in ((before, ctx.registry), (after, candidate)):
        cases = [facts.basis(ctx, row, customers[row.customer_id], registry) for row in rows]
        sides.append(batch.score_cases(cases).select("points", "grade").rows())
    return [
        _Case(row.state, row.recorded_outcome, (one[0], other[0]), (one[1], other[1]))
        for row, one, other in zip(rows, *sides, strict=True)
    ]


def _told(document: Document, cases: Sequence[_Case], after: Batch) -> Rescored:
    shares = _approved_shares(cases)
    keys: list[str | None] = [one.key for one in after.card.grades]
    keys += sorted({one.grades[0] for one in cases if one.grades[0] is not None} - set(keys))
    titles = {one.key: one.title for one in after.card.grades}
    counts = [Counter(one.grades[side] for one in cases) for side in (0, 1)]
    if any(count[None] for count in counts):
        keys.append(None)
    unscored = text("not scored", "未评分")
    grades = tuple(
        Grade(key, titles.get(key or "", unscored if key is None else text(key, key)), counts[0][key], counts[1][key],
              shares.get(key))
        for key in keys
    )  # fmt: skip
    return Rescored(
        card=document.key,
        cases=len(cases),
        moved=sum(one.grades[0] != one.grades[1] for one in cases),
        grades=grades,
        bands=_bands(cases),
        mean_before=_mean([one.points[0] for one in cases]),
        mean_after=_mean([one.points[1] for one in cases]),
        approval_before=_expected(counts[0], shares),
        approval_after=_expected(counts[1], shares),
        gini_before=_gini(cases, 0),
        gini_after=_gini(cases, 1),
        slow=tuple(one.problem for one in after.slow),
    )


def _approved_shares(cases: Sequence[_Case]) -> dict[str | None, Decimal]:
    """Which share of each live grade has been approved, of those decided."""
    decided: Counter[str | None] = Counter()
    approved: Counter[str | None] = Counter()
    for one in cases:
        if one.state in APPROVED + REFUSED:
            decided[one.grades[0]] += 1
            approved[one.grades[0]] += one.state in APPROVED
    return {key: Decimal(approved[key]) / Decimal(count) for key, count in decided.items()}


def _expected(counts: Mapping[str | None, int], shares: Mapping[str | None, Decimal]) -> Decimal | None:
    """The share approved if every grade is decided as so far; grades never decided are left out."""
    known = sum(count for key, count in counts.items() if key in shares)
    if not known:
        return None
    return sum((Decimal(count) * shares[key] for key, count in counts.items() if key in shares), Decimal(0)) / known


def _mean(points: Sequence[Decimal | None]) -> Decimal | None:
    known = [one for one in points if one is not None]
    return sum(known, Decimal(0)) / len(known) if known else None


def _gini(cases: Sequence[_Case], side: int) -> Decimal | None:
    known = [(one.points[side], one.outcome) for one in cases]
    return gini((points, outcome == "bad") for points, outcome in known if points is not None and outcome is not None)


def _bands(cases: Sequence[_Case]) -> tuple[Band, ...]:
    counts: list[Counter[int]] = [Counter(), Counter()]
    for one in cases:
        for side in (0, 1):
            points = one.points[side]
            if points is not None:
                counts[side][int((points / BAND).to_integral_value(ROUND_FLOOR)) * BAND] += 1
    lows = counts[0].keys() | counts[1].keys()
    if not lows:
        return ()
    return tuple(Band(low, counts[0][low], counts[1][low]) for low in range(min(lows), max(lows) + 1, BAND))
