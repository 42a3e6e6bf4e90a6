"""The expression language over HTTP, for the editor and the playground: JSON in, JSON out, both languages at once.

Every address takes a POST with a JSON object and the usual CSRF token (header X-CSRFToken). Offsets count UTF-16 units,
as browsers do. The place is either a subject or a place of a definition:

    {"scope": "application"}                      application, customer, loan, document, or none (whatever facts come)
    {"scope": "application", "cell_of": "customer.age"}               a cell of a decision table about this value
    {"kind": "ruleset", "key": "eligibility-farmer", "pointer": "/rules/0/when", "source": "..."}
                                             `source`: the whole YAML text while it is being changed; may be left out

POST /studio/expressions/check      {..place, "expression": "customer.age >= 18"}
    -> {"ok": true, "type": {"en", "zh", "feel"}, "inputs": [INPUT], "problems": [PROBLEM],
        "canonical": "..."}
POST /studio/expressions/complete   {..place, "expression": "customer.a", "offset": 10}
    -> {"from": 9, "to": 10, "options": [{"label", "kind", "apply", "from", "to", "cursor", "type": {..}|null,
        "title": {..}|null, "about": {..}|null}]}       kind: fact local member function value keyword date type
POST /studio/expressions/hover      {..place, "expression", "offset"}
    -> {"hover": {"from", "to", "type": {..}, "path", "title", "codes", "usage": [..], "about"}|null,
        "signature": {"name", "usages": [..], "argument", "about"}|null}

    Both of them may be asked about a place of a whole YAML text too, in place of pointer and expression:
    {"kind", "key", "source", "at": 310}. Offsets then count in the YAML text, and `apply` is fit to be put there:
    quotes escaped or doubled, a plain value put in quotes as a whole where it would say something else. Outside
    expressions, and while the text cannot be read, nothing is offered ("options": []; "hover" and "signature" null).

POST /studio/expressions/run        {..place, "expression", "facts": {..}, "value": .., "targets": true}
                                 or {..place, "expression", "application": "A2026-000017"}
    -> {"ok": true, "value": .., "text": "true", "type": {..}, "problem": PROBLEM|null, "words": {"en", "zh"},
        "tree": {"kind", "text", "value", "seen", "name", "parts"}, "facts": {path: value}, "hidden": [path],
        "unreadable": [{"code", "message", "field"}], "targets": {"python": TARGET, "sql": TARGET, "polars": TARGET}}
        TARGET: {"available": true, "text": "..."|null, "problems": [PROBLEM]}
POST /studio/expressions/format     {..place, "expression", "width": 100}     -> {"text": "...", "problems": [PROBLEM]}
POST /studio/expressions/residual   {..place, "expression", "known": {..}}
    -> {"ok": true, "text": "...", "inputs": [..], "problems": [PROBLEM], "unreadable": [..]}

INPUT: {"path", "title": {..}|null, "type": {"en", "zh", "feel"}, "codes": [{"key", "title": {..}|null}],
    "example": [{..}]|null}   a list of records is given as a whole; `example` shows the entries that are read
PROBLEM: {"code", "message": {"en", "zh"}, "hint": {..}|null, "from", "to", "line", "column"}. An expression that is
wrong is an answer (200, "ok": false); a request that cannot be understood is 422 with {"problems": [..]}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, request

from loanloom.engines import targets
from loanloom.engines.expressions import Place
from loanloom.engines.expressions_in_text import Here
from loanloom.feel.limits import MAX_LENGTH
from loanloom.problems import Problem, text
from loanloom.services.definitions import expressions, expressions_in_text
from loanloom.services.definitions.expressions import Asked
from loanloom.services.errors import Refused
from loanloom.store import json as exact
from loanloom.web.access import requires
from loanloom.web.security import current_context
from loanloom.web.studio import expression_answers as answers

blueprint = Blueprint("expressions", __name__, url_prefix="/studio/expressions")

LONGEST_SOURCE: Final = 400_000
DEEPEST: Final = 20
MOST_VALUES: Final = 50_000
WIDTHS: Final = range(20, 401)

Answer = dict[str, Any]


@blueprint.post("/check")
@requires("definition.read")
def check() -> Answer:
    """Is it right, what does it give, what does it read."""
    _, place, source = _asked()
    return answers.checked(place, place.check(source), source)


@blueprint.post("/complete")
@requires("definition.read")
def complete() -> Answer:
    """What may be written at an offset, or at a place of a whole text."""
    sent = _sent()
    if "at" in sent:
        text_, at, here = _in_text(sent)
        return answers.completions_in_text(text_, at, list(expressions_in_text.fitting(here)) if here else [])
    sent, place, source = _asked(sent)
    offset = answers.characters(source, _number(sent, "offset", len(source)))
    return answers.completions(source, offset, expressions.completions(place, source, offset))


@blueprint.post("/hover")
@requires("definition.read")
def hover() -> Answer:
    """What stands at an offset, or at a place of a whole text."""
    sent = _sent()
    if "at" in sent:
        text_, _, here = _in_text(sent)
        return answers.pointed(text_, *(expressions_in_text.pointed(here) if here else (None, None)))
    sent, place, source = _asked(sent)
    offset = answers.characters(source, _number(sent, "offset", len(source)))
    return answers.pointed(source, *expressions.pointed(place, source, offset))


@blueprint.post("/run")
@requires("definition.read")
def run() -> Answer:
    """What comes out, over given facts or those of an application."""
    sent, place, source = _asked()
    checked = place.check(source)
    if not checked.ok:
        return answers.checked(place, checked, source)
    ctx = current_context()
    if sent.get("application") is not None:
        tried = expressions.run_on(ctx, place, source, _words(sent, "application", 60))
    else:
        tried = expressions.run(ctx, place, source, _facts(sent, "facts"), sent.get("value"))
    answer = answers.tried(place, tried, source)
    if sent.get("targets") is True:
        answer["targets"] = answers.targets(checked, source, targets.problems)
    return answer


@blueprint.post("/format")
@requires("definition.read")
def format_() -> Answer:
    """The canonical text in lines, comments kept."""
    sent, place, source = _asked()
    width = _number(sent, "width", 100)
    if width not in WIDTHS:
        raise _refused(
            "width", f"A width is between {WIDTHS[0]} and {WIDTHS[-1]}.", f"宽度须在 {WIDTHS[0]} 到 {WIDTHS[-1]} 之间。"
        )
    checked = place.check(source)
    return {"text": checked.formatted(width), "problems": answers.problems(checked.problems, source)}


@blueprint.post("/residual")
@requires("definition.read")
def residual() -> Answer:
    """What remains when some facts are known."""
    sent, place, source = _asked()
    rest, unreadable = expressions.remaining(place, source, _facts(sent, "known"))
    return answers.residual(place, rest, source, unreadable)


# -- what was sent ----------------------------------------------------------------------------------------------------


def _sent() -> Mapping[str, Any]:
    """The object that was sent."""
    try:
        sent = exact.loads(request.get_data(cache=True, as_text=True))
    except (ValueError, RecursionError):
        raise _refused("body", "This is not JSON.", "请求不是有效的 JSON。") from None
    if not isinstance(sent, dict) or _depth(sent) > DEEPEST:
        raise _refused(
            "body",
            "Send one JSON object, neither too deep nor too large.",
            "请发送一个 JSON 对象，层数和数据量不要过大。",
        )
    return sent


def _asked(sent: Mapping[str, Any] | None = None) -> tuple[Mapping[str, Any], Place, str]:
    """The object that was sent, the place it is about, and the expression."""
    sent = _sent() if sent is None else sent
    source = _words(sent, "expression", 2 * MAX_LENGTH)
    asked = Asked(
        kind=_words(sent, "kind", 60),
        key=_words(sent, "key", 200),
        pointer=_words(sent, "pointer", 1000),
        source=_words(sent, "source", LONGEST_SOURCE) or None,
        subject=_words(sent, "scope", 60) or "application",
        cell_of=_words(sent, "cell_of", MAX_LENGTH) or None,
    )
    return sent, expressions.where(current_context(), asked), source


def _in_text(sent: Mapping[str, Any]) -> tuple[str, int, Here | None]:
    """The YAML text that was sent, the place in it, and the expression there, if any."""
    asked = Asked(
        kind=_words(sent, "kind", 60), key=_words(sent, "key", 200), source=_words(sent, "source", LONGEST_SOURCE)
    )
    written = asked.source or ""
    at = answers.characters(written, _number(sent, "at", 0))
    return written, at, expressions_in_text.here(current_context(), asked, at)


def _words(sent: Mapping[str, Any], name: str, most: int) -> str:
    found = sent.get(name)
    if found is None:
        return ""
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or len(found) > most:
        raise _refused(
            name, f"`{name}` is a text of at most {most} characters.", f"“{name}”应为不超过 {most} 个字符的文本。"
        )
    return found


def _number(sent: Mapping[str, Any], name: str, default: int) -> int:
    found = sent.get(name, default)
    if not isinstance(found, int) or isinstance(found, bool):
        raise _refused(name, f"`{name}` is a whole number.", f"“{name}”应为整数。")
    return found


def _facts(sent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = sent.get(name)
    if found is not None and not isinstance(found, dict):
        raise _refused(name, f"`{name}` is an object.", f"“{name}”应为对象。")
    return found or {}


def _depth(value: Any) -> int:
    """How deep a value is nested, counted level by level; of too many values, deeper than any."""
    level, depth, count = [value], 0, 0
    while level and depth <= DEEPEST:
        depth, count = depth + 1, count + len(level)
        if count > MOST_VALUES:
            return DEEPEST + 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def _refused(field: str, en: str, zh: str) -> Refused:
    return Refused(Problem(code="expression.request", field=field, message=text(en, zh)))
