"""Runs a folder of the oracle's files and tells what passed: `make oracle-fineract`.

A line for each file, then the total; an unsupported case names the missing feature and counts as failed in the total.
The exit code says whether it ran, not whether all passed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loanloom.testing.lending_oracle import calculator
from loanloom.testing.lending_oracle.comparing import differences
from loanloom.testing.lending_oracle.intended import INTENDED
from loanloom.testing.lending_oracle.player import Player, Refused
from loanloom.testing.lending_oracle.playing import play
from loanloom.testing.lending_oracle.words import Said, Unsupported

DEFAULT = Path("../shared/oracle/fineract")
FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What a case that our core cannot follow may end in; such a case failed, the run goes on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    id: str
    passed: bool
    unsupported: str | None = None
    reasons: tuple[str, ...] = ()
    intended: str | None = None


@dataclass(slots=True)
class FileReport:
    """The outcomes of one file."""

    name: str
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def passed(self) -> int:
        """Cases without a difference."""
        return sum(outcome.passed for outcome in self.outcomes)

    @property
    def unsupported(self) -> int:
        """Cases that need a feature we have not got."""
        return sum(outcome.unsupported is not None for outcome in self.outcomes)

    @property
    def failed(self) -> int:
        """Cases with differences."""
        return len(self.outcomes) - self.passed - self.unsupported

    @property
    def line(self) -> str:
        """The line of the report."""
        return f"{self.name}: {self.passed} passed, {self.failed} failed, {self.unsupported} unsupported"


def judge(case: Said, reference: Said) -> Outcome:
    """Play a case and look at each of its checks."""
    name = str(case["id"])
    try:
        reasons = tuple(calculator.play(case) if "periods" in case else _play(case, reference))
    except Unsupported as missing:
        return Outcome(name, False, unsupported=str(missing))
    except Refused as refused:
        reasons = (str(refused),)
    except FAULTS as fault:
        reasons = (f"{type(fault).__name__}: {fault}",)
    return Outcome(name, not reasons, reasons=reasons, intended=INTENDED.get(name))


def _play(case: Said, reference: Said) -> Iterator[str]:
    player = Player.of(case["terms"], reference)
    proposal = next((event for event in case["events"] if event["type"] == "approve"), None)
    checks = list(case["checks"])
    for place in range(len(case["events"]) + 1):
        if place:
            play(player, case["events"][place - 1])
        while checks and checks[0]["after"] == place:
            check = checks.pop(0)
            for difference in differences(check, player, proposal):
                yield f"after event {place}: {difference}"


def run(folder: Path) -> list[FileReport]:
    """Every file of a folder, by name. What names mean stands in its reference, else in that of the public half."""
    named = folder / "reference.json"
    reference = json.loads((named if named.exists() else DEFAULT / "reference.json").read_text())
    found = []
    for path in sorted(folder.glob("*.json")):
        cases = json.loads(path.read_text()).get("cases")
        if cases is not None:
            found.append(FileReport(path.name, [judge(case, reference) for case in cases]))
    return found


def as_json(found: Sequence[FileReport]) -> str:
    """The whole report for machines."""
    files: list[dict[str, Any]] = [
        {
            "file": each.name, "passed": each.passed, "failed": each.failed, "unsupported": each.unsupported,
            "cases": [
                {"id": one.id, "passed": one.passed, "unsupported": one.unsupported, "intended": one.intended,
                 "reasons": list(one.reasons)}
                for one in each.outcomes if not one.passed
            ],
        }
        for each in found
    ]  # fmt: skip
    passed = sum(each.passed for each in found)
    return json.dumps({"files": files, "passed": passed, "failed": sum(len(each.outcomes) for each in found) - passed})


def main(arguments: Sequence[str]) -> int:
    """Print the report of a folder; 2 when there is nothing to run."""
    said = [argument for argument in arguments if not argument.startswith("--")]
    folder = Path(said[0]) if said else DEFAULT
    if not any((place / "reference.json").exists() for place in (folder, DEFAULT)) or not [*folder.glob("*.json")]:
        print(f"{folder} holds no cases of the oracle", file=sys.stderr)
        return 2
    found = run(folder)
    if "--json" in arguments:
        print(as_json(found))
        return 0
    for each in found:
        if "--why" in arguments:
            for outcome in each.outcomes:
                if not outcome.passed:
                    why = f"unsupported: {outcome.unsupported}" if outcome.unsupported else outcome.reasons[0]
                    print(f"  {outcome.id}: {why}{' (intended)' if outcome.intended else ''}")
        print(each.line)
    passed = sum(each.passed for each in found)
    print(f"{passed} passed, {sum(len(each.outcomes) for each in found) - passed} failed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
