"""How `loanloom feel` prints: problems with the text they are about marked, trees, completions. Terminal only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from loanloom import feel
from loanloom.feel.help.hover import ranged
from loanloom.feel.running.explanation import Explanation
from loanloom.feel.running.value_words import value_in_words
from loanloom.feel.text.formatter import canonical
from loanloom.feel.text.widths import columns
from loanloom.feel.text.written import Unwritable, literal
from loanloom.problems import Problem, Text, say

_WORDS = {
    "en": {"error": "error", "hint": "hint", "not read": "not evaluated", "fact": "cannot be read"},
    "zh": {"error": "错误", "hint": "提示", "not read": "未求值", "fact": "无法读取"},
}


def print_feel_problems(problems: Iterable[feel.FeelProblem], source: str, language: str) -> None:
    """Every problem: words, the line, and the part it is about underlined. On standard error."""
    words = _WORDS[language]
    for problem in problems:
        label = click.style(f"{words['error']}[{problem.code}]", fg="red", bold=True)
        click.echo(f"{problem.line}:{problem.column}: {label}: {_say(problem.message, language)}", err=True)
        for line in marked(problem, source):
            click.echo(line, err=True)
        if problem.hint:
            click.secho(f"  {words['hint']}: {_say(problem.hint, language)}", fg="cyan", err=True)


def marked(problem: feel.FeelProblem, source: str) -> list[str]:
    """The line of a problem with carets below the part it is about; a Chinese sign takes two columns."""
    start, end = ranged(problem, source)
    first = source.rfind("\n", 0, start) + 1
    last = source.find("\n", start)
    line = source[first : last if last >= 0 else len(source)].replace("\t", " ")
    start, end = start - first, min(end - first, len(line))
    cut = max(start - 60, 0) if columns(line) > 120 else 0
    shown = line[cut : cut + 120]
    carets = "^" * max(columns(line[start:end]), 1)
    return [f"  {shown}", f"  {' ' * columns(line[cut:start])}{click.style(carets, fg='green', bold=True)}"]


def print_fact_problems(problems: Iterable[Problem], language: str) -> None:
    """Facts that could not be read as what they are declared to be."""
    for problem in problems:
        click.secho(say(problem.message, language), fg="yellow", err=True)


def tree_lines(node: Explanation, language: str, labels: Mapping[str, Text], depth: int = 0) -> list[str]:
    """An explanation, a line for each node: its text and its value."""
    value = shown(node.value, language) if node.seen else f"({_WORDS[language]['not read']})"
    title = labels.get(node.name) if node.kind == "input" else None
    name = f"  {click.style(say(title, language), dim=True)}" if title else ""
    lines = [f"{'  ' * depth}{node.text or node.kind} {click.style('→', dim=True)} {value}{name}"]
    for part in node.parts:
        if part.kind != "constant":
            lines += tree_lines(part, language, labels, depth + 1)
    return lines


def shown(value: Any, language: str) -> str:
    """A value as it is written in an expression."""
    try:
        return canonical(literal(value))
    except Unwritable:  # a function, or a list of hundreds
        return value_in_words(value, language)


def _say(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or words["en"]
