"""List views a person has named and kept: the question of a list as its address writes it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, Refused
from loanloom.store.tables import saved_view as table

MOST = 20
LONGEST_NAME = 40
LONGEST_QUERY = 4000


@dataclass(frozen=True, slots=True)
class SavedView:
    """One kept question."""

    id: int
    name: str
    query: str


def _me(ctx: Context) -> int:
    if ctx.actor.user_id is None:
        raise Forbidden()
    return ctx.actor.user_id


def of(ctx: Context, page: str) -> tuple[SavedView, ...]:
    """My views of a list, by name."""
    query = (
        select(table.c.id, table.c.name, table.c.query)
        .where(table.c.user_id == _me(ctx), table.c.page == page)
        .order_by(table.c.name)
    )
    with ctx.transaction() as connection:
        return tuple(SavedView(*row) for row in connection.execute(query))


def keep(ctx: Context, page: str, name: str, query: str) -> None:
    """Keep a question under a name; the same name is replaced."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or len(query) > LONGEST_QUERY:
        raise Refused(
            Problem(
                code="list.view_name",
                field="name",
                message=text(
                    f"A view needs a name of at most {LONGEST_NAME} characters.",
                    f"视图需要名称，最多{LONGEST_NAME}个字。",
                ),
            )
        )
    mine = (table.c.user_id == _me(ctx), table.c.page == page)
    with ctx.transaction() as connection:
        connection.execute(delete(table).where(*mine, table.c.name == name))
        if connection.execute(select(func.count()).where(*mine)).scalar_one() >= MOST:
            raise Refused(
                Problem(
                    code="list.too_many_views",
                    message=text(f"You keep {MOST} views of this list already.", f"该列表已保存{MOST}个视图。"),
                    hint=text("Remove one first.", "请先删除一个。"),
                )
            )
        connection.execute(insert(table).values(user_id=_me(ctx), page=page, name=name, query=query))


def drop(ctx: Context, view_id: int) -> None:
    """Remove one of my views."""
    with ctx.transaction() as connection:
        connection.execute(delete(table).where(table.c.id == view_id, table.c.user_id == _me(ctx)))
