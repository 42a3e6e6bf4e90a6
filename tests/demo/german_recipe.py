"""How the German-credit card was made, in plain Python: weights of evidence, logistic regression, points rounded to 5.

Bands and groups come from the card's own document; what is refitted is the points. Floats are fine here: this is
statistics about a card, not money. Run as a script it prints the two figures of docs/explanation/german-credit.md.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CARD = ROOT / "metadata" / "scorecards" / "consumer-german.yaml"
DATA = ROOT / "metadata" / "demo" / "german-credit" / "german.csv"
COLUMNS = {
    "checking_account": "status",
    "term_months": "duration",
    "credit_history": "credit_history",
    "credit_purpose": "purpose",
    "amount": "amount",
    "savings": "savings",
    "employment": "employment",
    "instalment_share": "installment_rate",
    "other_debtors": "other_debtors",
    "other_plans": "other_installment_plans",
    "german_housing": "housing",
}
"""Indicator of the card -> column of the file."""
FACTOR = 20 / math.log(2)

Places = list[int]
Points = list[list[float]]


def load() -> tuple[list[dict[str, str]], list[bool]]:
    """The rows of the file and whether each turned out bad."""
    with DATA.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return rows, [row["bad"] == "1" for row in rows]


def card() -> list[Mapping[str, Any]]:
    """The characteristics of the card."""
    found: list[Mapping[str, Any]] = yaml.safe_load(CARD.read_text(encoding="utf-8"))["spec"]["characteristics"]
    return found


def places(characteristics: Sequence[Mapping[str, Any]], row: Mapping[str, str]) -> Places:
    """Which band or group of each characteristic a row falls into."""
    return [_place(one, row[COLUMNS[one["indicator"]]]) for one in characteristics]


def _place(characteristic: Mapping[str, Any], value: str) -> int:
    for at, option in enumerate(characteristic.get("options", ())):
        if value in option["in"]:
            return at
    for at, band in enumerate(characteristic.get("bands", ())):
        if band.get("from", -math.inf) <= float(value) < band.get("to", math.inf):
            return at
    raise ValueError(f"{characteristic['indicator']}: {value}")


def own_points(characteristics: Sequence[Mapping[str, Any]]) -> Points:
    """The points as the card has them."""
    return [[float(part["points"]) for part in one.get("options") or one["bands"]] for one in characteristics]


def fit(rows: Sequence[Places], bad: Sequence[bool], sizes: Sequence[int]) -> Points:
    """Points for every band from these rows alone."""
    goods, bads = bad.count(False), bad.count(True)
    weights: Points = []
    for at, size in enumerate(sizes):
        good_in, bad_in = [0.5] * size, [0.5] * size
        for row, is_bad in zip(rows, bad, strict=True):
            (bad_in if is_bad else good_in)[row[at]] += 1
        weights.append([math.log((good_in[k] / goods) / (bad_in[k] / bads)) for k in range(size)])
    features = [[1.0, *(weights[at][place] for at, place in enumerate(row))] for row in rows]
    coefficients = _logistic(features, [0.0 if is_bad else 1.0 for is_bad in bad])
    return [
        [round(b * weight * FACTOR / 5) * 5 for weight in bands]
        for b, bands in zip(coefficients[1:], weights, strict=True)
    ]


def gini(scores: Sequence[float], bad: Sequence[bool]) -> float:
    """2 x AUC - 1."""
    good = [score for score, is_bad in zip(scores, bad, strict=True) if not is_bad]
    wrong = [score for score, is_bad in zip(scores, bad, strict=True) if is_bad]
    right = sum((g > b) - (g < b) for g in good for b in wrong)
    return right / len(good) / len(wrong)


def score(points: Points, row: Places) -> float:
    """The points of one row."""
    return sum(bands[place] for bands, place in zip(points, row, strict=True))


def cross_validated(rows: Sequence[Places], bad: Sequence[bool], sizes: Sequence[int], *, repeats: int) -> list[float]:
    """The Gini on each held-out fifth, stratified, points refitted on the other four."""
    found = []
    for repeat in range(repeats):
        shuffle = random.Random(repeat)
        fold_of: dict[int, int] = {}
        for outcome in (False, True):
            members = [at for at, is_bad in enumerate(bad) if is_bad == outcome]
            shuffle.shuffle(members)
            fold_of.update({at: place % 5 for place, at in enumerate(members)})
        for fold in range(5):
            train = [at for at in range(len(rows)) if fold_of[at] != fold]
            held = [at for at in range(len(rows)) if fold_of[at] == fold]
            points = fit([rows[at] for at in train], [bad[at] for at in train], sizes)
            found.append(gini([score(points, rows[at]) for at in held], [bad[at] for at in held]))
    return found


def _logistic(features: Sequence[Sequence[float]], target: Sequence[float], ridge: float = 1.0) -> list[float]:
    """Coefficients by Newton's method, with a little ridge on all but the constant."""
    size = len(features[0])
    found = [0.0] * size
    for _ in range(8):
        gradient = [0.0] + [-ridge * b for b in found[1:]]
        curve = [[ridge if i == j and i else 0.0 for j in range(size)] for i in range(size)]
        for row, wanted in zip(features, target, strict=True):
            chance = 1 / (1 + math.exp(-sum(b * x for b, x in zip(found, row, strict=True))))
            spread = chance * (1 - chance)
            for i, x in enumerate(row):
                gradient[i] += (wanted - chance) * x
                for j in range(i + 1):
                    curve[i][j] += spread * x * row[j]
        found = [b + step for b, step in zip(found, _solve(curve, gradient), strict=True)]
    return found


def _solve(lower: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric positive system given by its lower triangle (Cholesky)."""
    size = len(right)
    for i in range(size):
        for j in range(i + 1):
            rest = lower[i][j] - sum(lower[i][k] * lower[j][k] for k in range(j))
            lower[i][j] = math.sqrt(rest) if i == j else rest / lower[j][j]
    forward = []
    for i in range(size):
        forward.append((right[i] - sum(lower[i][k] * forward[k] for k in range(i))) / lower[i][i])
    back = [0.0] * size
    for i in reversed(range(size)):
        back[i] = (forward[i] - sum(lower[k][i] * back[k] for k in range(i + 1, size))) / lower[i][i]
    return back


if __name__ == "__main__":
    characteristics = card()
    raw, outcomes = load()
    placed = [places(characteristics, row) for row in raw]
    own = own_points(characteristics)
    print(f"on its own data     {gini([score(own, row) for row in placed], outcomes):.3f}")
    folds = cross_validated(placed, outcomes, [len(bands) for bands in own], repeats=20)
    print(f"cross-validated     {sum(folds) / len(folds):.3f}  ({len(folds)} folds)")
