"""`make fuzz SECONDS=60`: random and mutated expressions through parser, checker and every back end.

Texts are grown from the library's own declarations and mutated from a pool that keeps whatever reached something new
(kinds of nodes, functions, codes of problems). A finding is any exception but the language's own problems, a back end
that disagrees with the interpreter, a type that does not hold, a text that changes its meaning when formatted, or work
beyond the bound of time. It is printed cut down to the least text that still shows it.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loanloom import feel
from loanloom.feel import tree as t
from loanloom.testing.feel_growing import Grower, facts
from loanloom.testing.feel_judging import SCOPE, judge

POOL: Final = 3_000
SLOW: Final = 0.3
"""Processor seconds of one text through everything; the tests hold each back end to less."""
_PIECES: Final = (
    *("(", ")", "[", "]", "{", "}", ",", ":", "..", ".", "@", '"', "?", "-", "+", "*", "/", "**", "=", "!=", "<", ">="),
    *(" and ", " or ", " in ", " between ", " not(", "if ", " then ", " else ", "for i in ", " return ", "some i in "),
    *(" satisfies ", "function(a) ", " instance of ", "null", "true", "0", "-1", "1e6144", "1e-6176", "汉", "\u0301"),
    *("l", "rows", "item", "partial", "a.b", "\n", "//", "/*", "\\u", "\x00", "\ud800", "😀"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A text that the language handles wrongly, and how."""

    text: str
    what: str


class Fuzzer:
    """One run: the same seed finds the same things."""

    def __init__(self, seed: int, texts: Iterable[str] = ()) -> None:
        self.random = random.Random(seed)  # noqa: S311 - texts to try, no secrets
        self.grower = Grower(self.random)
        self.pool = list(texts) or ["1"]
        self.seen: set[str] = set()
        self.tried = 0
        for text in ("1", 'matches(s, "a")', "d = today()"):  # what is imported when first asked for
            judge(text, facts(self.random), 0)

    def run(self, seconds: float) -> Iterator[Finding]:
        """Findings of so much processor time, each kind once."""
        known: set[str] = set()
        end = time.process_time() + seconds
        while time.process_time() < end:
            found = self.one()
            if found is not None and (kind := found.what[:60]) not in known:
                known.add(kind)
                yield Finding(self._cut(found.text, kind), found.what)

    def one(self) -> Finding | None:
        """Try one text."""
        text = self.grower.text() if self.random.random() < 0.4 else self._mutated()
        self.tried += 1
        what = self._wrong(text)
        if what is None and self._is_new(text):
            self.pool.append(text)
            if len(self.pool) > POOL:
                del self.pool[self.random.randrange(len(self.pool))]
        return None if what is None else Finding(text, what)

    def _wrong(self, text: str) -> str | None:
        given, cursor = facts(self.random), self.random.randint(0, len(text))
        taken = 0.0
        for _ in range(3):  # a machine that is busy just now is no finding
            start = time.process_time()
            try:
                judge(text, given, cursor)
            except RecursionError:
                return "RecursionError"
            except Exception as error:  # noqa: BLE001 - any exception is a finding
                return f"{type(error).__name__}: {error}"
            taken = time.process_time() - start
            if taken <= SLOW:
                return None
        return f"slow: {taken:.2f} s"

    def _is_new(self, text: str) -> bool:
        checked = feel.check(text, SCOPE, functions=feel.LENDING)
        marks = {one.code for one in checked.problems}
        if checked.program is not None:
            for node in t.walk(checked.program.tree):
                name = node.function.name if isinstance(node, t.Call) else node.type.kind
                marks.add(f"{type(node).__name__} {name}")
        new = marks - self.seen
        self.seen |= new
        return bool(new)

    def _mutated(self) -> str:
        text = self.random.choice(self.pool)
        for _ in range(self.random.randint(1, 4)):
            text = self._changed(text)
        return text[:9_000]

    def _changed(self, text: str) -> str:
        begin = self.random.randint(0, len(text))
        end = min(len(text), begin + self.random.choice((0, 1, 2, 5, 20)))
        match self.random.randrange(6):
            case 0:
                return text[:begin] + text[end:]
            case 1:
                return text[:begin] + text[begin:end] * self.random.randint(2, 40) + text[end:]
            case 2:
                return text[:begin] + self.random.choice(_PIECES) + text[end:]
            case 3:
                other = self.random.choice(self.pool)
                place = self.random.randint(0, len(other))
                return text[:begin] + other[place : place + self.random.randint(1, 40)] + text[end:]
            case 4:
                return text[:begin] + f"({self.grower.text()})" + text[end:]
            case _:
                return text.replace(text[begin:end] or "1", self.random.choice(_PIECES), 2)

    def _cut(self, text: str, kind: str) -> str:
        """The least text that shows the same, found by leaving parts out."""
        size = max(1, len(text) // 2)
        tries = 0
        while size and tries < 300:
            for begin in range(0, len(text), size):
                shorter = text[:begin] + text[begin + size :]
                tries += 1
                if shorter and (self._wrong(shorter) or "").startswith(kind):
                    text = shorter
                    break
            else:
                size //= 2
        return text


def main(arguments: list[str]) -> int:
    """Seconds, then optionally a seed and files of texts to begin with (a line each)."""
    seconds = float(arguments[0]) if arguments else 60.0
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().randrange(10**6)
    texts = [line for name in arguments[2:] for line in Path(name).read_text("utf-8").splitlines() if line.strip()]
    fuzzer = Fuzzer(seed, texts)
    count = 0
    for found in fuzzer.run(seconds):
        count += 1
        print(f"{found.what}\n    {found.text!r}", flush=True)  # noqa: T201 - the command's output
    print(f"{fuzzer.tried} texts, {len(fuzzer.pool)} kept, seed {seed}: {count} findings")  # noqa: T201 - likewise
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
