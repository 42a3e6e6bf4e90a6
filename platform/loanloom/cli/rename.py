"""`loanloom rename`: another name for a field, a code or an indicator in all definitions of a folder.

Shows the change of every file first; with --dry-run nothing is written. Comments and style of the files stay.
Exit codes: 0 done (or shown), 1 it cannot be done, 2 wrong use.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from loanloom.cli.faults import language as terminal_language
from loanloom.cli.printing import print_problems
from loanloom.metadata.bundle import RETIRE, read_bundle
from loanloom.metadata.editing import replace_values
from loanloom.metadata.registry import Registry, build
from loanloom.problems import Problem, errors
from loanloom.services.definitions import renaming, renaming_data
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.definitions.renaming import Renaming, Rewritten

Command = Callable[..., Any]
_OPTIONS: tuple[Callable[[Command], Command], ...] = (
    click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path()),
    click.option("--dry-run", is_flag=True, help="Show what would change; write nothing."),
    click.option("--language", type=click.Choice(["en", "zh"]), default=terminal_language, help="Of what is printed."),
    click.option("--json", "as_json", is_flag=True, help="The plan as one JSON object."),
)


@click.group()
def rename() -> None:
    """Another name for a field, a code or an indicator, wherever it is used."""


def _with_options(command: Command) -> Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@rename.command()
@click.argument("old")
@click.argument("new")
@_with_options
def field(old: str, new: str, path: Path, **how: Any) -> None:
    """A field: customer.old to customer.new, in PATH (this folder)."""
    _carry_out(path, lambda registry: renaming.field(registry, old, new), _demo_keys(old, new), **how)


@rename.command()
@click.argument("code_list")
@click.argument("old")
@click.argument("new")
@_with_options
def code(code_list: str, old: str, new: str, path: Path, **how: Any) -> None:
    """A code of the code list CODE_LIST."""

    def plan(registry: Registry) -> Renaming:
        return renaming.code(registry, code_list, old, new)

    def demo(registry: Registry, file: str, source: str) -> Rewritten | None:
        return renaming_data.code_in_data(file, source, renaming.fields_of_list(registry, code_list), old, new)

    _carry_out(path, plan, demo, **how)


@rename.command()
@click.argument("old")
@click.argument("new")
@_with_options
def indicator(old: str, new: str, path: Path, **how: Any) -> None:
    """An indicator: its file too; the old key is retired."""
    _carry_out(path, lambda registry: renaming.indicator(registry, old, new), lambda *_: None, **how)


Data = Callable[[Registry, str, str], Rewritten | None]


def _demo_keys(old: str, new: str) -> Data:
    return lambda _, file, source: renaming_data.field_in_data(file, source, old, new)


def _carry_out(
    path: Path, plan: Callable[[Registry], Renaming], data: Data, dry_run: bool, language: str, as_json: bool
) -> None:
    read = read_bundle(path, kinds())
    registry = build(read.documents, kinds(), read.manifest.languages, read.broken).registry
    found = plan(registry)
    unreadable = [one for one in read.problems if one.severity == "error"]
    if unreadable or read.broken:
        print_problems(unreadable, read.files, language)
        raise click.ClickException("The definitions cannot all be read; put that right first.")
    rewritten = list(found.documents)
    if not errors(found.problems):
        rewritten += _data_files(path, registry, data)
        rewritten += _retired(path, found)
    if as_json:
        click.echo(json.dumps(_as_values(found, rewritten), ensure_ascii=False, indent=1))
    else:
        _show(found, rewritten, read.files, language)
    if errors(found.problems):
        raise SystemExit(1)
    if not dry_run:
        for one in rewritten:
            _write(path, one)


def _data_files(path: Path, registry: Registry, data: Data) -> list[Rewritten]:
    """Demonstration data beside the definitions: cases written with the same names."""
    found = []
    for file in sorted((path / "metadata" / "demo").rglob("*.yaml")):
        name = file.relative_to(path).as_posix()
        one = data(registry, name, file.read_text(encoding="utf-8"))
        if one is not None:
            found.append(one)
    return found


def _retired(path: Path, found: Renaming) -> list[Rewritten]:
    """What is no longer there is written down."""
    if not found.retired:
        return []
    file = path / RETIRE
    before = file.read_text(encoding="utf-8") if file.exists() else "retire: []\n"
    after = before
    for kind, key in found.retired:
        after = replace_values(after, {"/retire/-": {"kind": kind, "key": key}}).text
    return [Rewritten(("", ""), RETIRE, before, after, ("/retire",))]


def _show(found: Renaming, rewritten: list[Rewritten], files: Any, language: str) -> None:
    for one in rewritten:
        for line in one.diff().splitlines():
            colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
            click.secho(line, fg=colour)
    print_problems((*found.problems, *found.notes), files, language)
    places = sum(len(one.pointers) for one in rewritten)
    said = {
        "en": f"{found.old} -> {found.new}: {places} places in {len(rewritten)} files.",
        "zh": f"{found.old} → {found.new}：{len(rewritten)} 个文件，{places} 处。",
    }
    click.secho(said[language], fg="red" if errors(found.problems) else "green")


def _as_values(found: Renaming, rewritten: list[Rewritten]) -> dict[str, Any]:
    def words(problem: Problem) -> dict[str, Any]:
        return {"code": problem.code, "message": dict(problem.message), "file": problem.file, "line": problem.line}

    return {
        "old": found.old,
        "new": found.new,
        "files": [{"file": one.file, "new_file": one.new_file, "places": list(one.pointers), "diff": one.diff()}
                  for one in rewritten],
        "problems": [words(one) for one in found.problems],
        "notes": [words(one) for one in found.notes],
    }  # fmt: skip


def _write(path: Path, one: Rewritten) -> None:
    (path / (one.new_file or one.file)).write_text(one.after, encoding="utf-8", newline="")
    if one.new_file is not None and one.new_file != one.file:
        (path / one.file).unlink()
