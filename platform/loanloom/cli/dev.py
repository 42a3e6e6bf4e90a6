"""`loanloom dev`: what developers of Loanloom need, in a checkout."""

from __future__ import annotations

from pathlib import Path

import click

from loanloom import settings


@click.group()
def dev() -> None:
    """Generated documents and the like."""


@dev.command()
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 when something is out of date.")
def docs(check: bool) -> None:
    """Write the generated pages of docs/reference."""
    from loanloom.feel.library.manual import functions_page
    from loanloom.metadata.kinds import load_kinds
    from loanloom.metadata.manual import kinds_page

    folder = Path("docs/reference")
    stale = []
    pages = {
        "settings.md": settings.reference(),
        "kinds.md": kinds_page(load_kinds()),
        "functions.md": functions_page(),
    }
    for name, content in pages.items():
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") == content:
            continue
        stale.append(path)
        if not check:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            click.echo(f"Wrote {path}")
    if check and stale:
        raise click.ClickException(f"Out of date: {', '.join(map(str, stale))}; run `loanloom dev docs`.")


@dev.command()
def frontend() -> None:
    """Install the front end's packages and build it."""
    from .frontend import build

    build(Path("platform/loanloom/web/frontend"))


@dev.command()
def browser() -> None:
    """Find or install the Chromium of the browser tests."""
    from .browser import provide

    provide()


@dev.command()
@click.argument("title")
@click.option("--first", is_flag=True, help="Write the first migration anew, from an empty database.")
def migration(title: str, first: bool) -> None:
    """Write the migration that the tables in code need beyond the newest one."""
    from .migrations import write

    if write(title, first=first) is None:
        click.echo("Nothing differs; no migration was written.")
