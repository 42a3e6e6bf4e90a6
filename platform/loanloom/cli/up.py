"""`loanloom up`: everything in this terminal, until Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from loanloom.settings import Settings
from loanloom.store.embedded import Server

from . import project
from .doors import settings_of
from .preparing import Prepared, prepare
from .supervisor import supervise, url_of


@click.command()
@click.option("--port", type=int, help="Port to listen on (LOANLOOM_PORT, else 8080).")
@click.option("--host", help="Address to listen on (LOANLOOM_HOST, else 127.0.0.1).")
def up(port: int | None, host: str | None) -> None:
    """Start database, web server, task worker and beat; migrate, and found the company of this folder if need be."""
    settings = settings_of(port=port, host=host)
    sys.exit(run(settings))


def run(settings: Settings, log_ins: Sequence[tuple[str, str, str]] = ()) -> int:
    """Everything, until asked to stop; the exit code. `log_ins` (name, password, words) are shown in the welcome."""
    prepared = Prepared(list(log_ins))
    if not settings.database_url and Server(settings.home).settled is None:
        project.read(settings.project)  # say what is wrong with the folder before anything is made in it
    return supervise(
        settings,
        prepare=lambda: prepare(settings, prepared, say),
        ready=lambda: _welcome(settings, prepared),
        say=say,
    )


def say(words: str) -> None:
    """One line for the person at the terminal."""
    click.echo(words)


def _welcome(settings: Settings, prepared: Prepared) -> None:
    say("")
    say(f"  Loanloom serves {click.style(url_of(settings), bold=True)}")
    for name, password, words in prepared.log_ins:
        say(f"    {name:<12} {password:<24} {words}")
    if not prepared.log_ins:
        say("    Log in as before; `loanloom user password NAME` gives a forgotten password anew.")
    say(f"  Logs in {settings.home / 'logs'}. Ctrl-C stops everything.")
    say("")
