"""The command line. Commands are found by name and imported only when used, so that `loanloom --help` is quick."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from loanloom import __version__

COMMANDS = {
    "up": ("loanloom.cli.up:up", "Start everything in this terminal."),
    "init": ("loanloom.cli.init:init", "Begin a company of your own in a new folder."),
    "bundle": ("loanloom.cli.bundle:bundle", "Check, test, plan and apply definitions."),
    "feel": ("loanloom.cli.feel:feel", "Try, check and explain expressions."),
    "dmn": ("loanloom.cli.dmn:dmn", "Decision models: check, run, import, export."),
    "flow": ("loanloom.cli.flow:flow", "Flows: export to BPMN, import from it."),
    "rename": ("loanloom.cli.rename:rename", "Another name for a field, a code, an indicator."),
    "take-over": ("loanloom.cli.take_over:take_over", "Take over loans from another system's files."),
    "import": ("loanloom.cli.imports:import_", "Bring in applications from a file."),
    "score-batch": ("loanloom.cli.score_batch:score_batch", "All applications through a draft of a score card."),
    "demo": ("loanloom.cli.demo:demo", "The model company with its story."),
    "company": ("loanloom.cli.company:company", "Companies of this installation."),
    "user": ("loanloom.cli.user:user", "People who may log in."),
    "db": ("loanloom.cli.db:db", "The database: migrate, check, save a copy."),
    "dev": ("loanloom.cli.dev:dev", "For developers of Loanloom."),
}
"""Name -> where the click command lies, and one line for the overview. Each is tested to import."""


class House(click.Group):
    """The commands above, imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(cls=House, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="loanloom")
def cli() -> None:
    """Loanloom: run a small lender from definitions, not code."""


def main() -> None:
    """Entry point: what goes wrong in a foreseen way is one or a few lines on stderr and exit code 1."""
    from loanloom.cli.faults import foreseen

    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        words = foreseen(error)
        if words is None:
            raise
        click.secho(words, fg="red", err=True)
        sys.exit(1)
