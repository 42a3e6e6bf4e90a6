r"""The patterns of XPath and XQuery (Functions and Operators 3.1, section 5.6) as a tree. Matches nothing itself.

Classes with subtraction, \p{..}, \i \c, counted and reluctant repeats, groups, back-references, flags s m i x q.
"""

from __future__ import annotations

from typing import Final

from ..limits import MAX_NESTING
from ..problems import Fault
from .characters import Characters, category, escape, single
from .tree import MAX_SIZE, MAX_WORK, Back, Choice, Edge, Group, Node, One, Repeat, Sequence, Tree, size_of

MAX_REPEAT: Final = 1_000
"""Largest count in { }."""

MAX_GROUPS: Final = 20
"""Capturing groups of one pattern; (?: ) does not count."""


def wrong(en: str, zh: str) -> Fault:
    """The fault of a pattern that means nothing."""
    return Fault("feel.pattern", f"The pattern is wrong: {en}.", f"正则表达式有误：{zh}。")


def read(pattern: str, flags: str) -> Tree:
    """The tree of a pattern; raises Fault."""
    if not set(flags) <= set("smixq"):
        raise Fault("feel.pattern", "The flags are some of s, m, i, x and q.", "标志只能是 s、m、i、x、q。")
    return _Reader(pattern, flags).tree()


class _Reader:
    """One reading, by descent; depth and size are bounded."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.flags = flags
        self.literal = "q" in flags
        self.text = _without_space(pattern) if "x" in flags and not self.literal else pattern
        self.at = self.depth = self.groups = 0
        self.closed: set[int] = set()
        self.refers_back = self.line_starts = False
        self.work = 0

    def tree(self) -> Tree:
        if self.literal:
            root: Node = Sequence(tuple(self.char(one) for one in self.text))
        else:
            root = self.choice()
            if self.at < len(self.text):
                raise wrong("a ) without its (", "括号不配对")
        size = size_of(root)
        if size > MAX_SIZE:
            raise wrong("it is too large", "过于复杂")
        weight = size_of(root, ranges=True)
        return Tree(root, self.groups, self.refers_back, self.line_starts, size, weight, self.work)

    def through(self, found: Characters) -> Characters:
        """A set that was made, its ranges counted."""
        self.work += len(found.ranges)
        if self.work > MAX_WORK:
            raise wrong("its classes are too large", "字符类别过大")
        return found

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise wrong("it ends too early", "不完整")
        self.at += 1
        return char

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise wrong("it is nested too deeply", "嵌套过深")

    def char(self, char: str) -> One:
        found = single(char)
        return One(found.in_any_case() if "i" in self.flags else found)

    def choice(self) -> Node:
        self.enter()
        parts = [self.sequence()]
        while self.peek() == "|":
            self.take()
            parts.append(self.sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek() and self.peek() not in "|)":
            parts.append(self.repeated(self.atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repeated(self, body: Node) -> Node:
        low, high = self.quantity()
        if (low, high) == (1, 1):
            return body
        greedy = self.peek() != "?" or not self.take()
        if self.peek() and self.peek() in "*+?{":
            raise wrong("two repeats in a row", "连续使用了两个重复符")
        return Repeat(body, low, high, greedy)

    def quantity(self) -> tuple[int, int | None]:
        char = self.peek()
        if char in ("*", "+", "?"):
            self.take()
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
        if char != "{":
            return 1, 1
        self.take()
        inside, closed, _ = self.text[self.at :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or not _is_count(low) or (high and not _is_count(high)):
            raise wrong("{ } holds a number or two", "{ } 中应为一个或两个数字")
        self.at += len(inside) + 1
        most = int(high) if high else None if comma else int(low)
        if max(int(low), most or 0) > MAX_REPEAT:
            raise wrong(f"{{ }} counts beyond {MAX_REPEAT}", f"{{ }} 中的次数超过 {MAX_REPEAT}")
        if most is not None and most < int(low):
            raise wrong("{ } counts backwards", "{ } 中的次数颠倒")
        return int(low), most

    def atom(self) -> Node:
        char = self.take()
        if char == "(":
            return self.group()
        if char in "^$":
            lines = "m" in self.flags
            self.line_starts = self.line_starts or (lines and char == "^")
            return Edge(char == "$", lines)
        if char in "*+?{":
            raise wrong(f"nothing before {char}", f"{char} 之前没有内容")
        if char in "}]":
            raise wrong(f"{char} needs \\ before it", f"{char} 前须加 \\")
        if char == ".":
            return One(~Characters() if "s" in self.flags else ~(single("\n") | single("\r")))
        if char == "[":
            return One(self.klass())
        return self.escaped() if char == "\\" else self.char(char)

    def group(self) -> Node:
        if self.text.startswith("?:", self.at):
            self.at += 2
            number = 0
        else:
            self.groups += 1
            number = self.groups
            if number > MAX_GROUPS:
                raise wrong(f"it has more than {MAX_GROUPS} groups", f"分组超过 {MAX_GROUPS} 个")
        body = self.choice()
        if self.peek() != ")":
            raise wrong("a ( is never closed", "括号没有结束")
        self.take()
        self.closed.add(number)
        return Group(body, number) if number else body

    def escaped(self) -> Node:
        if self.peek() in set("123456789"):
            return self.back()
        found = self.escaped_set()
        return One(found) if found is not None else self.char(self.plain())

    def back(self) -> Node:
        number = int(self.take())
        while self.peek() in set("0123456789") and number * 10 + int(self.peek()) <= self.groups:
            number = number * 10 + int(self.take())
        if number not in self.closed:
            raise wrong(f"\\{number} refers to no finished group before it", f"\\{number} 之前没有对应的分组")
        self.refers_back = True
        return Back(number, "i" in self.flags)

    def escaped_set(self) -> Characters | None:
        r"""The set after a backslash: \d \w \p{..} and the like; None where it stands for one character."""
        letter = self.peek()
        if letter in ("p", "P"):
            self.take()
            found = self.property()
            return found if letter == "p" else self.through(~found)
        found_set = escape(letter) if letter.isalpha() and letter not in "ntr" else None
        if found_set is not None:
            self.take()
        return found_set

    def property(self) -> Characters:
        inside, closed, _ = self.text[self.at + 1 :].partition("}")
        if self.peek() != "{" or not closed:
            raise wrong("\\p needs a category in { }", "\\p 之后须有 { }")
        self.at += len(inside) + 2
        found = category(inside)
        if found is None:
            raise wrong(f"there is no category {inside[:30]}", f"没有字符类别 {inside[:30]}")
        return found

    def plain(self) -> str:
        """The character that an escape stands for."""
        char = self.take()
        if char not in "ntr\\|.?*+(){}[]^$-":
            raise wrong(f"\\{char} has no meaning here", f"\\{char} 没有意义")
        return {"n": "\n", "t": "\t", "r": "\r"}.get(char, char)

    def klass(self) -> Characters:
        """A class in square brackets, perhaps without another: [a-z-[aeiou]]."""
        self.enter()
        negated = self.peek() == "^" and bool(self.take())
        found, without, first = Characters(), Characters(), True
        while first or self.peek() != "]":
            char = self.take()
            if char in "[]":
                raise wrong("a bracket inside [ ] needs \\ before it", "[ ] 中的括号须加 \\")
            if char == "-" and self.peek() == "[" and not first:
                self.take()
                without = self.klass()
                if self.peek() != "]":
                    raise wrong("nothing may follow a class taken away", "排除的字符类之后不能再有内容")
                break
            found = self.through(found | self.member(char))
            first = False
        self.take()
        self.depth -= 1
        return self.through(self.through(~found if negated else found) - without)

    def member(self, char: str) -> Characters:
        if char == "\\":
            found = self.escaped_set()
            if found is not None:
                return found
            char = self.plain()
        last = char
        if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", "[", ""):
            self.take()
            last = self.take()
            last = self.plain() if last == "\\" else last
            if last < char:
                raise wrong(f"{char}-{last} runs backwards", f"{char}-{last} 次序颠倒")
        members = Characters(((ord(char), ord(last)),))
        return members.in_any_case() if "i" in self.flags else members


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


def _without_space(pattern: str) -> str:
    """Flag x: white space outside of classes says nothing."""
    found, depth, escaped = [], 0, False
    for char in pattern:
        if char in " \t\n\r" and not depth:
            continue
        found.append(char)
        depth += 0 if escaped else (char == "[") - (char == "]" and depth > 0)
        escaped = char == "\\" and not escaped
    return "".join(found)
