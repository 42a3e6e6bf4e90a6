"""The prompt of `loanloom feel`: a line in, a value out. History, completion by Tab where readline is there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from loanloom import feel
from loanloom.cli import feel_printing as printing
from loanloom.cli.feel_place import Surroundings
from loanloom.feel.help.completion import complete
from loanloom.feel.help.described import type_in_words

_HELP = {
    "en": """An expression gives its value. Commands:
  :type EXPR      what it gives            :explain EXPR   why it gives what it gives
  :inputs EXPR    the facts it reads       :format EXPR    as it should be written
  :facts          the facts there are      NAME := EXPR    a fact of your own
  :quit           leave (Ctrl-D too)""",
    "zh": """输入表达式即得其值。命令：
  :type 表达式      结果类型                :explain 表达式   为何得此结果
  :inputs 表达式    读取的事实              :format 表达式    规范写法
  :facts            现有事实                名称 := 表达式    自定事实
  :quit             退出（或按 Ctrl-D）""",
}
_UNFINISHED = frozenset({"feel.unexpected_end", "feel.bracket_not_closed"})


class Prompt:
    """One session: the facts grow by what is given names."""

    def __init__(self, around: Surroundings, language: str, read: Callable[[str], str] | None = None) -> None:
        self.place = around.place
        self.facts: dict[str, Any] = dict(around.facts)
        self.language = language
        self.read = read or (input if sys.stdin.isatty() else lambda _: input())
        self.own: dict[str, feel.Type] = {}

    def run(self) -> None:
        """Until the end of input."""
        self._history()
        if sys.stdin.isatty():
            click.echo(_HELP[self.language].splitlines()[0] + "  :help")
        while True:
            try:
                line = self._line()
            except EOFError:
                click.echo()
                return
            except KeyboardInterrupt:
                click.echo()
                continue
            if line in (":quit", ":q", ":exit"):
                return
            if line:
                self.answer(line)

    def _line(self) -> str:
        """A line, with those that follow while it is plainly not finished."""
        line = self.read("feel> ").strip()
        while line and not line.startswith(":"):
            problems = self.check(line.partition(":=")[2] or line).problems
            if not problems or problems[0].code not in _UNFINISHED:
                break
            more = self.read("  ... ").strip()
            if not more:
                break
            line += f"\n{more}"
        return line

    @property
    def scope(self) -> feel.Type:
        """The facts, with those given names here."""
        return feel.context({**self.place.scope.members, **self.own}, open=self.place.scope.open)

    def check(self, text: str) -> feel.Checked:
        """An expression over all of them."""
        return feel.check(text, self.scope)

    def answer(self, line: str) -> None:
        """Do what a line says."""
        command, _, rest = line.partition(" ")
        if line.startswith(":"):
            act = _COMMANDS.get(command)
            click.echo(_HELP[self.language]) if act is None else act(self, rest.strip())
            return
        name, given, text = line.partition(":=")
        if given:
            self._keep(name.strip(), text.strip())
        else:
            self._value(line)

    def _value(self, text: str) -> Any:
        checked = self._right(text)
        if checked is None or checked.program is None:
            return None
        found = checked.program.evaluate(self.facts)
        if found.problem is not None:
            printing.print_feel_problems((found.problem,), text, self.language)
            return None
        click.echo(printing.shown(found.value, self.language))
        return found.value

    def _right(self, text: str) -> feel.Checked | None:
        checked = self.check(text)
        if checked.ok:
            return checked
        printing.print_feel_problems(checked.problems, text, self.language)
        return None

    def _keep(self, name: str, text: str) -> None:
        checked = self._right(text)
        if checked is None or checked.program is None:
            return
        value = self._value(text)
        if name:
            self.facts[name] = value
            self.own[name] = feel.optional(checked.type)

    def type(self, text: str) -> None:
        checked = self._right(text)
        if checked is not None:
            click.echo(type_in_words(checked.type)[self.language])

    def explain(self, text: str) -> None:
        checked = self._right(text)
        if checked is not None and checked.program is not None:
            found = checked.program.explain(self.facts)
            click.echo(found.in_words(self.language, self.place.labels))
            for line in printing.tree_lines(found, self.language, self.place.labels):
                click.echo(line)

    def inputs(self, text: str) -> None:
        checked = self._right(text)
        for path in sorted(checked.inputs if checked is not None else ()):
            title = self.place.labels.get(path)
            click.echo(f"{path}  {title[self.language]}" if title else path)

    def format(self, text: str) -> None:
        checked = self.check(text)
        if checked.syntax is None:
            printing.print_feel_problems(checked.problems, text, self.language)
        else:
            click.echo(checked.formatted())

    def show_facts(self, words: str) -> None:
        """Names with types, and values where there are any."""
        for path, type_ in self.scope.fields:
            value = self.facts.get(path)
            shown = f" = {printing.shown(value, self.language)[:100]}" if path in self.facts else ""
            click.echo(f"{path}: {type_in_words(type_)[self.language]}{shown}")

    def _history(self) -> None:
        try:
            import readline
        except ImportError:
            return
        readline.set_completer_delims("")
        readline.set_completer(self._completer)
        readline.parse_and_bind("tab: complete")

    def _completer(self, text: str, state: int) -> str | None:
        found = complete(text, len(text), self.scope, labels=self.place.labels)
        if state >= len(found):
            return None
        one = found[state]
        return text[: one.start] + one.apply[: one.cursor]


_COMMANDS: dict[str, Callable[[Prompt, str], None]] = {
    ":type": Prompt.type,
    ":explain": Prompt.explain,
    ":inputs": Prompt.inputs,
    ":format": Prompt.format,
    ":facts": Prompt.show_facts,
}
