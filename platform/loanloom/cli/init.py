"""`loanloom init DIR`: a project of one's own from the model company."""

from __future__ import annotations

from pathlib import Path

import click

from . import project


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="The company's name; the folder's name otherwise.")
def init(folder: Path, name: str | None) -> None:
    """Write the model company's definitions into FOLDER, to be changed into your own."""
    founding = project.begin(folder, name=name)
    click.echo(f"{founding.name} lies in {folder}. Next:")
    click.echo(f"  cd {folder}")
    click.echo("  loanloom up")
