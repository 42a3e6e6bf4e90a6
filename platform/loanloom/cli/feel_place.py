"""What `loanloom feel` works on: the facts that an expression may see and, from a file, their values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.engines.expressions import SUBJECTS, Place
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.registry import Registry, build
from loanloom.metadata.tree import read_tree
from loanloom.problems import Problem
from loanloom.services.definitions.releases.known import kinds

SCOPES = (*SUBJECTS, "none")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A scope with values: what every command of the group begins with."""

    place: Place
    facts: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    value: Any = None
    given: Mapping[str, Any] = field(default_factory=dict)


def project_folder(given: Path | None) -> Path | None:
    """The folder with the definitions: the one named, else this one where it has any."""
    if given is not None:
        if not (given / "metadata").is_dir() and not given.is_file():
            raise click.ClickException(f"There are no definitions in {given} (no folder metadata/).")
        return given
    return Path() if Path("metadata/bundle.yaml").exists() else None


def registry_at(folder: Path) -> Registry:
    """The definitions of a folder or a zip; what is broken there is left out."""
    read = read_bundle(folder, kinds())
    return build(read.documents, kinds(), read.manifest.languages, read.broken).registry


def surroundings(
    scope: str | None, project: Path | None, facts: Path | None, as_of: str | None, cell: str | None
) -> Surroundings:
    """The scope that was asked for, with the facts of a file."""
    folder = project_folder(project)
    chosen = scope or ("application" if folder is not None else "none")
    if chosen != "none" and folder is None:
        raise click.UsageError("There are no definitions here: say where with --project, or use --scope none.")
    given = _facts_in(facts) if facts is not None else {}
    today = dt.datetime.now().astimezone().date().isoformat()  # at the prompt, today is the reader's own
    given = {"as_of": today, **given} if as_of is None else {**given, "as_of": as_of}
    if chosen == "none" or folder is None:
        values = {name: _guessed(one) for name, one in given.items()}
        seen = feel.context({"as_of": feel.DATE, **{name: _type_of(one) for name, one in values.items()}})
        return _with_cell(Place("", "", "", seen), values, cell, (), given)
    registry = registry_at(folder)
    place = Place("", "", "", fact_scope.scope(registry, chosen), labels=fact_scope.labels(registry))
    read = fact_scope.read(place.scope, given)
    return _with_cell(place, read.facts, cell, read.problems, given)


def _with_cell(
    place: Place, facts: Mapping[str, Any], cell: str | None, problems: tuple[Problem, ...], given: Mapping[str, Any]
) -> Surroundings:
    """`cell`: the expression whose value is tested, so that the text is a cell of a decision table."""
    if cell is None:
        return Surroundings(place, facts, problems, given=given)
    tested = feel.check(cell, place.scope)
    if tested.program is None:
        raise click.UsageError(f"--cell: {tested.problems[0].in_words('en')}")
    value = tested.program.evaluate(facts).value
    return Surroundings(
        Place("", "", "", place.scope, tested=tested.type, labels=place.labels), facts, problems, value, given
    )


def _facts_in(file: Path) -> dict[str, Any]:
    try:
        tree = read_tree(file.read_text(encoding="utf-8"), str(file))
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} cannot be read: it is not text in UTF-8.") from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error}") from None
    if tree.problems or not isinstance(tree.value, Mapping):
        said = tree.problems[0].in_words("en") if tree.problems else "it should hold names with values."
        raise click.ClickException(f"{file}: {said}")
    return {str(name): one for name, one in tree.value.items()}


def _guessed(value: Any) -> Any:
    """A value without a declared type: numbers are exact, a text that reads as a date is one."""
    if isinstance(value, Mapping):
        return {str(name): _guessed(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_guessed(one) for one in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    if isinstance(value, str) and len(value) == 10:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _type_of(value: Any) -> feel.Type:
    """The type that a value without a declared one has."""
    if isinstance(value, Mapping):
        return feel.context({str(name): _type_of(one) for name, one in value.items()})
    if isinstance(value, list):
        return feel.list_of(feel.joined_all(map(_type_of, value)))
    if value is None:
        return feel.ANY
    simple: dict[type, feel.Type] = {bool: feel.BOOLEAN, Decimal: feel.NUMBER, str: feel.STRING, dt.date: feel.DATE}
    return simple.get(type(value), feel.ANY)
