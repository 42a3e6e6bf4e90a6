"""`loanloom db`: the database of this installation."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import click

from loanloom.settings import load
from loanloom.store import migrate
from loanloom.store.database import Database
from loanloom.store.embedded.place import reachable_binaries, server_account
from loanloom.store.opening import migrated, owner_url, serving, worker_url


@click.group()
def db() -> None:
    """Migrate, check and save the database."""


@db.command()
def upgrade() -> None:
    """Bring the tables to this program's version."""
    settings = load()
    with serving(settings):
        changed = migrated(settings)
    click.echo(f"The database is at version {migrate.head()}{'' if changed else ' (as before)'}.")


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def downgrade(revision: str, yes: bool) -> None:
    """Back to an earlier REVISION; `base` removes every table and all data."""
    if not yes:
        click.confirm("This can lose data for good. Go on?", abort=True)
    settings = load()
    with serving(settings):
        migrate.downgrade(Database(owner_url(settings), pool_size=1), revision)
    click.echo(f"The database is at version {revision}.")


@db.command()
def check() -> None:
    """Compare the tables with this program; exit code 1 when they differ."""
    settings = load()
    with serving(settings):
        owner = Database(owner_url(settings), pool_size=1)
        with owner.engine.connect() as connection:
            revision, found = migrate.current(connection), migrate.drift(connection)
        owner.close()
    click.echo(f"Version {revision or 'none'}; this program needs {migrate.head()}.")
    for difference in found:
        click.echo(f"  differs: {difference}")
    if found or revision != migrate.head():
        raise click.exceptions.Exit(1)
    click.echo("Tables and program agree.")


@db.command()
@click.option("--role", type=click.Choice(["worker", "owner"]), default="worker")
def url(role: str) -> None:
    """Print the database's address, password included, for psql and other tools."""
    settings = load()
    given = worker_url(settings) if role == "worker" else owner_url(settings)
    click.echo(Database(given).url.set(drivername="postgresql").render_as_string(hide_password=False))


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Save everything into FILE (pg_dump's custom format). Keep secrets.json of the home folder with it."""
    settings = load()
    with serving(settings):
        address = Database(owner_url(settings)).url
        file.touch(mode=0o600)  # it holds everything there is to know about everybody
        file.chmod(0o600)
        binaries = reachable_binaries(server_account(), None) / "bin"
        environment = {**os.environ, "PGPASSWORD": str(address.password or "")}
        host = address.query.get("host") or address.host or "localhost"
        command = [str(binaries / "pg_dump"), "--format", "custom", "--no-owner", "--file", str(file)]
        command += ["--host", str(host), "--port", str(address.port or 5432)]
        command += ["--username", str(address.username), str(address.database)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603 (our own binaries)
    if done.returncode != 0:
        raise click.ClickException(f"pg_dump failed: {done.stderr.strip()}")
    click.echo(f"Saved {file} ({file.stat().st_size // 1024} KiB). Keep {settings.home / 'secrets.json'} with it.")
