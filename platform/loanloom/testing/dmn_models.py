"""Models of the DMN conformance kit: read a folder's models and tests, evaluate, compare. Standard mode, 8 decimals.

A group is a folder with models (`*.dmn`) and tests (`*-test-*.xml`); imports are found among the models of the folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from loanloom import dmn
from loanloom.dmn.model import Definitions
from loanloom.feel import to_text
from loanloom.feel.problems import Fault
from loanloom.testing.dmn_cases import AS_OF, NOW, READ, equal
from loanloom.xml_tree import Refusal, Xml, read_tree

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_MOMENT = {"as_of": AS_OF, "now": NOW}


@dataclass(frozen=True, slots=True)
class ModelCase:
    """One result that a test asks of a model. `asked` is the decision, service or function to evaluate."""

    id: str
    group: str
    level: int
    model: Path
    asked: str
    result: str
    inputs: Mapping[str, Any]
    expected: Any
    error_expected: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case: `reason` says why it did not pass, in one line."""

    case: ModelCase
    passed: bool
    reason: str = ""


@dataclass(slots=True)
class Models:
    """The compiled models of the folders, each read once."""

    known: dict[Path, dmn.CompiledModel | str] = field(default_factory=dict)

    def compiled(self, path: Path) -> dmn.CompiledModel | str:
        """The model of a file, or why there is none."""
        if path not in self.known:
            self.known[path] = _compile(path)
        return self.known[path]


def _compile(path: Path) -> dmn.CompiledModel | str:
    if not path.is_file():
        return f"no file {path.name}"
    read = {one: dmn.read_xml(one.read_bytes()) for one in sorted(path.parent.rglob("*.dmn"))}
    mine = read.pop(path)
    if mine.definitions is None:
        return "; ".join(one.in_words() for one in mine.problems)
    others: list[Definitions] = [one.definitions for one in read.values() if one.definitions is not None]
    return dmn.compile_model(mine.definitions, others, mode="standard")


def groups(root: Path) -> Iterator[tuple[str, int, list[Path]]]:
    """The folders with tests below a root: name, level, tests."""
    for folder in sorted({one.parent for one in root.rglob("*-test-*.xml")}):
        level = next((int(part[-1]) for part in folder.parts[::-1] if part.startswith("compliance-level-")), 3)
        yield folder.name, level, sorted(folder.glob("*-test-*.xml"))


def read_tests(path: Path, level: int = 3) -> Iterator[ModelCase]:
    """The cases of one test file. A value that cannot be read is a case whose expectation no result equals."""
    found = read_tree(path.read_bytes())
    if isinstance(found, Refusal):
        raise ValueError(f"{path.name}: {found.en}")
    model = next((one.text.strip() for one in found.root.children if one.local == "modelName"), "")
    for test in _named(found.root, "testCase"):
        inputs = {one.get("name") or "": value_of(one) for one in _named(test, "inputNode")}
        asked = test.get("invocableName") if (test.get("type") or "decision") != "decision" else None
        for node in _named(test, "resultNode"):
            name = node.get("name") or ""
            expected = next(iter(_named(node, "expected")), None)
            yield ModelCase(
                id=f"{path.stem}/{test.get('id') or ''}/{name}",
                group=path.parent.name,
                level=level,
                model=path.parent / model,
                asked=asked or name,
                result=name,
                inputs=inputs,
                expected=None if expected is None else value_of(expected),
                error_expected=node.get("errorResult") == "true",
            )


def _named(node: Xml, name: str) -> list[Xml]:
    return [one for one in node.children if one.local == name]


def value_of(node: Xml) -> Any:
    """The value inside an element of a test: a value, a list, or components."""
    components = _named(node, "component")
    if components:
        return {one.get("name") or "": value_of(one) for one in components}
    for one in node.children:
        if one.local == "list":
            return [value_of(item) for item in _named(one, "item")]
        if one.local == "value":
            return _plain(one)
    return None


def _plain(node: Xml) -> Any:
    if node.get(f"{_XSI}nil") == "true":
        return None
    kind = (node.get(f"{_XSI}type") or "string").rpartition(":")[2]
    try:
        return READ.get(kind, Decimal)(node.text if kind == "string" else node.text.strip())
    except (Fault, ArithmeticError, ValueError):
        return Unreadable(kind, node.text)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value of a test that our types cannot hold; equal to nothing that FEEL gives."""

    kind: str
    text: str


def judge(case: ModelCase, models: Models) -> Outcome:
    """Evaluate a case and compare. Never raises."""
    model = models.compiled(case.model)
    if isinstance(model, str):
        return Outcome(case, False, model)
    try:
        result = model.evaluate(case.asked, {**_MOMENT, **case.inputs})
    except Exception as error:  # noqa: BLE001 - a stack trace is a case not passed, whatever it is
        return Outcome(case, False, f"{type(error).__name__}: {error}")
    value = result.values.get(case.result, result.value)
    if equal(value, case.expected):
        return Outcome(case, True)
    why = [one.in_words() for one in (*result.problems, *model.problems)][:1]
    return Outcome(case, False, f"expected {_said(case.expected)}, found {_said(value)} {' '.join(why)}".strip())


def _said(value: Any) -> str:
    try:
        return to_text(value, quoted=True)[:200]
    except Fault:
        return repr(value)[:200]
