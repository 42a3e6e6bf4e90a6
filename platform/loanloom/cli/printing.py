"""Problems as a compiler prints them: place, severity, code, words, the line itself with a caret, then the hint."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

import click

from loanloom.problems import Problem, errors, say

_WORDS = {
    "en": {"error": "error", "warning": "warning", "hint": "hint"},
    "zh": {"error": "错误", "warning": "警告", "hint": "提示"},
}


def print_problems(problems: Iterable[Problem], files: Mapping[str, str], language: str, root: str = "") -> None:
    """Every problem, with its source line where the file is known; `root` goes before the file names."""
    words = _WORDS.get(language, _WORDS["en"])
    for problem in problems:
        colour = "red" if problem.severity == "error" else "yellow"
        click.echo(
            f"{_place(problem, root)}"
            + click.style(f"{words[problem.severity]}[{problem.code}]", fg=colour, bold=True)
            + f": {say(problem.message, language)}"
        )
        for line in _quoted(problem, files):
            click.echo(line)
        if problem.hint:
            written = f" ({problem.written})" if problem.written else ""
            click.secho(f"  {words['hint']}: {say(problem.hint, language)}{written}", fg="cyan")


def _place(problem: Problem, root: str) -> str:
    if not problem.file:
        return ""
    numbers = [str(number) for number in (problem.line, problem.column) if number]
    return ":".join([f"{root}{problem.file}", *numbers]) + ": "


def _quoted(problem: Problem, files: Mapping[str, str]) -> list[str]:
    """The source line and a caret below the column; wide characters take two places in a terminal."""
    source = files.get(problem.file or "")
    lines = source.split("\n") if source is not None else []
    if not problem.line or problem.line > len(lines):
        return []
    line = lines[problem.line - 1].rstrip("\r").replace("\t", " ")
    start = 0
    column = max((problem.column or 1) - 1, 0)
    if column > 90:
        start = column - 60
    shown = line[start : start + 120]
    number = f"{problem.line:>5} | "
    pad = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown[: column - start])
    return [f"{number}{shown}", f"{' ' * 5} | {' ' * pad}{click.style('^', fg='green', bold=True)}"]


def print_summary(problems: tuple[Problem, ...], documents: int, language: str) -> None:
    """One line: how many of what."""
    wrong = len(errors(problems))
    warnings = len(problems) - wrong
    if language == "zh":
        said = f"共 {documents} 份文档：{wrong} 个错误，{warnings} 个警告。"
    else:
        said = (f"{documents} documents: {wrong} {'error' if wrong == 1 else 'errors'}, "
                f"{warnings} {'warning' if warnings == 1 else 'warnings'}.")  # fmt: skip
    click.secho(said, fg="red" if wrong else "green")
