"""`loanloom take-over LOANS SCHEDULE`: loans of an old system, shown first and booked with --book."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from loanloom.problems import Problem, say
from loanloom.services.money import takeover

from .doors import company_option, inside
from .faults import language

MOST_SHOWN = 20
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("take-over")
@click.argument("loans", type=FILE)
@click.argument("schedule", type=FILE)
@click.option("--book", is_flag=True, help="Book what is sound; without it the files are only judged.")
@click.option("--as", "user", metavar="USER", help="Who takes over; needs loan.take_over. The system otherwise.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@company_option
def take_over(loans: Path, schedule: Path, book: bool, user: str | None, as_json: bool, company: str | None) -> None:
    """Take over the loans of two files: LOANS has a line for each loan, SCHEDULE one for each row of its schedule."""
    given = (loans.name, loans.read_bytes()), (schedule.name, schedule.read_bytes())
    with inside(company, user) as ctx:
        judged = takeover.judge(ctx, *given)
        said = {
            "ready": len(judged.ready),
            "already_there": len(judged.already_there),
            "problems": len(judged.problems),
            "totals": {currency: asdict(totals) for currency, totals in judged.totals.items()},
        }
        if book:
            with Progress(console=Console(stderr=True, quiet=as_json)) as bars:
                task = bars.add_task(loans.name, total=None)
                done = takeover.take_over(ctx, *given, lambda at, of: bars.update(task, completed=at, total=of))
            said |= {"booked": done.booked, "already_there": done.already_there}
    if as_json:
        click.echo(json.dumps(said, default=str))
        return
    _show(said, judged.problems)


def _show(said: dict[str, object], problems: list[Problem]) -> None:
    click.echo(f"{said['ready']} loans are ready, {said['already_there']} were there.")
    totals = said["totals"]
    assert isinstance(totals, dict)
    for currency, each in totals.items():
        click.echo(
            f"  {currency}: principal {each['principal']:,}, interest {each['interest']:,}, "
            f"penalties and fees {each['penalties']:,}, money kept {each['surplus']:,}; {each['overdue']} overdue"
        )
    if "booked" in said:
        click.secho(f"{said['booked']} loans were booked.", fg="green")
    for problem in problems[:MOST_SHOWN]:
        click.secho(f"  {problem.file} line {problem.line}: {say(problem.message, language())}", fg="red")
    if len(problems) > MOST_SHOWN:
        click.echo(f"  and {len(problems) - MOST_SHOWN} more.")
