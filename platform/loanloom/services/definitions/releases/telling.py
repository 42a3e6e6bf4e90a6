"""Messages to those whose turn it is: a change waits for review, was approved, sent back or went live."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from loanloom.problems import Text, text
from loanloom.services.access.rights import roles_with
from loanloom.services.context import Context
from loanloom.store import messages


def _url(release_id: int) -> str:
    return f"/studio/changes/{release_id}"


def tell_reviewers(ctx: Context, connection: Connection, release_id: int, name: str, makers: Iterable[int]) -> None:
    """Everybody who may review the change and had no hand in it."""
    people = messages.holders(connection, ctx.company.id, roles_with(ctx.registry, "release.approve"))
    title = text(
        f"A change waits for your review: {name}",
        f"有变更待您复核：{name}",
    )
    chosen = set(people) - set(makers)
    messages.send(
        connection,
        chosen,
        "release.proposed",
        title,
        url=_url(release_id),
        subject=("release", release_id),
        key=f"release.proposed:{release_id}",
    )


def tell_makers(ctx: Context, connection: Connection, release_id: int, people: Iterable[int], title: Text) -> None:
    """Those who made the change, except the one who acts."""
    chosen = set(people) - {ctx.actor.user_id}
    messages.send(connection, chosen, "release.decided", title, url=_url(release_id), subject=("release", release_id))
