"""Who acts at the command line proves it: the password from LOANLOOM_PASSWORD, else asked for; guessing is slowed."""

from __future__ import annotations

import os

import click

from loanloom.services.access import sign_in, sign_in_guard
from loanloom.services.context import Context


def proven(ctx: Context) -> None:
    """Stop unless the acting person's password is right."""
    username, user_id = ctx.actor.username, ctx.actor.user_id
    assert user_id is not None, "the system needs no password and is never named with --as"
    password = os.environ.get("LOANLOOM_PASSWORD") or click.prompt(f"Password of {username}", hide_input=True)
    with ctx.database.transaction() as connection:
        wait = sign_in_guard.locked_until(connection, username, None, ctx.now)
        right = wait is None and sign_in.check_password(connection, user_id, password)
        if wait is None and not right:
            sign_in_guard.failed(connection, username, None, ctx.now)
        elif right:
            sign_in_guard.succeeded(connection, username)
    if not right:
        raise click.ClickException("Too many attempts; wait a while." if wait else "The password is wrong.")
