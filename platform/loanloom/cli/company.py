"""`loanloom company`: the companies of this installation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from loanloom.services import company as companies
from loanloom.services.running import founding

from .doors import opened


@click.group()
def company() -> None:
    """List and found companies."""


@company.command("list")
def list_() -> None:
    """Every company with its business date."""
    with opened() as database, database.transaction() as connection:
        found = companies.every(connection)
        for each in found:
            day = companies.business_date(connection, each.id)
            release = f"release {each.release_id}" if each.release_id else "no release yet"
            click.echo(f"{each.key:<32} {each.name:<32} {day} {each.currency}  {release}")
    if not found:
        click.echo("There is no company yet. `loanloom up` makes the one of this folder.")


@company.command()
@click.argument("key")
@click.option("--name", required=True)
@click.option("--bundle", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Its first definitions.")
@click.option("--currency", default="CNY", show_default=True)
@click.option("--time-zone", default="Asia/Shanghai", show_default=True)
@click.option("--business-date", type=click.DateTime(["%Y-%m-%d"]), help="Today in its time zone otherwise.")
def create(
    key: str, name: str, bundle: Path | None, currency: str, time_zone: str, business_date: datetime | None
) -> None:
    """Found company KEY; with --bundle, also its first release and a first log-in."""
    wanted = founding.Founding(
        key=key,
        name=name,
        currency=currency,
        time_zone=time_zone,
        business_date=business_date.date() if business_date else None,
    )
    with opened() as database:
        made = founding.found(database, wanted, now=datetime.now(UTC))
        click.echo(f"Founded {made.name} ({made.key}).")
        if bundle is not None:
            founding.apply_first_release(database, key, bundle)
            username = f"admin-{key}"
            password = founding.first_administrator(database, key, username)
            click.echo(f"First log-in: {username}  {password}  (to be changed at once)")
