"""Who may do what inside the database: grants, row-level security and the guard of append-only tables.

`apply` runs after every migration, as the owner, and can be repeated; it reads the marks that the tables carry, so a
new table is covered by existing. The working role reads and writes one company at a time and can never change or
remove what is append-only: the grant is missing, and a trigger stands behind it (a column `set_once` may be filled
while it is empty). Nor can it delete any record at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Table, inspect, text

from . import ledger_guard, named_work, numbering
from .tables import metadata
from .tables.base import CURRENT_COMPANY

GUARD = """
CREATE OR REPLACE FUNCTION loanloom_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of %% are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""
ONCE = """
CREATE OR REPLACE FUNCTION loanloom_set_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was jsonb := to_jsonb(OLD); now jsonb := to_jsonb(NEW);
BEGIN
    IF EXISTS (SELECT 1 FROM jsonb_each(was) AS had WHERE now -> had.key IS DISTINCT FROM had.value
        AND (had.value <> 'null' OR NOT had.key = ANY (TG_ARGV))) THEN
        RAISE EXCEPTION 'rows of %% are never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""

DISPOSABLE = ("draft", "job_run", "saved_view", "sign_in_guard")
"""The tables whose rows are thrown away; every other record stays."""


def is_company(table: Table) -> bool:
    """Whether rows belong to one company."""
    return bool(table.info.get("company"))


def is_append_only(table: Table) -> bool:
    """Whether rows may only be added."""
    return bool(table.info.get("append_only"))


def apply(connection: Connection, worker: str) -> None:
    """Bring grants, policies and triggers of every table in line with its marks, for the working role `worker`."""
    quoted = connection.dialect.identifier_preparer.quote(worker)
    run = connection.exec_driver_sql
    run(f"GRANT USAGE ON SCHEMA public TO {quoted}")
    run(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {quoted}")
    run(f"REVOKE DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public FROM {quoted}")
    linked = ("ab_user_role", "ab_permission_view_role")  # the image of roles (services/access/roles.py)
    run(f"GRANT DELETE ON {', '.join((*DISPOSABLE, *linked))} TO {quoted}")
    run(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
    run(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}")
    run(GUARD)
    run(ONCE)
    run(numbering.FUNCTION.replace("%", "%%"))
    there = set(inspect(connection).get_table_names())  # a table whose migration is still being written is not
    for table in metadata.sorted_tables:
        if table.name in there:
            _protect(connection, table, quoted)
    if "ledger_period" in there:
        ledger_guard.apply(connection)
    if "work_named" in there:
        named_work.apply(connection)


def _protect(connection: Connection, table: Table, worker: str) -> None:
    run, name = connection.exec_driver_sql, table.name
    if is_company(table):
        same = f"company_id = {CURRENT_COMPANY}"
        if table.info.get("company_optional"):
            same += f" OR (company_id IS NULL AND {CURRENT_COMPANY} IS NULL)"
        run(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        run(f"DROP POLICY IF EXISTS one_company ON {name}")
        run(f"CREATE POLICY one_company ON {name} USING ({same}) WITH CHECK ({same})")
    if is_append_only(table):
        once = tuple(table.info.get("set_once", ()))
        run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {worker}")
        run(
            f"CREATE OR REPLACE TRIGGER append_only BEFORE {'' if once else 'UPDATE OR '}DELETE OR TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION loanloom_append_only()"
        )
        if once:
            run(f"GRANT UPDATE ({', '.join(once)}) ON {name} TO {worker}")
            named = ", ".join(f"'{column}'" for column in once)
            run(
                f"CREATE OR REPLACE TRIGGER set_once BEFORE UPDATE ON {name} "
                f"FOR EACH ROW EXECUTE FUNCTION loanloom_set_once({named})"
            )


@dataclass(frozen=True, slots=True)
class Role:
    """What the connected role could do beyond its work."""

    name: str
    superuser: bool
    bypasses: bool
    owns_tables: bool

    @property
    def too_mighty(self) -> bool:
        """Whether this role could get round the guards; such a role must not serve."""
        return self.superuser or self.bypasses or self.owns_tables


def connected_role(connection: Connection) -> Role:
    """The role this connection works as."""
    row = connection.execute(
        text(
            "SELECT rolname, rolsuper, rolbypassrls, EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'"
            " AND pg_has_role(current_user, c.relowner, 'MEMBER')) FROM pg_roles WHERE rolname = current_user"
        )
    ).one()
    return Role(*row)
