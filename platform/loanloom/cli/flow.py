"""`loanloom flow`: flows as drawings of the standard BPMN 2.0, for other modellers and from them.

Exit codes: 0 fine; 1 there is no such flow, or nothing could be made of the file; 2 wrong use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from loanloom.cli.faults import language as terminal_language
from loanloom.problems import Problem

language_option = click.option(
    "--language", type=click.Choice(["en", "zh"]), default=terminal_language, help="Of what is printed and drawn."
)
project_option = click.option(
    "--project", type=click.Path(exists=True, path_type=Path), help="Where the definitions are."
)


@click.group()
def flow() -> None:
    """Flows: hand one out as BPMN, bring one in."""


@flow.command()
@click.argument("key")
@project_option
@language_option
def export(key: str, project: Path | None, language: str) -> None:
    """Print the flow KEY as a BPMN 2.0 file, its definition inside."""
    from loanloom.engines.flows import bpmn

    registry = _registry(project or Path())
    document = registry.get("flow", key)
    if document is None:
        listed = ", ".join(sorted(one.key for one in registry.all("flow")))
        said = {
            "en": f"There is no flow {key}. There are: {listed}",
            "zh": f"没有流程“{key}”。现有：{listed}",
        }
        raise click.ClickException(said[language])
    click.echo(bpmn.exported(document, language), nl=False)


@flow.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="The key of the flow; that of the file by default.")
@click.option("--process", help="Which process of the file (or sub-process), by its id or name.")
@project_option
@language_option
def import_(file: Path, key: str | None, process: str | None, project: Path | None, language: str) -> None:
    """Print the flow in FILE as a document (YAML); what was not understood goes to the error output."""
    from loanloom.engines.flows import bpmn
    from loanloom.services.definitions.releases.known import kinds

    roles = bpmn.role_names(_registry(project)) if project else {}
    found = bpmn.imported(file.read_bytes(), kinds(), key=key, process=process, roles=roles)
    for problem in found.problems:
        _say(problem, file, language)
    if found.text is None:
        raise SystemExit(1)
    click.echo(found.text, nl=False)
    if found.problems:
        count = len(found.problems)
        said = {
            "en": f"{count} thing{'' if count == 1 else 's'} to look at.",
            "zh": f"有 {count} 处需要确认。",
        }
        click.secho(said[language], fg="yellow", err=True)


def _say(problem: Problem, file: Path, language: str) -> None:
    place = f"{file}:{problem.line}: " if problem.line else f"{file}: "
    colour = "red" if problem.severity == "error" else "yellow"
    click.echo(place + click.style(problem.code, fg=colour, bold=True) + f": {problem.in_words(language)}", err=True)


def _registry(folder: Path) -> Any:
    from loanloom.metadata.bundle import read_bundle
    from loanloom.metadata.registry import build
    from loanloom.services.definitions.releases.known import kinds

    return build(read_bundle(folder, kinds()).documents, kinds()).registry
