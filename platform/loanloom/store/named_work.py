"""The people named for a work item as rows of their own, so that an index finds and orders the work of one of them.

Under row-level security no index over an array is used (store/names.py says why). The rows follow the item whoever
writes it: an open item that nobody holds waits for everybody it names, and for those it was escalated to.
"""

from __future__ import annotations

from sqlalchemy import Connection

FOLLOW = """
CREATE OR REPLACE FUNCTION loanloom_named_work() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE named integer[] := CASE WHEN NEW.status = 'open' AND NEW.assignee IS NULL
    THEN NEW.candidates || NEW.escalated ELSE '{}' END;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE work_named SET waits = false
        WHERE company_id = NEW.company_id AND item_id = NEW.id AND waits AND user_id <> ALL (named);
    END IF;
    INSERT INTO work_named (company_id, item_id, user_id, waits, turn)
    SELECT DISTINCT NEW.company_id, NEW.id, person, true, NEW.turn FROM unnest(named) person
    ON CONFLICT (company_id, item_id, user_id) DO UPDATE SET waits = true, turn = excluded.turn;
    RETURN NULL;
END $$
"""
NAMES = "{row}.candidates <> '{{}}' OR {row}.escalated <> '{{}}'"
"""Most items are for a group: for them the function is not called at all."""


def apply(connection: Connection) -> None:
    """Make the function and its triggers, or bring them up to date."""
    run = connection.exec_driver_sql
    run(FOLLOW)
    new, old = NAMES.format(row="NEW"), NAMES.format(row="OLD")
    for when, condition in (("insert", new), ("update", f"{new} OR {old}")):
        found = run(
            "SELECT 1 FROM pg_trigger WHERE tgrelid = 'work_item'::regclass AND tgname = %s", (f"named_after_{when}",)
        )
        if found.first() is None:
            run(
                f"CREATE TRIGGER named_after_{when} AFTER {when.upper()} ON work_item "
                f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION loanloom_named_work()"
            )
