"""Runs the lending cases of a file or folder and tells what passed: `make oracle-cn`.

A line for each case, then the total. Cases of other families belong to other rooms and are left out. The exit code
says whether it ran, not whether all passed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loanloom.testing.cn_practice import changes, lateness, price, schedules
from loanloom.testing.cn_practice.case import Case
from loanloom.testing.cn_practice.comparing import differences

DEFAULT = Path("../shared/oracle/cn-practice.json")
FAMILIES = ("RM", "OD", "PA", "PP", "EX", "LN", "WV", "EN", "AP", "LP")
FAULTS = (ArithmeticError, AssertionError, LookupError, StopIteration, TypeError, ValueError)
"""What a case that cannot be followed may end in: it failed, the run goes on."""

ANSWERS: Mapping[str, Callable[[Case], Mapping[str, Any]]] = {
    "RM-01": schedules.equal_instalments,
    "RM-02": schedules.equal_principal,
    "RM-03": schedules.flat,
    "RM-04": schedules.monthly_interest,
    "RM-05": schedules.quarterly_interest,
    "RM-06": schedules.all_at_maturity,
    "RM-07": schedules.at_will,
    "RM-08": schedules.balloon,
    "RM-09a": schedules.stepped,
    "RM-09b": schedules.interest_first,
    "RM-10": schedules.long_first_period,
    "RM-11": schedules.month_ends,
    "LP-01": schedules.repriced,
    "OD-01": lateness.penalty_of_one_payment,
    "OD-02": lateness.misused,
    "OD-03a": lateness.compound_once,
    "OD-03b": lateness.compound_rolled,
    "OD-04": lateness.one_instalment_late,
    "OD-05": lateness.capped_costs,
    "OD-06": lateness.days_past_due,
    "PA-01": lateness.one_debt,
    "PA-02": lateness.one_debt,
    "PA-03": lambda case: lateness.several_debts(case, "instalment"),
    "PA-04": lambda case: lateness.several_debts(case, "component"),
    "PP-01": changes.prepaid,
    "PP-02": changes.settled_early,
    "EX-01": changes.extension_limits,
    "EX-02": changes.extended,
    "LN-01": changes.line_steps,
    "LN-02": changes.line_used_up,
    "WV-01": changes.waived,
    "EN-01": changes.entrusted,
    "AP-01": price.with_fee,
    "AP-02": price.dated,
    "AP-03": price.deducted,
    "AP-04": price.caps,
}
"""By the beginning of a case's id: variants of a case ask the same question with other numbers."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    id: str
    passed: bool
    reasons: tuple[str, ...] = ()


def read(path: Path) -> list[Mapping[str, Any]]:
    """The cases of a file, or of every file of a folder."""
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    found: list[Mapping[str, Any]] = []
    for file in files:
        said = json.loads(file.read_text(encoding="utf-8"))
        found += said["cases"] if isinstance(said, Mapping) else said
    return [case for case in found if re.match(r"[A-Z]{2}", case["id"]) and case["id"][:2] in FAMILIES]


def judge(said: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Outcome:
    """One case; `known` are the cases that it may build on."""
    key = max((name for name in ANSWERS if said["id"].startswith(name)), key=len, default=None)
    if key is None:
        return Outcome(said["id"], False, ("no such question is known",))
    inputs = dict(said["inputs"])
    if "loan" in inputs:
        inputs = {**known.get(inputs["loan"], {}).get("inputs", {}), **inputs}
    try:
        made = ANSWERS[key](Case(said["id"], inputs, said["expected"]))
        found = tuple(differences(said["expected"], made))
    except FAULTS as fault:
        found = (f"{type(fault).__name__}: {fault}",)
    return Outcome(said["id"], not found, found)


def outcomes(cases: Sequence[Mapping[str, Any]]) -> Iterator[Outcome]:
    """What became of each case."""
    known = {case["id"]: case for case in cases}
    return (judge(case, known) for case in cases)


def report(path: Path, *, as_json: bool = False) -> int:
    """Print the outcomes and the total. The exit code."""
    try:
        found = list(outcomes(read(path)))
    except (OSError, ValueError, LookupError, TypeError) as error:
        print(f"{path}: the cases cannot be read: {error}", file=sys.stderr)
        return 2
    passed = sum(outcome.passed for outcome in found)
    if as_json:
        whole = {"passed": passed, "failed": len(found) - passed, "cases": [asdict(outcome) for outcome in found]}
        print(json.dumps(whole, ensure_ascii=False, indent=1))
        return 0
    for outcome in found:
        print(f"{outcome.id}: {'passed' if outcome.passed else 'FAILED ' + '; '.join(outcome.reasons)}")
    print(f"{passed} passed, {len(found) - passed} failed")
    return 0


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    sys.exit(report(Path(arguments[0]) if arguments else DEFAULT, as_json="--json" in sys.argv))
