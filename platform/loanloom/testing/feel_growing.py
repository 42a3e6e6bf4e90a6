"""Random expressions of a wanted type, grown from the library's declarations, and random facts for them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from loanloom import feel
from loanloom.feel.library.signatures import Overload

KINDS: Final = ("number", "string", "boolean", "date", "days and time duration", "years and months duration", "list")
_LEAVES: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("a", "b", "cny", "0", "1", "-3", "2.50", "1e30", "1e-30", "月收入", "monthly income", "one.n", "l[2]"),
    "string": ("s", "t", "k", '""', '"x"', '"汉字"', "rows[1].w", "one.at.w", '"a1b2"', r'"\\d+"'),
    "boolean": ("p", "q", "true", "false", "null"),
    "date": ("d", "e", 'date("2024-02-29")', "today()", '@"2026-01-31"'),
    "time": ('time("10:30:00")', '@"23:59:59Z"'),
    "date and time": ('date and time("2024-02-29T12:00:00")', '@"2026-01-31T00:00:00Z"'),
    "days and time duration": ('duration("P3D")', 'duration("-PT1H")', '@"PT90M"'),
    "years and months duration": ('duration("P1Y2M")', 'duration("-P1M")'),
    "list": ("l", "rows", "[]", "[1, 2, 3]", "[null]", "rows.n", "[l, l]"),
    "context": ("one", "{}", "{a: 1, b: s}", "rows[1]", "one.at"),
    "range": ("[1..5]", "(0..a]", "(< 5)", "[d..e]"),
    "function": ("function(x) x", "function(x, y) x = y", "abs"),
    "Any": ("null", "a", "s", "l", "one"),
}
_ORDER: Final = ("<", "<=", ">", ">=", "=", "!=")
_AMOUNTS: Final = tuple(
    Decimal(one) for one in ("0", "-0", "1", "-1", "0.1", "2.50", "99999999999999.99", "-12345.678", "1E+3", "7")
)


class Grower:
    """Grows texts."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.by_result: dict[str, list[tuple[str, Overload]]] = {}
        for name in feel.LENDING.names:
            builtin = feel.LENDING.get(name)
            for overload in builtin.overloads if builtin is not None else ():
                self.by_result.setdefault(overload.result.kind, []).append((name, overload))

    def text(self) -> str:
        """A whole expression."""
        return self.of(self.random.choice(KINDS), self.random.randint(0, 4))

    def of(self, kind: str, depth: int) -> str:
        """An expression that is likely to be of a kind."""
        if kind in ("T", "C"):
            kind = self.random.choice(KINDS)
        if depth <= 0 or self.random.random() < 0.1:
            return self.random.choice(_LEAVES.get(kind, _LEAVES["Any"]))
        forms: list[Callable[[str, int], str]] = [self._call, self._if, self._let, self._item]
        forms += [{"number": self._reckoned, "boolean": self._judged, "list": self._listed}.get(kind, self._joined)] * 3
        return self.random.choice(forms)(kind, depth - 1)

    def _call(self, kind: str, depth: int) -> str:
        name, overload = self.random.choice(self.by_result.get(kind) or self.by_result["Any"])
        given = []
        for parameter in overload.parameters:
            if parameter.optional and self.random.random() < 0.5:
                break
            wanted = parameter.type.alternatives[0].kind if parameter.type.alternatives else parameter.type.kind
            given.append((parameter.name, self.of(wanted, depth)))
        if overload.variadic or self.random.random() < 0.8:
            return f"{name}({', '.join(text for _, text in given)})"
        return f"{name}({', '.join(f'{parameter}: {text}' for parameter, text in given)})"

    def _if(self, kind: str, depth: int) -> str:
        return f"(if {self.of('boolean', depth)} then {self.of(kind, depth)} else {self.of(kind, depth)})"

    def _let(self, kind: str, depth: int) -> str:
        inner = self.random.choice(KINDS)
        return self.random.choice(
            (
                f"{{v: {self.of(inner, depth)}, w: {self.of(kind, depth)}, u: v}}.w",
                f"(function(x) {self.of(kind, depth)})({self.of(inner, depth)})",
                f"get or else({self.of(kind, depth)}, {self.of(kind, depth)})",
            )
        )

    def _item(self, kind: str, depth: int) -> str:
        return f"[{self.of(kind, depth)}, {self.of(kind, depth)}][{self.random.choice(('1', '-1', '2', '3', 'a'))}]"

    def _reckoned(self, _: str, depth: int) -> str:
        sign = self.random.choice(("+", "-", "*", "/", "+", "-", "**"))
        right = str(self.random.randint(-3, 4)) if sign == "**" else self.of("number", depth)
        return f"({self.of('number', depth)}) {sign} ({right})"

    def _judged(self, _: str, depth: int) -> str:
        kind = self.random.choice(KINDS)
        one, other, third = (self.of(kind, depth) for _ in range(3))
        truths = [self.of("boolean", depth) for _ in range(self.random.randint(2, 4))]
        return self.random.choice(
            (
                f"({one}) {self.random.choice(_ORDER)} ({other})",
                f"({one}) between ({other}) and ({third})",
                f"({one}) in ({other}, {self.random.choice(_ORDER)} ({third}))",
                f"({one}) in {self.random.choice('[(')}({other})..({third}){self.random.choice('])')}",
                f"({self.random.choice((' and ', ' or ')).join(truths)})",
                f"not({truths[0]})",
                f"some i in {self.of('list', depth)} satisfies {truths[0]}",
                f"every r in rows satisfies r.n {self.random.choice(_ORDER)} ({self.of('number', depth)})",
                f"({one}) = null",
                f"({one}) instance of {self.random.choice(KINDS)}",
            )
        )

    def _listed(self, _: str, depth: int) -> str:
        kind = self.random.choice(KINDS)
        return self.random.choice(
            (
                f"[{self.of(kind, depth)}, {self.of(kind, depth)}]",
                f"(for i in {self.of('list', depth)} return {self.of(kind, depth)})",
                f"(for i in 1..{self.random.randint(-2, 6)}, j in l return [i, j, {self.of(kind, depth)}])",
                f"({self.of('list', depth)})[{self.of('boolean', depth)}]",
                f"rows[n {self.random.choice(_ORDER)} ({self.of('number', depth)})].w",
                f"(for i in 1..3 return count(partial) + ({self.of('number', depth)}))",
            )
        )

    def _joined(self, kind: str, depth: int) -> str:
        sign = self.random.choice(("+", "+", "-"))
        other = {"string": "string", "date": "days and time duration"}.get(kind, kind)
        return f"({self.of(kind, depth)}) {sign if kind != 'string' else '+'} ({self.of(other, depth)})"


def facts(source: random.Random) -> dict[str, Any]:
    """Facts of the judged scope: extremes, nulls, empty lists, and now and then one of a wrong type or none at all."""

    def amount() -> Decimal:
        return source.choice(_AMOUNTS)

    def maybe(value: Any) -> Any:
        return None if source.random() < 0.3 else value

    day = dt.date(2024, 2, 29) + dt.timedelta(days=source.choice((-1, 0, 1, 366, -36524, 200)))
    found: dict[str, Any] = {
        "a": amount(),
        "b": maybe(amount()),
        "cny": maybe(Decimal(source.randint(-(10**6), 10**6)).scaleb(-2)),
        "p": source.random() < 0.5,
        "q": maybe(source.random() < 0.5),
        "s": source.choice(("", "x", "汉字", "a1b2", "😀")),
        "t": maybe(source.choice(("", "x"))),
        "k": maybe(source.choice(("x", "y"))),
        "d": day,
        "e": maybe(day + dt.timedelta(days=source.randint(-40, 40))),
        "l": [maybe(amount()) for _ in range(source.randint(0, 4))],
        "rows": [{"n": maybe(amount()), "w": source.choice(("x", "y"))} for _ in range(source.randint(0, 3))],
        "one": maybe({"n": amount(), "at": {"w": maybe("x")}}),
        "monthly income": maybe(amount()),
        "月收入": amount(),
        "as_of": dt.date(2026, 3, 2),
    }
    if source.random() < 0.1:
        del found[source.choice(sorted(found))]
    if source.random() < 0.05:
        found[source.choice(sorted(found))] = source.choice((1, "x", [1], {"n": "x"}, dt.date(2020, 1, 1), 1.5))
    return found
