"""What the language service found, as the JSON of /studio/expressions. Values only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from loanloom import feel
from loanloom.engines.expressions import Place
from loanloom.feel.help.completion import Completion
from loanloom.feel.help.described import type_in_words
from loanloom.feel.help.hover import Hover, Signature, ranged
from loanloom.problems import Problem
from loanloom.services.definitions.expressions import Tried
from loanloom.web.errors import problem_json

Answer = dict[str, Any]
_SHOWN: Final = {"number": 1000, "boolean": True, "date": "2026-03-02"}
"""What stands for a value of a kind in the example of a list's item."""


def units(source: str, offset: int) -> int:
    """An offset in characters as browsers count: UTF-16 units."""
    return len(source[:offset].encode("utf-16-le", "surrogatepass")) // 2


def characters(source: str, offset: int) -> int:
    """An offset in UTF-16 units as one in characters."""
    before = source.encode("utf-16-le", "surrogatepass")[: 2 * max(offset, 0)]
    return len(before.decode("utf-16-le", "surrogatepass"))


def problems(found: Iterable[feel.FeelProblem], source: str) -> list[Answer]:
    """Problems with their ranges."""
    return [_problem(one, source) for one in found]


def _problem(problem: feel.FeelProblem, source: str) -> Answer:
    start, end = ranged(problem, source)
    return {
        "code": problem.code,
        "message": dict(problem.message),
        "hint": dict(problem.hint) if problem.hint else None,
        "from": units(source, start),
        "to": units(source, end),
        "line": problem.line,
        "column": problem.column,
    }


def checked(place: Place, found: feel.Checked, source: str) -> Answer:
    """Type, inputs and problems."""
    return {
        "ok": found.ok,
        "type": _type(found.type),
        "inputs": _inputs(place, found),
        "problems": problems(found.problems, source),
        "canonical": found.canonical,
    }


def _type(type_: feel.Type) -> Answer:
    return {**type_in_words(type_), "feel": str(type_)}


def _inputs(place: Place, found: feel.Checked) -> list[Answer]:
    return [_input(place, path, found.inputs) for path in sorted({_given(place.scope, one) for one in found.inputs})]


def _given(scope: feel.Type, path: str) -> str:
    """What has to be given for a path: what lies in the records of a list is given with the whole list."""
    found, names = scope, path.split(".")
    for count, name in enumerate(names, 1):
        found = found.members.get(name, feel.ANY)
        if found.kind == "list":
            return ".".join(names[:count])
    return path


def _input(place: Place, path: str, read: Collection[str]) -> Answer:
    """A fact that is read: its name, its type, the codes it may be, and of a list the shape of an item."""
    type_ = _type_at(place.scope, path)
    below = sorted(one.removeprefix(f"{path}.") for one in read if one.startswith(f"{path}."))
    records = (
        {name: _SHOWN.get(feel.required(type_.item.members.get(name, feel.ANY)).kind, "") for name in below}
        if type_.item
        else {}
    )
    codes = [{"key": key, "title": _or_none(place.labels.get(f"{path}={key}"))} for key in type_.values or ()]
    return {
        "path": path,
        "title": _or_none(place.labels.get(path)),
        "type": _type(type_),
        "codes": codes,
        "example": [records] if records else None,
    }


def _type_at(scope: feel.Type, path: str) -> feel.Type:
    found = scope
    for name in path.split("."):
        found = found.members.get(name, feel.ANY)
    return found


def _or_none(words: Any) -> Answer | None:
    return dict(words) if words else None


def completions(source: str, offset: int, found: list[Completion]) -> Answer:
    """What may be written, best first."""
    here = units(source, offset)
    options = [
        {
            "label": one.label,
            "kind": one.kind,
            "apply": one.apply,
            "from": units(source, one.start),
            "to": units(source, one.end),
            "cursor": units(one.apply, one.cursor),
            "type": _or_none(one.type),
            "title": _or_none(one.title),
            "about": _or_none(one.about),
        }
        for one in found
    ]
    return {
        "from": options[0]["from"] if options else here,
        "to": options[0]["to"] if options else here,
        "options": options,
    }


def completions_in_text(source: str, at: int, found: list[Completion]) -> Answer:
    """What may be written at a place of a whole text. An option that puts its value in quotes takes the place of all of
    it; `from` and `to` are the word alone.
    """
    answer = completions(source, at, found)
    if found:
        answer["from"] = max(one["from"] for one in answer["options"])
        answer["to"] = min(one["to"] for one in answer["options"])
    return answer


def pointed(source: str, said: Hover | None, call: Signature | None) -> Answer:
    """What stands at a place, and the call around it."""
    shown = said and {
        "from": units(source, said.start),
        "to": units(source, said.end),
        "type": dict(said.type),
        "path": said.path,
        "title": _or_none(said.title),
        "codes": _or_none(said.codes),
        "usage": list(said.usage),
        "about": _or_none(said.about),
    }
    around = call and {
        "name": call.name,
        "usages": list(call.usages),
        "argument": call.argument,
        "about": _or_none(call.about),
    }
    return {"hover": shown, "signature": around}


def tried(place: Place, found: Tried, source: str) -> Answer:
    """A value, and why it came out so."""
    problem = found.evaluation.problem
    return {
        "ok": problem is None,
        "value": feel.plain(found.evaluation.value),
        "text": None if problem else feel.to_text(found.evaluation.value, quoted=True),
        "type": _type(found.checked.type),
        "problem": _problem(problem, source) if problem else None,
        "problems": [],
        "words": {one: found.explanation.in_words(one, found.labels) for one in ("en", "zh")},
        "tree": found.explanation.as_json(),
        "facts": {path: feel.plain(value) for path, value in found.explanation.inputs().items()},
        "inputs": _inputs(place, found.checked),
        "hidden": list(found.hidden),
        "unreadable": unreadable(found.unreadable),
    }


def unreadable(found: Iterable[Problem]) -> list[Answer]:
    """Facts that are not of their type."""
    return [problem_json(one) for one in found]


def residual(place: Place, rest: feel.Checked, source: str, wrong: Iterable[Problem]) -> Answer:
    """What remains of an expression."""
    return {
        "ok": rest.ok,
        "text": rest.source,
        "type": _type(rest.type),
        "inputs": _inputs(place, rest),
        "problems": problems(rest.problems, source),
        "unreadable": unreadable(wrong),
    }


def targets(
    found: feel.Checked, source: str, why_not: Callable[[feel.Checked, str], tuple[feel.FeelProblem, ...]]
) -> Answer:
    """What the expression can run as, with its text where there is one, and why it cannot."""
    assert found.program is not None
    answer: Answer = {"python": {"available": True, "text": found.program.python, "problems": []}}
    for name in ("sql", "polars"):
        try:
            wrong = why_not(found, name)
        except ImportError:
            answer[name] = {"available": False, "text": None, "problems": []}
            continue
        text = _sql(found) if name == "sql" and not wrong else None
        answer[name] = {"available": not wrong, "text": text, "problems": problems(wrong, source)}
    return answer


def _sql(found: feel.Checked) -> str | None:
    from loanloom.feel.targets.sql.target import to_sql

    made = to_sql(found, {path: f'"{path}"' for path in found.inputs})
    return made.value.text if made.value is not None else None
