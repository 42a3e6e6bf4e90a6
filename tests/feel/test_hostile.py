"""Hostile texts (tests/feel/hostile/*.yaml) end in a problem or a value, quickly and in little memory, on every back end."""

from __future__ import annotations

import datetime as dt
import time
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from loanloom import feel
from loanloom.feel import DATE, NUMBER, STRING, context, list_of, optional
from loanloom.feel.hover import hover
from loanloom.feel.interpreter import Interpreter, Located
from loanloom.feel.problems import Fault

SECONDS, BYTES = 0.05, 50_000_000
SCOPE = context(
    {
        "x": optional(NUMBER),
        "s": STRING,
        "l": list_of(NUMBER),
        "d": DATE,
        "rows": list_of(context({"n": NUMBER, "w": STRING})),
        "as_of": DATE,
    }
)
FACTS = {
    "x": Decimal(3),
    "s": "a" * 50_000,
    "l": [Decimal(one) for one in range(1_000)],
    "d": dt.date(2026, 3, 2),
    "rows": [{"n": Decimal(one), "w": "b"} for one in range(300)],
    "as_of": dt.date(2026, 3, 2),
}


def _cases() -> list[Any]:
    found = []
    for path in sorted((Path(__file__).parent / "hostile").glob("*.yaml")):
        for place, case in enumerate(yaml.safe_load(path.read_text("utf-8"))):
            text = case.get("text") or "".join(piece * count for piece, count in case.get("pieces", ()))
            text = text or "\ud800" + case["surrogate"]
            found.append(pytest.param(text, bool(case.get("unary")), id=f"{path.stem}-{place + 1}"))
    return found


CASES = _cases()


def checked(text: str, unary: bool, mode: str = "strict") -> feel.Checked:
    if unary:
        return feel.check_unary(text, NUMBER, SCOPE, functions=feel.LENDING, mode=mode)
    return feel.check(text, SCOPE, functions=feel.LENDING, mode=mode)


def run_generated(text: str, unary: bool) -> None:
    """As the platform does: refused with a problem, or a value or a problem when run."""
    found = checked(text, unary)
    assert found.problems or found.program is not None
    if found.program is not None:
        found.program.evaluate(FACTS, *_tested(unary))


def run_standard(text: str, unary: bool) -> None:
    found = checked(text, unary, "standard")
    if found.program is not None:
        found.program.evaluate(FACTS, *_tested(unary))


def run_interpreter(text: str, unary: bool) -> None:
    found = checked(text, unary)
    if found.program is not None:
        try:
            Interpreter(FACTS).run(found.program.tree, {found.program.tested: Decimal(3)} if unary else {})  # type: ignore[dict-item]
        except (Located, Fault, RecursionError):
            return


def run_translated(text: str, unary: bool) -> None:
    """The other targets: a translation or reasons, at publication."""
    found = checked(text, unary)
    if found.program is not None and not unary:
        feel.to_polars(found)
        feel.to_sql(found, {path: f"t.c{place}" for place, path in enumerate(sorted(found.inputs))})


def run_tools(text: str, unary: bool) -> None:
    """What an editor asks while one types."""
    found = checked(text, unary)
    assert found.formatted()
    feel.complete(text, len(text), SCOPE)
    hover(text, len(text) // 2, SCOPE)


def run_explained(text: str, unary: bool) -> None:
    found = checked(text, unary)
    if found.program is not None:
        explanation = found.program.explain(FACTS, *_tested(unary))
        assert len(explanation.in_words("en")) <= 2_000 and len(explanation.in_words("zh")) <= 2_000


def _tested(unary: bool) -> tuple[Decimal, ...]:
    return (Decimal(3),) if unary else ()


WAYS: tuple[Callable[[str, bool], None], ...] = (
    run_generated,
    run_standard,
    run_interpreter,
    run_translated,
    run_tools,
    run_explained,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(("text", "unary"), CASES)
def test_a_hostile_text_is_answered_quickly(text: str, unary: bool, way: Callable[[str, bool], None]) -> None:
    best = min(_seconds(partial(way, text, unary)) for _ in range(1))
    for _ in range(4):
        if best < SECONDS:
            return
        best = min(best, _seconds(partial(way, text, unary)))
    assert best < SECONDS, f"{best:.3f} s"


def _seconds(work: Callable[[], None]) -> float:
    """Processor time, so that busy neighbours do not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def test_hostile_texts_take_little_memory() -> None:
    tracemalloc.start()
    try:
        for case in CASES:
            text, unary = case.values
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            run_generated(str(text), bool(unary))
            grown = tracemalloc.get_traced_memory()[1] - before
            assert grown < BYTES, (case.id, grown)
    finally:
        tracemalloc.stop()


def test_generated_code_reaches_no_python_object() -> None:
    for text in ("s.__class__", "x.real", "l.append", "customer.__dict__"):
        assert feel.check(text, SCOPE).problems
    program = feel.check("{a: 1}.__class__", SCOPE, mode="standard").program
    assert program is not None and program({}) is None


def test_explanations_of_large_results_stay_small() -> None:
    program = feel.check("for i in l return l", SCOPE).program
    assert program is not None
    explanation = program.explain(FACTS)
    assert len(explanation.in_words("en")) < 500
    assert len(str(explanation.as_json())) < 2_000
