"""`loanloom demo`: the model company with its story; `--once` plays it in the terminal and says how it went."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from loanloom.demo import cast, log_ins
from loanloom.demo.story import Script, Tell, play
from loanloom.demo.summary import Summary, summarise
from loanloom.services.running import demonstration
from loanloom.services.running.demonstration import LogIn
from loanloom.settings import Settings

from . import project
from .doors import opened, settings_of
from .up import run

STAGES = {"staff": "Company and staff", "days": "Ten weeks, day by day", "import": "1,000 applicants"}


@click.command()
@click.option("--once", is_flag=True, help="Play the story in the terminal and end; exit code 0 only if it adds up.")
@click.option("--json", "as_json", is_flag=True, help="With --once: the summary as one JSON object.")
@click.option("--port", type=int, help="Port to listen on (LOANLOOM_PORT, else 8080).")
def demo(once: bool, as_json: bool, port: int | None) -> None:
    """Play the model company's story if that has not happened yet, then start everything as `loanloom up` does."""
    settings = settings_of(port=port, demo=True)
    began = time.monotonic()
    summary, people = told(settings, quiet=as_json)
    seconds = time.monotonic() - began
    if as_json:
        click.echo(json.dumps(summary.as_dict(seconds)))
    else:
        show(summary, seconds)
    if once:
        sys.exit(0 if summary.holds else 1)
    demonstration.keep(settings.home, people)
    sys.exit(run(settings, log_ins=[(one.username, one.password, in_words(one)) for one in people]))


def in_words(person: LogIn) -> str:
    """Who that is, in one line."""
    return "; ".join(filter(None, (person.role["en"], person.words)))


def told(settings: Settings, *, quiet: bool) -> tuple[Summary, list[LogIn]]:
    """Play what has not been played; what is in the books now, and the log-ins."""
    script = Script(project=story_folder(settings))
    with opened(settings) as database:
        with progress(quiet) as tell:
            played = play(database, script, tell)
        return summarise(played), log_ins.of(database, cast.read(script.folder))


def story_folder(settings: Settings) -> Path:
    """The project of this folder if it has demo data, else the model company of this installation."""
    here = settings.project
    return here if (here / "metadata" / "demo" / "staff.yaml").exists() else project.model_folder()


@contextmanager
def progress(quiet: bool) -> Iterator[Tell]:
    """Progress bars on stderr, one a stage."""
    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks = {stage: bars.add_task(words, total=None, visible=False) for stage, words in STAGES.items()}

        def tell(stage: str, done: int, of: int) -> None:
            bars.update(tasks[stage], completed=done, total=of, visible=True)

        yield tell


def show(summary: Summary, seconds: float) -> None:
    """The summary as a table."""
    table = Table(title="Qinghe Small Loan Co. (demonstration)", show_header=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    for words, value in _rows(summary, seconds):
        table.add_row(words, value)
    console = Console()
    console.print(table)
    for name, holds in summary.checks.items():
        console.print(f"  {'[green]holds[/]' if holds else '[red]FAILS[/]'}  {name.replace('_', ' ')}")


def _rows(summary: Summary, seconds: float) -> Iterator[tuple[str, str]]:
    yield "Business date", str(summary.business_date)
    yield "Applications", f"{summary.applications:,}"
    yield "  approved", f"{summary.approved:,}"
    yield "  waiting for people", f"{summary.referred:,}"
    yield "  refused", f"{summary.refused:,}"
    yield "Begun by customers", f"{summary.begun:,}"
    yield "Loans paid out", f"{summary.disbursed:,}"
    yield "Repayments", f"{summary.repayments:,}"
    yield "Loans overdue", f"{summary.overdue:,}"
    yield "Debits", f"{summary.debits:,.2f}"
    yield "Credits", f"{summary.credits:,.2f}"
    if summary.approval_rate is not None:
        yield "Import: approval rate", f"{summary.approval_rate:.1%}"
    if summary.gini is not None:
        yield "Import: Gini of the score, on the data it was made from", f"{summary.gini:.3f}"
    yield "Seconds", f"{seconds:.1f}"
