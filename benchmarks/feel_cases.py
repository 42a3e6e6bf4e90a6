"""The two workloads that every figure about expressions is measured on: one rule, one scorecard; and facts for them.

Rule: three conditions over a nested context, one of them a list of ten provinces. Scorecard: 12 indicators, 54 bins,
one expression. Both also in the texts of the peer (zen-engine's expression language) and as Python by hand.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from loanloom import feel

D = Decimal

PROVINCES = (
    "Anhui",
    "Fujian",
    "Guangdong",
    "Hebei",
    "Henan",
    "Hubei",
    "Hunan",
    "Jiangsu",
    "Shandong",
    "Zhejiang",
)
ELSEWHERE = ("Gansu", "Qinghai", "Yunnan")

_LISTED = ", ".join(f'"{one}"' for one in PROVINCES)
RULE = (
    "applicant.age >= 22 and applicant.income * 0.5 >= application.instalment "
    f"and applicant.address.province in ({_LISTED})"
)
RULE_ZEN = (
    "applicant.age >= 22 and applicant.income * 0.5 >= application.instalment "
    f"and applicant.address.province in [{_LISTED}]"
)

BINS: dict[str, tuple[tuple[str, int], ...]] = {
    "age": (("25", -12), ("32", 0), ("45", 14), ("55", 18)),
    "income": (("3000.00", -20), ("6000.00", -4), ("10000.00", 10), ("20000.00", 22)),
    "debt": (("1000.00", 20), ("10000.00", 11), ("50000.00", 0), ("150000.00", -14)),
    "instalment": (("500.00", 12), ("1500.00", 6), ("3000.00", 0), ("6000.00", -9)),
    "months_employed": (("6", -15), ("24", -3), ("60", 8), ("120", 15)),
    "months_at_address": (("12", -6), ("36", 1), ("84", 5), ("180", 9)),
    "enquiries": (("1", 9), ("3", 2), ("6", -7)),
    "days_past_due": (("1", 18), ("8", 0), ("31", -18)),
    "utilisation": (("0.2000", 14), ("0.5000", 5), ("0.8000", -6)),
    "open_loans": (("1", 6), ("3", 1), ("5", -8)),
}
"""Numeric indicators: (upper bound, points) bin by bin; at or above the last bound the last points less 5."""

CHOICES: dict[str, tuple[tuple[str, int], ...]] = {
    "housing": (("own", 15), ("family", 6), ("rent", -2)),
    "education": (("school", -5), ("college", 4), ("university", 11)),
}
"""Choice indicators: (value, points); any other value gets -7."""

INDICATORS = (*BINS, *CHOICES)
BIN_COUNT = sum(len(bins) + 1 for bins in (*BINS.values(), *CHOICES.values()))
assert (len(INDICATORS), BIN_COUNT) == (12, 54)

_SCALES = {"income": 2, "debt": 2, "instalment": 2, "utilisation": 4}
_MOST = {"income": 40_000, "debt": 300_000, "instalment": 12_000, "utilisation": 1}
_COUNTS = {
    "age": 75,
    "months_employed": 240,
    "months_at_address": 400,
    "enquiries": 12,
    "days_past_due": 90,
    "open_loans": 9,
}


def _chain(name: str, bins: Sequence[tuple[str, int]], sign: str, form: str, last: int) -> str:
    text = str(last)
    for bound, points in reversed(bins):
        shown = f'"{bound}"' if sign in ("=", "==") else bound
        text = "(" + form.format(test=f"applicant.{name} {sign} {shown}", points=points, other=text) + ")"
    return text


def _scorecard(equal: str, form: str) -> str:
    parts = [_chain(name, bins, "<", form, bins[-1][1] - 5) for name, bins in BINS.items()]
    parts += [_chain(name, choices, equal, form, -7) for name, choices in CHOICES.items()]
    return " + ".join(["500", *parts])


SCORECARD = _scorecard("=", "if {test} then {points} else {other}")
SCORECARD_ZEN = _scorecard("==", "{test} ? {points} : {other}")


def rule_scope(*, required: bool = False) -> feel.Type:
    """The facts of the rule; unless required they may be null."""
    wrap = _plain if required else feel.optional
    address = feel.context({"province": wrap(feel.STRING)})
    return feel.context(
        {
            "applicant": feel.context(
                {"age": wrap(_whole(3)), "income": wrap(_money()), "address": address},
            ),
            "application": feel.context({"instalment": wrap(_money())}),
        }
    )


def scorecard_scope(*, required: bool = False) -> feel.Type:
    """The facts of the scorecard; unless required they may be null."""
    wrap = _plain if required else feel.optional
    fields: dict[str, feel.Type] = {}
    for name in BINS:
        scale = _SCALES.get(name, 0)
        fields[name] = wrap(_money() if scale == 2 else feel.number(digits=feel.Digits(4, scale)))
    fields |= {name: wrap(feel.enumeration([*(value for value, _ in CHOICES[name]), "other"])) for name in CHOICES}
    return feel.context({"applicant": feel.context(fields)})


def _plain(type_: feel.Type) -> feel.Type:
    return type_


def _whole(digits: int) -> feel.Type:
    return feel.number(digits=feel.Digits(digits, 0))


def _money() -> feel.Type:
    return feel.number(digits=feel.Digits(16, 2), unit="CNY")


RULE_FACTS = {
    "applicant": {"age": D(34), "income": D("8000.50"), "address": {"province": "Jiangsu"}},
    "application": {"instalment": D("3210.07")},
}


def rule_facts(count: int, *, seed: int = 3) -> list[dict[str, Any]]:
    """Facts for the rule; the answers are mixed."""
    draw = random.Random(seed)
    return [
        {
            "applicant": {
                "age": D(draw.randint(18, 75)),
                "income": _amount(draw, 40_000, 2),
                "address": {"province": draw.choice((*PROVINCES, *ELSEWHERE))},
            },
            "application": {"instalment": _amount(draw, 9_000, 2)},
        }
        for _ in range(count)
    ]


def scorecard_facts(count: int, *, seed: int = 5) -> list[dict[str, Any]]:
    """Facts for the scorecard, spread over all bins."""
    draw = random.Random(seed)
    return [{"applicant": _applicant(draw)} for _ in range(count)]


def _applicant(draw: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in BINS:
        if name in _COUNTS:
            found[name] = D(draw.randint(18 if name == "age" else 0, _COUNTS[name]))
        else:
            found[name] = _amount(draw, _MOST[name], _SCALES[name])
    for name, choices in CHOICES.items():
        found[name] = draw.choice([*(value for value, _ in choices), "other"])
    return found


def _amount(draw: random.Random, most: int, scale: int) -> Decimal:
    return D(draw.randint(0, most * 10**scale)).scaleb(-scale)


def rule_by_hand(facts: dict[str, Any]) -> bool:
    """The rule as a Python programmer writes it, over Decimals that are there."""
    applicant = facts["applicant"]
    return bool(
        applicant["age"] >= _AGE
        and applicant["income"] * _HALF >= facts["application"]["instalment"]
        and applicant["address"]["province"] in _PROVINCES
    )


_AGE, _HALF, _PROVINCES = D(22), D("0.5"), frozenset(PROVINCES)


def scorecard_by_hand() -> Callable[[dict[str, Any]], Decimal]:
    """The scorecard as Python by hand: a function of the facts, generated as if-expressions over Decimals."""
    names: dict[str, Any] = {}

    def constant(value: Any) -> str:
        name = f"k{len(names)}"
        names[name] = value
        return name

    parts = [constant(D(500))]
    for name, bins in BINS.items():
        text = constant(D(bins[-1][1] - 5))
        for bound, points in reversed(bins):
            text = f"({constant(D(points))} if a[{name!r}] < {constant(D(bound))} else {text})"
        parts.append(text)
    for name, choices in CHOICES.items():
        text = constant(D(-7))
        for value, points in reversed(choices):
            text = f"({constant(D(points))} if a[{name!r}] == {value!r} else {text})"
        parts.append(text)
    source = f"def card(facts):\n    a = facts['applicant']\n    return {' + '.join(parts)}\n"
    exec(compile(source, "<card>", "exec"), names)
    card: Callable[[dict[str, Any]], Decimal] = names["card"]
    return card
