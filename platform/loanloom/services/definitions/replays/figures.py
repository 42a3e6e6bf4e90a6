"""What a replay comes to: which decisions turn, the share approved, how points, grades and limits move. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from loanloom.services.definitions.replays.verdicts import OUTCOMES, Verdict
from loanloom.services.origination.rescoring import BAND


@dataclass(frozen=True, slots=True)
class Judged:
    """One application: what was decided in the end, and both verdicts."""

    decided: str
    before: Verdict
    after: Verdict


def figures_of(cases: Sequence[Judged]) -> dict[str, Any]:
    """Everything that is shown of a replay besides its lines; shares are None where nothing is known."""
    share = _by_people(cases)
    return {
        "cases": len(cases),
        "flipped": sum(one.after.differs(one.before) for one in cases),
        "moves": _moves(cases),
        "approved": {
            "decided": _share([Decimal(one.decided == "approved") for one in cases]),
            "before": _share(_expected(one.before, one, share) for one in cases),
            "after": _share(_expected(one.after, one, share) for one in cases),
        },
        "points": _sides(cases, lambda verdict: verdict.points),
        "limit": _sides(cases, lambda verdict: verdict.limit),
        "regraded": sum(one.before.grade != one.after.grade for one in cases),
        "grades": _grades(cases),
        "bands": _bands(cases),
    }


def _moves(cases: Iterable[Judged]) -> list[dict[str, Any]]:
    """How many go from which outcome to which; those whose way differs within the same outcome are counted apart."""
    counts = Counter((one.before.outcome, one.after.outcome) for one in cases)
    turned = Counter((one.before.outcome, one.after.outcome) for one in cases if one.after.differs(one.before))
    return [
        {"before": before, "after": after, "cases": counts[before, after], "flipped": turned[before, after]}
        for before in OUTCOMES
        for after in OUTCOMES
        if counts[before, after]
    ]


def _by_people(cases: Iterable[Judged]) -> Decimal | None:
    """Which share people approved of what was left to them."""
    return _share(Decimal(one.decided == "approved") for one in cases if one.before.outcome == "people")


def _expected(verdict: Verdict, case: Judged, share: Decimal | None) -> Decimal | None:
    """How likely an approval is: rules are certain; people decide as they did, or as often as they do."""
    if verdict.outcome == "approved":
        return Decimal(1)
    if verdict.outcome in ("refused", "not_offered"):
        return Decimal(0)
    if verdict.outcome == "people":
        return Decimal(case.decided == "approved") if case.before.outcome == "people" else share
    return None


def _share(chances: Iterable[Decimal | None]) -> Decimal | None:
    known = [one for one in chances if one is not None]
    return sum(known, Decimal(0)) / len(known) if known else None


def _sides(cases: Iterable[Judged], figure: Any) -> dict[str, Any]:
    """The means of a figure over the applications that have it on both sides, and how many of them move."""
    pairs = [(figure(one.before), figure(one.after)) for one in cases]
    both = [(left, right) for left, right in pairs if left is not None and right is not None]
    return {
        "before": _share(left for left, _ in both),
        "after": _share(right for _, right in both),
        "moved": sum(left != right for left, right in both),
        "cases": len(both),
    }


def _grades(cases: Sequence[Judged]) -> list[dict[str, Any]]:
    counts = [Counter(getattr(one, side).grade for one in cases) for side in ("before", "after")]
    keys = sorted({key for count in counts for key in count if key is not None})
    return [{"key": key, "before": counts[0][key], "after": counts[1][key]} for key in keys]


def _bands(cases: Sequence[Judged]) -> list[dict[str, int]]:
    counts: list[Counter[int]] = [Counter(), Counter()]
    for one in cases:
        for side, points in enumerate((one.before.points, one.after.points)):
            if points is not None:
                counts[side][int((points / BAND).to_integral_value(ROUND_FLOOR)) * BAND] += 1
    lows = counts[0].keys() | counts[1].keys()
    if not lows:
        return []
    return [
        {"low": low, "before": counts[0][low], "after": counts[1][low]} for low in range(min(lows), max(lows) + 1, BAND)
    ]
