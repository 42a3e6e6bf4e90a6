"""Conditions that never hold, or hold only where an earlier one did: found by trying the values at which they turn.

A condition made of comparisons of facts with constants turns only at these constants, so that trying them, what lies
just beside them, and every choice of an enumeration is enough. Whatever else a condition is made of is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, product
from typing import Any

from loanloom import feel
from loanloom.engines.flows.checks.telling import wrong
from loanloom.engines.flows.model import Node, Route
from loanloom.feel import tree
from loanloom.feel.help.rows import rows_of, sentence
from loanloom.problems import LANGUAGES, Problem, Text, say, text

MOST_TRIED = 4096
"""Combinations of values that are tried for one node; a node whose conditions need more is not judged."""
STEP = Decimal("0.01")
Values = dict[str, list[Any]]


def conditions(pointer: str, node: Node, labels: Mapping[str, Text]) -> Iterator[Problem]:
    """The routes of a node that can never be taken, or that two facts at once would open without one being meant;
    `labels` are what people call the facts."""
    asked = [(place, route) for place, route in enumerate(node.routes) if route.condition is not None]
    values = _values([route for _, route in asked])
    if not asked or values is None:
        return
    rows = list(islice(_truths([route for _, route in asked], values), MOST_TRIED + 1))
    if len(rows) > MOST_TRIED:
        return
    for column, (place, route) in enumerate(asked):
        where = f"{pointer}/routes/{place}/when"
        holding = [truths for _, truths in rows if truths[column]]
        if not holding:
            yield _never(where, node, _read(route, labels))
        elif node.type != "inclusive" and all(any(truths[:column]) for truths in holding):
            yield _never_taken(where, node, _read(route, labels))
        elif node.type != "inclusive":
            yield from _both(where, node, asked, rows, column, labels)


def _read(route: Route, labels: Mapping[str, Text]) -> Text:
    """A condition as a sentence where it is lines, else as it is written."""
    source = route.source or ""
    rows = rows_of(source)
    return sentence(rows, labels) if rows is not None else text(source, source)


def _never(where: str, node: Node, said: Text) -> Problem:
    return wrong(
        "never_true",
        where,
        text(
            f"A condition of '{node.title['en']}' can never hold: {say(said, 'en')}",
            f"“{node.title['zh']}”的条件永远不成立：{say(said, 'zh')}",
        ),
        text("Correct it, or take the way away.", "请更正条件，或删除该路径。"),
    )


def _never_taken(where: str, node: Node, said: Text) -> Problem:
    return wrong(
        "never_taken",
        where,
        text(
            f"Wherever '{say(said, 'en')}' of '{node.title['en']}' holds, a way before it holds too.",
            f"“{node.title['zh']}”的条件“{say(said, 'zh')}”成立时，前面的路径总是先成立。",
        ),
        text("Put it before the others, or remove it.", "请把它移到前面，或删除该路径。"),
    )


def _both(
    where: str, node: Node, asked: Sequence[tuple[int, Route]], rows: Sequence[tuple[dict[str, Any], list[bool]]],
    column: int, labels: Mapping[str, Text],
) -> Iterator[Problem]:  # fmt: skip
    """Two conditions of which neither contains the other, and which hold at once: which way is meant is luck."""
    for before in range(column):
        together = [seen for seen, truths in rows if truths[before] and truths[column]]
        only_first = any(truths[before] and not truths[column] for _, truths in rows)
        only_second = any(truths[column] and not truths[before] for _, truths in rows)
        if together and only_first and only_second and _same_facts(asked[before][1], asked[column][1]):
            one, two = (_read(asked[place][1], labels) for place in (before, column))
            seen = {tag: _listed(together[0], labels, tag) for tag in LANGUAGES}
            yield wrong(
                "both_true",
                where,
                text(
                    f"At '{node.title['en']}' both '{say(one, 'en')}' and '{say(two, 'en')}' hold for {seen['en']}.",
                    f"“{node.title['zh']}”的条件“{say(one, 'zh')}”与“{say(two, 'zh')}”在 {seen['zh']} 时同时成立。",
                ),
                text("The first is taken; let them not overlap.", "将走前一条路径；请使条件互不重叠。"),
                severity="warning",
            )


def _listed(seen: Mapping[str, Any], labels: Mapping[str, Text], language: str) -> str:
    """Facts with their values, as people call them."""
    separator = "、" if language == "zh" else ", "
    named = ((say(labels.get(path, path), language), _shown(value)) for path, value in seen.items())
    return separator.join(f"{name} = {value}" for name, value in named)


def _same_facts(one: Route, two: Route) -> bool:
    """Conditions about different facts overlap as a matter of course; their order says what counts first."""
    return one.reads == two.reads


def _shown(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _truths(routes: Sequence[Route], values: Values) -> Iterator[tuple[dict[str, Any], list[bool]]]:
    """Every combination of values, with which conditions hold in it."""
    for combination in product(*values.values()):
        seen = dict(zip(values, combination, strict=True))
        facts = _nested(seen)
        yield seen, [route.condition is not None and route.condition.evaluate(facts).value is True for route in routes]


def _nested(seen: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for path, value in seen.items():
        *roots, leaf = path.split(".")
        inner = facts
        for root in roots:
            inner = inner.setdefault(root, {})
        inner[leaf] = value
    return facts


def _values(routes: Sequence[Route]) -> Values | None:
    """The values worth trying of every fact; None where a condition is more than comparisons with constants."""
    found: dict[str, tuple[feel.Type, set[Any]]] = {}
    for route in routes:
        root = getattr(route.condition, "tree", None)
        if root is None or not _simple(root, found):
            return None
    if any(other.startswith(f"{path}.") for path in found for other in found):
        return None
    values = {path: _points(type_, constants) for path, (type_, constants) in found.items()}
    return None if any(not points for points in values.values()) else values


def _simple(node: tree.Node, found: dict[str, tuple[feel.Type, set[Any]]]) -> bool:
    """Whether this is made of comparisons with constants; what it compares is gathered in `found`."""
    match node:
        case tree.Logic():
            return all(_simple(one, found) for one in node.operands)
        case tree.Not():
            return _simple(node.operand, found)
        case tree.Compare():
            return _compared(node.left, [node.right], found) or _compared(node.right, [node.left], found)
        case tree.Within():
            return _compared(node.value, [node.low, node.high], found)
        case tree.OneOf():
            return _about(node.value, set(node.values), found)
        case tree.Constant():
            return isinstance(node.value, bool)
    return node.type.kind == "boolean" and _about(node, set(), found)


def _compared(fact: tree.Node, others: Sequence[tree.Node], found: dict[str, tuple[feel.Type, set[Any]]]) -> bool:
    constants = [_constant(one) for one in others]
    return None not in constants and _about(fact, {one[0] for one in constants if one is not None}, found)


def _constant(node: tree.Node) -> tuple[Any] | None:
    if isinstance(node, tree.Constant):
        return (node.value,)
    if isinstance(node, tree.Negate) and isinstance(node.operand, tree.Constant):
        return (-node.operand.value,)
    return None


def _about(node: tree.Node, constants: set[Any], found: dict[str, tuple[feel.Type, set[Any]]]) -> bool:
    path = _path(node)
    if path is None:
        return False
    found.setdefault(path, (node.type, set()))[1].update(constants)
    return True


def _path(node: tree.Node) -> str | None:
    if isinstance(node, tree.Input):
        return ".".join(node.path)
    if isinstance(node, tree.Member) and node.origin is not None and _path(node.base) is not None:
        return node.origin
    return None


def _points(type_: feel.Type, constants: set[Any]) -> list[Any]:
    """Where comparisons with these constants turn, within what the type allows. None where values are unknown."""
    given = [one for one in constants if one is not None]
    none = [None] if type_.nullable else []
    if type_.kind == "boolean":
        return [True, False, *none]
    if type_.values is not None:
        return [*type_.values, *none]
    if given and all(isinstance(one, str) for one in given):
        return [*sorted(given), "?", *none]
    if given and all(isinstance(one, Decimal | int) and not isinstance(one, bool) for one in given):
        step = Decimal(1).scaleb(-type_.digits.scale) if type_.digits is not None else STEP
        beside = {Decimal(one) + change for one in given for change in (-step, Decimal(0), step)}
        return [*sorted(one for one in beside if _allowed(type_, one)), *none]
    if given and all(type(one) is date for one in given):
        days = {one + timedelta(days=change) for one in given for change in (-1, 0, 1)}
        return [*sorted(one for one in days if _allowed(type_, one)), *none]
    some = [] if given else _something(type_)
    return [*some, None] if some and none else []


def _something(type_: feel.Type) -> list[Any]:
    """Any value there may be, for what is only asked whether it is there at all; none of a type without an example."""
    bounds = [one for one in (type_.least, type_.most) if one is not None]
    examples: dict[str, Any] = {"number": Decimal(0), "string": "?", "date": date(2000, 1, 1)}
    return bounds[:1] or [one for kind, one in examples.items() if kind == type_.kind]


def _allowed(type_: feel.Type, value: Any) -> bool:
    least, most = type_.least, type_.most
    return (least is None or value >= least) and (most is None or value <= most)
