"""`loanloom feel`: expressions at the prompt. Without a command, a small prompt of its own; with one, one answer.

The text is an argument, or comes from standard input. Facts come from a YAML or JSON file; their names and types from
the definitions of a project (--scope application|customer|loan|document) or, with --scope none, from the file alone.
Exit codes: 0 fine; 1 the expression has a problem, no value, or cannot run as asked; 2 wrong use.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from loanloom import feel as language_of
from loanloom.cli import feel_printing as printing
from loanloom.cli.faults import language as terminal_language
from loanloom.cli.feel_place import SCOPES, Surroundings, project_folder, registry_at, surroundings
from loanloom.feel import Checked
from loanloom.feel.help.described import type_in_words

Command = Callable[..., Any]
_LANGUAGES = click.Choice(["en", "zh"])
_OPTIONS: tuple[Callable[[Command], Command], ...] = (
    click.option("--scope", type=click.Choice(SCOPES), help="What it is about. Default: application, in a project."),
    click.option("--project", type=click.Path(exists=True, path_type=Path), help="Where the definitions are."),
    click.option("--facts", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="YAML or JSON."),
    click.option("--as-of", metavar="DATE", help="What today() gives."),
    click.option("--cell", metavar="EXPR", help="The text is a cell of a decision table that tests this value."),
    click.option("--language", type=_LANGUAGES, default=terminal_language, help="Of what is printed."),
    click.option("--json", "as_json", is_flag=True, help="The answer as one JSON object."),
)


class Asked:
    """One call: the text, its surroundings, and how to print."""

    def __init__(self, text: str, around: Surroundings, language: str, as_json: bool) -> None:
        self.text = text
        self.around = around
        self.language = language
        self.as_json = as_json

    @functools.cached_property
    def checked(self) -> Checked:
        """The expression, checked where it stands."""
        return self.around.place.check(self.text)

    def right(self) -> Checked:
        """The expression, which must be right; else its problems are printed and that is all."""
        if not self.checked.ok:
            self.refuse(self.checked.problems)
        return self.checked

    def refuse(self, problems: tuple[language_of.FeelProblem, ...]) -> None:
        """Print problems and stop with exit code 1."""
        if self.as_json:
            self.say({"ok": False, "problems": [_problem(one) for one in problems]})
        else:
            printing.print_feel_problems(problems, self.text, self.language)
        raise SystemExit(1)

    def say(self, values: dict[str, Any], *lines: str) -> None:
        """The answer: JSON, or lines."""
        if self.as_json:
            click.echo(json.dumps(values, ensure_ascii=False, indent=1))
        else:
            for line in lines:
                click.echo(line)

    @property
    def tested(self) -> tuple[Any, ...]:
        """The value that a cell tests."""
        return (self.around.value,) if self.around.place.tested is not None else ()


def _problem(one: language_of.FeelProblem) -> dict[str, Any]:
    return {
        "code": one.code, "message": dict(one.message), "hint": dict(one.hint) if one.hint else None,
        "line": one.line, "column": one.column, "start": one.start, "end": one.end,
    }  # fmt: skip


def asking(function: Command) -> Command:
    """A command about one expression: it gets an Asked."""

    @click.argument("expression", required=False)
    @functools.wraps(function)
    def command(
        expression: str | None, scope: str | None, project: Path | None, facts: Path | None, as_of: str | None,
        cell: str | None, language: str, as_json: bool, **more: Any,
    ) -> Any:  # fmt: skip
        around = surroundings(scope, project, facts, as_of, cell)
        if not as_json:
            printing.print_fact_problems(around.problems, language)
        return function(Asked(_text(expression), around, language, as_json), **more)

    made: Command = command
    for option in reversed(_OPTIONS):
        made = option(made)
    return made


def _text(expression: str | None) -> str:
    if expression is not None and expression != "-":
        return expression
    if sys.stdin.isatty():
        raise click.UsageError("Say which expression: as an argument, or on standard input.")
    return sys.stdin.read().strip("\n")


@click.group(invoke_without_command=True)
@click.pass_context
@click.option("--scope", type=click.Choice(SCOPES), help="At the prompt: what it is about.")
@click.option("--project", type=click.Path(exists=True, path_type=Path), help="Where the definitions are.")
@click.option("--facts", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="YAML or JSON.")
@click.option("--language", type=_LANGUAGES, default=terminal_language, help="Of what is printed.")
def feel(ctx: click.Context, scope: str | None, project: Path | None, facts: Path | None, language: str) -> None:
    """Try, check and explain expressions. Without a command: a prompt."""
    if ctx.invoked_subcommand is not None:
        return
    from loanloom.cli.feel_prompt import Prompt

    Prompt(surroundings(scope, project, facts, None, None), language).run()


@feel.command("eval")
@asking
def evaluate(asked: Asked) -> None:
    """What an expression gives."""
    program = asked.right().program
    assert program is not None
    found = program.evaluate(asked.around.facts, *asked.tested)
    if found.problem is not None:
        asked.refuse((found.problem,))
    text = printing.shown(found.value, asked.language)
    asked.say({"ok": True, "value": language_of.plain(found.value), "text": text}, text)


@feel.command()
@asking
def check(asked: Asked) -> None:
    """Whether an expression is right, and what it gives."""
    found = asked.right()
    words = type_in_words(found.type)
    asked.say({"ok": True, "type": {**words, "feel": str(found.type)}, "problems": []}, words[asked.language])


@feel.command("format")
@click.option("--width", type=click.IntRange(20, 400), default=100, help="Columns of a line.")
@asking
def format_(asked: Asked, width: int) -> None:
    """The text as it should be written; comments are kept."""
    found = asked.checked
    if found.syntax is None:
        asked.refuse(found.problems)
    asked.say({"ok": True, "text": found.formatted(width)}, found.formatted(width))


@feel.command()
@asking
def explain(asked: Asked) -> None:
    """Why an expression gives what it gives: in words, then part by part."""
    program = asked.right().program
    assert program is not None
    labels = asked.around.place.labels
    found = program.explain(asked.around.facts, *asked.tested)
    problem = program.evaluate(asked.around.facts, *asked.tested).problem
    words = {one: found.in_words(one, labels) for one in ("en", "zh")}
    lines = [words[asked.language], *printing.tree_lines(found, asked.language, labels)]
    asked.say({"ok": problem is None, "words": words, "tree": found.as_json()}, *lines)
    if problem is not None:
        if not asked.as_json:
            printing.print_feel_problems((problem,), asked.text, asked.language)
        raise SystemExit(1)


@feel.command()
@asking
def inputs(asked: Asked) -> None:
    """The facts that an expression reads."""
    found = asked.right()
    labels = asked.around.place.labels
    listed = [(path, labels.get(path)) for path in sorted(found.inputs)]
    lines = [f"{path}  {title[asked.language]}" if title else path for path, title in listed]
    asked.say({"ok": True, "inputs": [{"path": p, "title": dict(t) if t else None} for p, t in listed]}, *lines)


@feel.command()
@asking
def residual(asked: Asked) -> None:
    """What remains of an expression when the facts of the file are known."""
    from loanloom.feel.help.residual import residual as remaining

    found = remaining(asked.right(), asked.around.facts)
    asked.say({"ok": True, "text": found.source, "inputs": sorted(found.inputs)}, found.formatted())


@feel.command()
@asking
def sql(asked: Asked) -> None:
    """The expression as PostgreSQL over columns named like the facts, or why it cannot be."""
    from loanloom.feel.targets.sql.target import to_sql

    found = asked.right()
    made = to_sql(found, {path: f'"{path}"' for path in found.inputs})
    if made.value is None:
        asked.refuse(made.problems)
        return
    bound = {name: language_of.plain(value) for name, value in made.value.parameters.items()}
    listed = [f"-- :{name} = {value!r}" for name, value in bound.items()]
    asked.say({"ok": True, "sql": made.value.text, "parameters": bound}, made.value.text, *listed)


@feel.command()
@asking
def polars(asked: Asked) -> None:
    """The expression as polars, or why it cannot be."""
    try:
        from loanloom.feel.targets.polars.target import to_polars
    except ImportError:
        raise click.ClickException("polars is not installed: pip install loanloom[batch]") from None
    made = to_polars(asked.right())
    if made.value is None:
        asked.refuse(made.problems)
        return
    asked.say({"ok": True, "polars": str(made.value)}, str(made.value))


@feel.command()
@click.argument("words", nargs=-1)
@click.option("--language", type=_LANGUAGES, default=terminal_language, help="Of what is printed.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def functions(words: tuple[str, ...], language: str, as_json: bool) -> None:
    """The functions there are, by subject; WORDS narrow the list."""
    from loanloom.cli.feel_functions import listed, printed

    found = listed([one.lower() for one in words])
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        printed(found, language)
    if not found:
        nothing = {"en": "No function fits these words.", "zh": "没有符合这些词的函数。"}
        click.echo(nothing[language], err=True)
        raise SystemExit(1)


@feel.command()
@click.argument("fact")
@click.option("--project", type=click.Path(exists=True, path_type=Path), help="Where the definitions are.")
@click.option("--language", type=_LANGUAGES, default=terminal_language, help="Of what is printed.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def uses(fact: str, project: Path | None, language: str, as_json: bool) -> None:
    """Where FACT (such as customer.income) is read or shown, by what the definitions mean."""
    from loanloom.services.definitions.uses import of_fact

    folder = project_folder(project)
    if folder is None:
        raise click.UsageError("There are no definitions here: say where with --project.")
    registry = registry_at(folder)
    found = of_fact(registry, fact)
    if as_json:
        click.echo(json.dumps([{"kind": one.kind, "key": one.key, "pointer": one.pointer} for one in found]))
    for one in () if as_json else found:
        file = registry.kinds.require(one.kind).file_of(one.key)
        document = registry.get(one.kind, one.key)
        line = document.place(f"/spec{one.pointer}")[0] if document is not None else None
        click.echo(f"{file}:{line}: {one.pointer}" if line else f"{file}: {one.pointer}")
    if not found:
        nothing = {"en": f"No definition reads or shows {fact}.", "zh": f"没有定义用到 {fact}。"}
        click.echo(nothing[language], err=True)
        raise SystemExit(1)
