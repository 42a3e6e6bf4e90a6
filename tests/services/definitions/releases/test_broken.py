"""Golden errors: every broken document is reported with its code, its place and the words people need."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest

from loanloom.metadata.archive import Files
from loanloom.metadata.bundle import Bundle, bundle_of, read_bundle
from loanloom.problems import Problem, errors, say
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import checking

ROOT = Path(__file__).parents[4]
BROKEN = sorted((ROOT / "tests" / "broken").glob("*.yaml"))
_LINE = re.compile(r"# (code|at|en|zh): (.+)")


@dataclass
class Expected:
    """One problem that must be reported."""

    code: str
    at: str | None = None
    words: list[tuple[str, str]] = field(default_factory=list)


def expectations(text: str) -> list[Expected]:
    found: list[Expected] = []
    for line in text.split("\n"):
        match = _LINE.fullmatch(line.strip())
        if match is None:
            break
        name, value = match.groups()
        if name == "code":
            found.append(Expected(value.strip()))
        elif name == "at":
            found[-1].at = value.strip()
        else:
            found[-1].words.append((name, value.strip()))
    return found


@lru_cache(maxsize=1)
def model() -> Bundle:
    return read_bundle(ROOT, releases.kinds())


def file_of(name: str, text: str) -> str:
    """Where a broken document would lie in a bundle: its kind and key as far as they can be read."""
    kind = re.search(r"(?m)^kind: *(\S+)", text)
    key = re.search(r"(?m)^key: *(\S+)", text)
    known = releases.kinds().get(kind[1]) if kind else None
    return known.file_of(key[1]) if known and key else f"metadata/products/{name}.yaml"


def check(name: str, text: str) -> tuple[str, tuple[Problem, ...]]:
    path = file_of(name, text)
    files = {**model().files, path: text}
    return path, releases.check_bundle(bundle_of(Files(files, ()), releases.kinds())).problems


def fits(problem: Problem, expected: Expected) -> bool:
    said = {language: f"{say(problem.message, language)} {say(problem.hint, language)}" for language in ("en", "zh")}
    place = f"{problem.line}:{problem.column}"
    return (
        problem.code == expected.code
        and expected.at in (None, place)
        and all(words in said[language] for language, words in expected.words)
    )


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_broken_document_is_reported(path: Path) -> None:
    text = path.read_text("utf-8")
    wanted = expectations(text)
    assert wanted, "a broken document begins with # code: ..."
    file, problems = check(path.stem, text)
    told = "\n".join(f"{p.file}:{p.line}:{p.column} {p.code}: {p.in_words()} / {p.in_words('zh')}" for p in problems)
    for expected in wanted:
        assert any(fits(problem, expected) for problem in problems if problem.file == file), f"{expected}\n{told}"
    for problem in errors(problems):
        assert problem.line, problem
        assert set(problem.message) >= {"en", "zh"}, problem


def test_the_model_company_itself_is_sound() -> None:
    problems = errors(releases.check_bundle(model()).problems)
    assert not problems, "\n".join(f"{p.file}:{p.line}:{p.column} {p.code} {p.in_words()}" for p in problems)


def test_every_engine_room_is_asked() -> None:
    rooms = [path.name for path in (ROOT / "platform/loanloom/engines").iterdir() if (path / "__init__.py").exists()]
    over_all_kinds = ("expressions", "targets")
    assert sorted((*rooms, *over_all_kinds)) == sorted(name for name, _ in checking.ENGINES)


def test_the_codes_that_were_promised_have_a_golden_document() -> None:
    """The kinds of bad input that every release names must each have at least one golden document."""
    codes = {expected.code for path in BROKEN for expected in expectations(path.read_text("utf-8"))}
    promised = {
        "metadata.unknown_key", "metadata.duplicate_key", "metadata.wrong_type", "metadata.missing_reference",
        "form.cycle", "flow.unreachable_node", "flow.dead_end", "scorecard.overlap", "scorecard.gap",
    }  # fmt: skip
    assert promised <= codes, promised - codes
