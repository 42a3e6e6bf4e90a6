"""Runs a folder of the DMN conformance kit, its literals and its models, and prints what passed: `make oracle-dmn`.

`DIR/literals.jsonl` and `DIR/models/**`. The exit code says whether it ran, not whether all passed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loanloom.testing.dmn_cases import read_cases
from loanloom.testing.dmn_models import Models, groups, judge, read_tests


@dataclass(slots=True)
class Count:
    """Cases of one group."""

    level: int
    passed: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: where it belongs, whether it passed, and why not."""

    group: str
    level: int
    id: str
    passed: bool
    reason: str = ""


def literals(path: Path) -> Iterator[Judged]:
    """The literal expressions of a file."""
    for case in read_cases(path):
        passed = case.passes()
        yield Judged(case.group, case.level, case.id, passed, "" if passed else case.expression)


def models(root: Path) -> Iterator[Judged]:
    """The models of a folder."""
    known = Models()
    for group, level, tests in groups(root):
        for test in tests:
            try:
                cases = list(read_tests(test, level))
            except (OSError, ValueError) as error:
                yield Judged(group, level, test.name, False, str(error))
                continue
            for case in cases:
                found = judge(case, known)
                yield Judged(group, level, case.id, found.passed, found.reason)


def report(root: Path) -> int:
    """Print each failing case, then each group, then the levels, then the total. The exit code."""
    kit = root / "literals.jsonl", root / "models"
    if not any(one.exists() for one in kit):
        print(f"{root}: neither literals.jsonl nor models/ is here", file=sys.stderr)
        return 2
    counts: dict[str, Count] = {}
    try:
        for judged in [*(literals(kit[0]) if kit[0].exists() else ()), *(models(kit[1]) if kit[1].exists() else ())]:
            count = counts.setdefault(judged.group, Count(judged.level))
            count.passed += judged.passed
            count.failed += not judged.passed
            if not judged.passed:
                print(f"FAILED level {judged.level} {judged.id}: {' '.join(judged.reason.split())}")
    except (OSError, ValueError, KeyError) as error:
        print(f"{root}: the kit cannot be read: {error}", file=sys.stderr)
        return 2
    for group, count in sorted(counts.items()):
        print(f"{group}: {count.passed} passed, {count.failed} failed")
    for level in sorted({one.level for one in counts.values()}):
        mine = [one for one in counts.values() if one.level == level]
        passed, failed = sum(one.passed for one in mine), sum(one.failed for one in mine)
        print(f"level {level}: {passed} passed, {failed} failed ({passed / max(passed + failed, 1):.1%})")
    print(f"{sum(one.passed for one in counts.values())} passed, {sum(one.failed for one in counts.values())} failed")
    return 0


if __name__ == "__main__":
    sys.exit(report(Path(sys.argv[1])))
