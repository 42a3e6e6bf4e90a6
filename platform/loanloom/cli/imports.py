"""`loanloom import MAPPING FILE`: applications from a file, as an import mapping says."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from loanloom.problems import say
from loanloom.services.origination import imports

from .doors import company_option, inside
from .faults import language

MOST_SHOWN = 20


@click.command("import")
@click.argument("mapping")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "user", metavar="USER", help="Who imports; needs the function import.run. The system otherwise.")
@click.option(
    "--problems", type=click.Path(dir_okay=False, path_type=Path), help="Write every problem to this CSV file."
)
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@company_option
def import_(
    mapping: str, file: Path, user: str | None, problems: Path | None, as_json: bool, company: str | None
) -> None:
    """Bring the rows of FILE in as applications, by the import mapping MAPPING. Rows that are there already stay."""
    with inside(company, user) as ctx, Progress(console=Console(stderr=True, quiet=as_json)) as bars:
        task = bars.add_task(file.name, total=None)
        done = imports.bring(
            ctx, mapping, file.read_bytes(), file.name, lambda at, of: bars.update(task, completed=at, total=of)
        )
    if problems is not None:
        problems.write_text(imports.problems_file(done.problems, language()), encoding="utf-8-sig")
    if as_json:
        found = asdict(done) | {"problems": len(done.problems)}
        click.echo(json.dumps(found, default=str))
        return
    _show(done)


def _show(done: imports.Imported) -> None:
    click.echo(
        f"{done.rows} rows: {done.created} brought in, {done.already_there} were there, {done.refused} left out."
    )
    figures = done.figures
    click.echo(f"approved {figures.approved}, waiting for people {figures.referred}, refused {figures.refused}")
    if figures.approval_rate is not None:
        click.echo(f"approval rate {figures.approval_rate:.1%}")
    if figures.gini is not None:
        click.echo(f"Gini of the score against the recorded outcome {figures.gini:.3f}")
    for problem in done.problems[:MOST_SHOWN]:
        click.secho(f"  line {problem.line}: {say(problem.message, language())}", fg="red")
    if len(done.problems) > MOST_SHOWN:
        click.echo(f"  and {len(done.problems) - MOST_SHOWN} more; --problems FILE writes all of them.")
