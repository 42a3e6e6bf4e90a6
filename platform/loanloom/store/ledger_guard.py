"""What the database itself sees to in the ledger, whoever writes: balanced entries, whole from the first moment on, and
none in a closed period.

`apply` runs after every migration, as the owner, and can be repeated. The triggers hold for the owner of the tables
too. That entries are never changed is security.py's append-only guard; that one is reversed once, an index's.
"""

from __future__ import annotations

from sqlalchemy import Connection

DAY_LOCK = 4_711
"""First half of the advisory lock of a company's day and periods: shared by whoever posts, exclusive to close one."""

BALANCED = """
CREATE OR REPLACE FUNCTION loanloom_balanced() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    entry_id bigint;
    said record;
BEGIN
    IF TG_TABLE_NAME = 'journal_line' THEN entry_id := NEW.journal_entry_id; ELSE entry_id := NEW.id; END IF;
    SELECT count(l.id) AS lines, coalesce(sum(l.debit), 0) AS debits, coalesce(sum(l.credit), 0) AS credits,
        coalesce(bool_and(l.business_date = e.business_date AND l.currency = e.currency), true) AS same,
        coalesce(bool_and(l.xmin = e.xmin), true) AS together
    INTO said FROM journal_entry AS e
    LEFT JOIN journal_line AS l ON l.company_id = e.company_id AND l.journal_entry_id = e.id
    WHERE e.company_id = NEW.company_id AND e.id = entry_id;
    IF said.lines < 2 OR said.debits <> said.credits THEN
        RAISE EXCEPTION 'journal entry %% does not balance: %% lines, debits %%, credits %%',
            entry_id, said.lines, said.debits, said.credits
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    IF NOT said.same THEN
        RAISE EXCEPTION 'journal entry %% has lines of another day or currency', entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_same_day';
    END IF;
    IF NOT said.together THEN
        RAISE EXCEPTION 'journal entry %% was posted before: no line is added to it', entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posted';
    END IF;
    RETURN NULL;
END $$
"""

OPEN_PERIOD = """
CREATE OR REPLACE FUNCTION loanloom_open_period() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(%(lock)s, NEW.company_id);
    IF EXISTS (SELECT FROM ledger_period AS p WHERE p.company_id = NEW.company_id AND p.state = 'hard'
        AND NEW.business_date BETWEEN p.first_on AND p.last_on) THEN
        RAISE EXCEPTION 'the period of %% is closed', NEW.business_date
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_open_period';
    END IF;
    RETURN NULL;
END $$
"""

CLOSED_FOR_GOOD = """
CREATE OR REPLACE FUNCTION loanloom_closed_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'hard' THEN
        RAISE EXCEPTION 'the period from %% is closed for good', OLD.first_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_closed';
    END IF;
    RETURN NEW;
END $$
"""

TRIGGERS = (
    ("journal_entry", "balanced", "loanloom_balanced"),
    ("journal_line", "balanced", "loanloom_balanced"),
    ("journal_entry", "open_period", "loanloom_open_period"),
)


def apply(connection: Connection) -> None:
    """Make the functions and triggers, or bring them up to date."""
    run = connection.exec_driver_sql
    run(BALANCED)
    run(OPEN_PERIOD.replace("%(lock)s", str(DAY_LOCK)))
    run(CLOSED_FOR_GOOD)
    for table, name, function in TRIGGERS:  # made once: taking one away would wait for everybody who is posting
        found = run(
            "SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgname = %s", (f"public.{table}", name)
        )
        if found.first() is None:
            run(
                f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED "
                f"FOR EACH ROW EXECUTE FUNCTION {function}()"
            )
    run(
        "CREATE OR REPLACE TRIGGER closed_for_good BEFORE UPDATE OR DELETE ON ledger_period "
        "FOR EACH ROW EXECUTE FUNCTION loanloom_closed_for_good()"
    )
