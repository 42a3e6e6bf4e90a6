"""Writing a migration: what the tables in code have beyond the newest migration, as explicit steps."""

from __future__ import annotations

import re
from pathlib import Path

import click
from alembic.autogenerate import produce_migrations
from alembic.autogenerate.api import render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from loanloom.store import migrate
from loanloom.testing.postgres import Cluster

HEAD = '''"""{title}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = {down}


def upgrade() -> None:
    """From the version before."""
    {upgrade}


def downgrade() -> None:
    """Back to the version before."""
    {downgrade}
'''


def write(title: str, *, first: bool) -> Path | None:
    """The next migration (or the first one anew, from an empty database); None when nothing differs."""
    cluster = Cluster()
    try:
        name = cluster.empty("migration") if first else cluster.template
        owner = cluster.as_owner(name)
        try:
            with owner.engine.connect() as connection:
                return _write(connection, title, first=first)
        finally:
            owner.close()
    finally:
        cluster.close()


def _write(connection: Connection, title: str, *, first: bool) -> Path | None:
    options = {"compare_type": True, "target_metadata": migrate.every_metadata()}
    context = MigrationContext.configure(connection, opts=options)
    script = produce_migrations(context, migrate.every_metadata())  # type: ignore[arg-type]  # a list works
    if script.upgrade_ops is None or script.upgrade_ops.is_empty() or script.downgrade_ops is None:
        return None
    before = None if first else migrate.head()
    revision = f"{int(before or 0) + 1:04d}"
    content = HEAD.format(
        title=title.rstrip(".") + ".",
        revision=revision,
        down=f'"{before}"' if before else "None",
        upgrade=_code(script.upgrade_ops, context),
        downgrade=_code(script.downgrade_ops, context),
    )
    slug = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:40]
    path = migrate.FOLDER / "versions" / ("0001_first.py" if first else f"{revision}_{slug}.py")
    path.write_text(content, encoding="utf-8")
    click.echo(f"Wrote {path}; read it before you commit it.")
    return path


def _code(operations: object, context: MigrationContext) -> str:
    rendered = render_python_code(operations, migration_context=context)  # type: ignore[arg-type]  # UpgradeOps too
    lines = [line for line in rendered.splitlines() if not line.strip().startswith("# ###")]
    return "\n".join(lines).strip()
