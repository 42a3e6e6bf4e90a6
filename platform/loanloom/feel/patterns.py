"""Regular expressions that cannot stall: a pattern becomes a small program whose threads walk the text together.

Time grows with the pattern times the text, whatever either says. The dialect is that of XPath: groups, classes with
subtraction,
counted and reluctant repeats, anchors, \\p{..}, flags i s m x. Back-references, which no such machine can hold, are
refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .limits import MAX_NESTING
from .problems import Fault

MAX_PROGRAM = 2_000
"""Instructions of one compiled pattern; counted repeats are written out."""

MAX_GROUPS = 20
"""Capturing groups of one pattern; (?: ) does not count."""

Test = Callable[[str], bool]
Operation = Literal["one", "split", "jump", "save", "start", "end", "match"]


@dataclass(slots=True)
class _Step:
    """One instruction: `one` tests a character, `split` prefers `goto` over `other`, `save` notes a place."""

    operation: Operation
    test: Test | None = None
    goto: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    steps: tuple[_Step, ...]
    groups: int
    lines: bool

    def find(self, text: str, start: int, pay: Callable[[int], None]) -> tuple[int, ...] | None:
        """The leftmost match from `start` on: begin, end, then those of each group (-1 where it took no part)."""
        best: tuple[int, ...] | None = None
        threads: list[tuple[int, tuple[int, ...]]] = []
        empty = (-1,) * (2 * self.groups + 2)
        for place in range(start, len(text) + 1):
            if best is None:
                threads = [*threads, (0, empty)]
            seen: set[int] = set()
            ready: list[tuple[int, tuple[int, ...]]] = []
            for at, saved in threads:
                self._follow(at, saved, place, text, seen, ready)
            pay(2 + len(seen) // 2)
            threads = []
            for at, saved in ready:
                step = self.steps[at]
                if step.operation == "match":
                    best = saved
                    break
                if place < len(text) and step.test is not None and step.test(text[place]):
                    threads.append((at + 1, saved))
            if not threads and best is not None:
                return best
        return best

    def _follow(
        self, at: int, saved: tuple[int, ...], place: int, text: str, seen: set[int],
        ready: list[tuple[int, tuple[int, ...]]],
    ) -> None:  # fmt: skip
        """Everything a thread reaches without taking a character, in order of preference."""
        todo = [(at, saved)]
        while todo:
            at, saved = todo.pop()
            if at in seen:
                continue
            seen.add(at)
            step = self.steps[at]
            if step.operation == "jump":
                todo.append((step.goto, saved))
            elif step.operation == "split":
                todo.append((step.other, saved))
                todo.append((step.goto, saved))
            elif step.operation == "save":
                todo.append((at + 1, (*saved[: step.goto], place, *saved[step.goto + 1 :])))
            elif step.operation == "start":
                if place == 0 or (self.lines and text[place - 1] == "\n"):
                    todo.append((at + 1, saved))
            elif step.operation == "end":
                if place == len(text) or (self.lines and text[place] == "\n"):
                    todo.append((at + 1, saved))
            else:
                ready.append((at, saved))

    def all(self, text: str, pay: Callable[[int], None]) -> Iterator[tuple[int, ...]]:
        """All matches that do not overlap."""
        place = 0
        while place <= len(text):
            found = self.find(text, place, pay)
            if found is None:
                return
            yield found
            place = found[1] if found[1] > found[0] else found[1] + 1


def _wrong(en: str, zh: str) -> Fault:
    return Fault("feel.pattern", f"The pattern is wrong: {en}.", f"正则表达式有误：{zh}。")


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, flags: str = "") -> Pattern:
    """A pattern ready to search; raises Fault."""
    if not set(flags) <= set("smix"):
        raise Fault("feel.pattern", "The flags are some of s, m, i and x.", "标志只能是 s、m、i、x。")
    compiler = _Compiler(pattern, flags)
    compiler.emit(_Step("save", goto=0))
    compiler.alternatives()
    if compiler.at < len(compiler.text):
        raise _wrong("a ) without its (", "括号不配对")
    compiler.emit(_Step("save", goto=1))
    compiler.emit(_Step("match"))
    return Pattern(tuple(compiler.steps), compiler.groups, "m" in flags)


class _Compiler:
    """Reads a pattern and writes its steps, in one pass."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.text = _without_space(pattern) if "x" in flags else pattern
        self.flags = flags
        self.at = 0
        self.depth = 0
        self.groups = 0
        self.steps: list[_Step] = []

    def emit(self, step: _Step) -> int:
        if len(self.steps) >= MAX_PROGRAM:
            raise _wrong("it is too large", "过于复杂")
        self.steps.append(step)
        return len(self.steps) - 1

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise _wrong("it ends too early", "不完整")
        self.at += 1
        return char

    def alternatives(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise _wrong("it is nested too deeply", "嵌套过深")
        ends: list[int] = []
        while True:
            start = len(self.steps)
            while self.peek() and self.peek() not in "|)":
                self.piece()
            if self.peek() != "|":
                break
            self.take()
            body = self.cut(start)
            split = self.emit(_Step("split", goto=len(self.steps) + 1))
            self.paste(body, start)
            ends.append(self.emit(_Step("jump")))
            self.steps[split].other = len(self.steps)
        for end in ends:
            self.steps[end].goto = len(self.steps)
        self.depth -= 1

    def cut(self, start: int) -> list[_Step]:
        body = self.steps[start:]
        del self.steps[start:]
        return body

    def paste(self, body: list[_Step], written_at: int) -> None:
        """Write steps again at another place: their targets move along."""
        shift = len(self.steps) - written_at
        for step in body:
            moved = _Step(step.operation, step.test, step.goto, step.other)
            if step.operation in ("split", "jump"):
                moved.goto += shift
                moved.other += shift
            self.emit(moved)

    def piece(self) -> None:
        start = len(self.steps)
        self.atom()
        low, high = self.quantity()
        if (low, high) == (1, 1):
            return
        greedy = not (self.peek() == "?" and self.take())
        body = self.cut(start)
        for _ in range(low):
            self.paste(body, start)
        if high is None:
            split = self.emit(_Step("split"))
            self.paste(body, start)
            self.emit(_Step("jump", goto=split))
            self.aim(split, greedy)
            return
        splits = []
        for _ in range(high - low):
            splits.append(self.emit(_Step("split")))
            self.paste(body, start)
        for split in splits:
            self.aim(split, greedy)

    def aim(self, split: int, greedy: bool) -> None:
        """Into the body first when greedy, past it first when reluctant."""
        into, past = split + 1, len(self.steps)
        self.steps[split].goto, self.steps[split].other = (into, past) if greedy else (past, into)

    def quantity(self) -> tuple[int, int | None]:
        char = self.peek()
        if char in ("*", "+", "?") and char:
            self.take()
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
        if char != "{":
            return 1, 1
        self.take()
        inside, closed, _ = self.text[self.at :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or not low.isdecimal() or (high and not high.isdecimal()) or len(inside) > 9:
            raise _wrong("{ } holds a number or two", "{ } 中应为一个或两个数字")
        self.at += len(inside) + 1
        most = int(high) if high else None if comma else int(low)
        if most is not None and most < int(low):
            raise _wrong("{ } counts backwards", "{ } 中的次数颠倒")
        return int(low), most

    def atom(self) -> None:
        char = self.take()
        if char == "(":
            return self.group()
        if char in "^$":
            self.emit(_Step("start" if char == "^" else "end"))
        elif char in "*+?{":
            raise _wrong(f"nothing before {char}", f"{char} 之前没有内容")
        elif char == ".":
            every = "s" in self.flags
            self.emit(_Step("one", lambda one: every or one not in "\n\r"))
        elif char == "[":
            self.emit(_Step("one", self.klass()))
        elif char == "\\":
            self.emit(_Step("one", self.escaped()))
        else:
            self.emit(_Step("one", self.folded(lambda one: one == char, char)))
        return None

    def group(self) -> None:
        number = 0
        if self.text.startswith("?:", self.at):
            self.at += 2
        else:
            self.groups += 1
            if self.groups > MAX_GROUPS:
                raise _wrong(f"it has more than {MAX_GROUPS} groups", f"分组超过 {MAX_GROUPS} 个")
            number = self.groups
        if number:
            self.emit(_Step("save", goto=2 * number))
        self.alternatives()
        if self.peek() != ")":
            raise _wrong("a ( is never closed", "括号没有结束")
        self.take()
        if number:
            self.emit(_Step("save", goto=2 * number + 1))

    def folded(self, test: Test, char: str | None = None) -> Test:
        """The same test in any letter case where the flag i asks for it."""
        if "i" not in self.flags:
            return test
        if char is not None:
            forms = {char, char.lower(), char.upper(), char.casefold()}
            return lambda one: one in forms or one.lower() in forms or one.casefold() in forms
        return lambda one: test(one) or test(one.lower()) or test(one.upper())

    def klass(self) -> Test:
        """A class in square brackets, perhaps without another: [a-z-[aeiou]]."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise _wrong("it is nested too deeply", "嵌套过深")
        negated = self.peek() == "^" and bool(self.take())
        tests: list[Test] = []
        without: Test | None = None
        while not (self.peek() == "]" and tests):
            char = self.take()
            if char == "[" or (char == "]"):
                raise _wrong("a bracket inside [ ] needs \\ before it", "[ ] 中的括号须加 \\")
            if char == "-" and self.peek() == "[" and tests:
                self.take()
                without = self.klass()
                break
            tests.append(self.member(char))
        if self.take() != "]":
            raise _wrong("a [ is never closed", "[ 没有结束")
        self.depth -= 1
        inside = self.folded(lambda one: any(test(one) for test in tests))
        return lambda one: (inside(one) is not negated) and not (without is not None and without(one))

    def member(self, char: str) -> Test:
        if char == "\\":
            if self.peek() in ("d", "D", "s", "S", "w", "W", "p", "P", "i", "I", "c", "C"):
                return self.escaped()
            char = self.plain()
        if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", "[", ""):
            self.take()
            last = self.take()
            last = self.plain() if last == "\\" else last
            if last < char:
                raise _wrong(f"{char}-{last} runs backwards", f"{char}-{last} 次序颠倒")
            return lambda one: char <= one <= last
        return lambda one: one == char

    def plain(self) -> str:
        """The character that an escape stands for."""
        char = self.take()
        if char.isalnum() and char not in "ntr":
            raise _wrong(f"\\{char} has no meaning here", f"\\{char} 没有意义")
        return {"n": "\n", "t": "\t", "r": "\r"}.get(char, char)

    def escaped(self) -> Test:
        char = self.peek()
        if char in ("p", "P") and char:
            self.take()
            found = self.category()
            return found if char == "p" else lambda one: not found(one)
        known = _CLASSES.get(char.lower()) if char else None
        if known is not None:
            self.take()
            test = known
            return test if char.islower() else lambda one: not test(one)
        if char.isdecimal() and char:
            raise _wrong("it refers back to a group, which is not supported", "不支持反向引用")
        plain = self.plain()
        return self.folded(lambda one: one == plain, plain)

    def category(self) -> Test:
        inside, closed, _ = self.text[self.at + 1 :].partition("}")
        if self.peek() != "{" or not closed:
            raise _wrong("\\p needs a category in { }", "\\p 之后须有 { }")
        self.at += len(inside) + 2
        name = inside.replace(" ", "")
        if name in _BLOCKS:
            low, high = _BLOCKS[name]
            return lambda one: low <= ord(one) <= high
        if name not in _CATEGORIES:
            raise _wrong(f"there is no category {name[:20]}", f"没有字符类别 {name[:20]}")
        return lambda one: unicodedata.category(one).startswith(name)


def _without_space(pattern: str) -> str:
    """Flag x: white space outside of classes says nothing."""
    found, depth, escaped = [], 0, False
    for char in pattern:
        if char.isspace() and not depth:
            continue
        found.append(char)
        depth += 0 if escaped else (char == "[") - (char == "]" and depth > 0)
        escaped = char == "\\" and not escaped
    return "".join(found)


_CLASSES: dict[str, Test] = {
    "d": lambda one: unicodedata.category(one) == "Nd",
    "s": lambda one: one in " \t\n\r",
    "w": lambda one: unicodedata.category(one)[0] not in "PZC",
    "i": lambda one: one.isalpha() or one in "_:",
    "c": lambda one: one.isalnum() or one in "_:-.",
}
_CATEGORIES = frozenset({"L", "M", "N", "P", "S", "Z", "C"}).union(
    ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"),
    ("Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn"),
)
_BLOCKS = {
    "IsBasicLatin": (0, 0x7F),
    "IsLatin-1Supplement": (0x80, 0xFF),
    "IsGreek": (0x370, 0x3FF),
    "IsCyrillic": (0x400, 0x4FF),
    "IsCJKUnifiedIdeographs": (0x4E00, 0x9FFF),
}
