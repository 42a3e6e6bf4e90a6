"""What comes before the first answer: compiling with types, and importing the module in a fresh process."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import zen

from benchmarks import feel_cases as cases
from benchmarks.figure import Figure, side_by_side
from loanloom import feel
from loanloom.engines import facts
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import build
from loanloom.metadata.uses import expressions_of

ROOT = Path(__file__).parent.parent
MILLISECONDS = 2.0
IMPORT_MILLISECONDS = 150.0
IMPORT_RATIO = 10.0
"""Without any bytecode every line is compiled first, which a slow machine takes its time over."""
_CACHES = shutil.ignore_patterns("__pycache__")


def figures() -> Iterator[Figure]:
    """All figures of this module."""
    yield _compiled("rule", cases.RULE, cases.rule_scope(), cases.RULE_ZEN)
    yield _compiled("scorecard of 54 bins", cases.SCORECARD, cases.scorecard_scope(), cases.SCORECARD_ZEN)
    yield _company()
    with tempfile.TemporaryDirectory() as folder:
        yield _imported(
            "bytecode kept", ROOT / "platform", {"PYTHONPYCACHEPREFIX": folder}, IMPORT_MILLISECONDS, "value"
        )
        copy = Path(folder) / "source" / "loanloom"
        shutil.copytree(ROOT / "platform" / "loanloom" / "feel", copy / "feel", ignore=_CACHES)
        yield _imported("from source alone", copy.parent, {"PYTHONDONTWRITEBYTECODE": "1"}, IMPORT_RATIO, "ratio")


def compiled(text: str, scope: feel.Type) -> None:
    """From text to a function that is ready to run."""
    checked = feel.check(text, scope)
    assert checked.program is not None, checked.problems
    checked.program.compile()


def _compiled(name: str, text: str, scope: feel.Type, peer_text: str) -> Figure:
    seconds, _, ratio = side_by_side(lambda: compiled(text, scope), lambda: zen.compile_expression(peer_text))
    return Figure(
        name=f"{name}: compiled with types",
        value=seconds * 1e3,
        unit="ms",
        ratio=ratio,
        peer="zen, which has no types",
        bar=MILLISECONDS,
    )


def _company() -> Figure:
    """Every expression of the model company that the case's scope alone can type: the 95th percentile."""
    kinds = load_kinds()
    registry = build(read_bundle(ROOT, kinds).documents, kinds).registry
    scope = facts.scope(registry)
    texts = sorted(
        {text for one in registry.documents.values() for _, text in expressions_of(one, kinds.require(one.kind))}
    )
    texts = [text for text in texts if feel.check(text, scope).ok]
    assert len(texts) > 50
    times = sorted(_seconds(partial(compiled, text, scope)) for text in texts)
    return Figure(
        name=f"{len(texts)} expressions of the model company, 95th percentile: compiled with types",
        value=times[int(len(times) * 0.95)] * 1e3,
        unit="ms",
        ratio=times[int(len(times) * 0.95)] / statistics.median(times),
        peer="their median",
        bar=MILLISECONDS,
    )


def _seconds(work: Callable[[], object]) -> float:
    """The best of a few: one compilation is short, a neighbour's interruption is not."""
    found = []
    for _ in range(5):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def _imported(name: str, where: Path, environment: dict[str, str], bar: float, bar_on: str) -> Figure:
    """Processor time of a fresh interpreter that imports the module, less that of one that imports nothing."""
    ours, floor, standard = (
        statistics.median(_process(code, where, environment) for _ in range(7))
        for code in ("import loanloom.feel", "pass", "import dataclasses, datetime, decimal, re")
    )
    return Figure(
        name=f"import of the module, {name}",
        value=(ours - floor) * 1e3,
        unit="ms",
        ratio=(ours - floor) / (standard - floor),
        peer="the four standard modules it stands on",
        bar=bar,
        bar_on=bar_on,
    )


def _process(code: str, where: Path, environment: dict[str, str]) -> float:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(where)!r}); {code}"]
    subprocess.run(command, check=True, cwd=where, env=kept | environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
