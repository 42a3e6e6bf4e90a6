"""What goes wrong is logged without the values it went wrong with."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy.exc import DBAPIError

from loanloom.logs import configure
from loanloom.settings import Settings
from loanloom.store.database import Database


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, before = list(root.handlers), root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_no_local_variables(form, capsys):
    configure(Settings(log_format=form))
    password = "".join(["a-password-", "nobody-may-read"])
    try:
        raise RuntimeError("it broke")
    except RuntimeError:
        structlog.get_logger("test").exception("defect")
    said = capsys.readouterr().err
    assert "it broke" in said
    assert password not in said


def test_a_failed_statement_does_not_tell_its_values(database):
    with pytest.raises(DBAPIError) as failed, database.transaction() as connection:
        connection.exec_driver_sql("SELECT %s::date", ("330000198503140033",))
    assert "[SQL parameters hidden" in str(failed.value)


def test_a_statement_that_never_ends_is_ended(database):
    url = database.url
    impatient = Database(url, pool_size=1, statement_seconds=1)
    with pytest.raises(DBAPIError, match="statement timeout"), impatient.transaction() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(30)")
    with impatient.transaction() as connection:  # the connection goes on serving
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    impatient.close()
