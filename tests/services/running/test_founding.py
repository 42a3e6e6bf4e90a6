"""Founding a company: its row, its first release, a first person who may log in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from loanloom.services.access import sign_in
from loanloom.services.errors import Conflict, Refused
from loanloom.services.running import founding
from loanloom.services.running.founding import Founding
from loanloom.services.running.surroundings import acting, context_of
from loanloom.store import tables

NOW = datetime(2026, 1, 5, 17, 30, tzinfo=UTC)


def test_the_business_date_is_today_where_the_company_is(database):
    shanghai = founding.found(database, Founding(key="east", name="East"), now=NOW)
    lisbon = founding.found(database, Founding(key="west", name="West", time_zone="Europe/Lisbon"), now=NOW)
    assert context_of(database, shanghai.id).business_date == date(2026, 1, 6)
    assert context_of(database, lisbon.id).business_date == date(2026, 1, 5)


def test_a_key_is_given_once(database):
    founding.found(database, Founding(key="east", name="East"), now=NOW)
    with pytest.raises(Conflict) as told:
        founding.found(database, Founding(key="east", name="Another"), now=NOW)
    assert told.value.problems[0].code == "company.key_taken"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"key": "East Side"}, "company.key"),
        ({"key": "x"}, "company.key"),
        ({"currency": "yuan"}, "company.currency"),
        ({"time_zone": "Asia/Nowhere"}, "company.time_zone"),
        ({"time_zone": "../../etc/passwd"}, "company.time_zone"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_both_languages(database, wrong, code):
    with pytest.raises(Refused) as told:
        founding.found(database, Founding(**({"key": "east", "name": "East"} | wrong)), now=NOW)
    (problem,) = told.value.problems
    assert problem.code == code and problem.in_words("zh") != problem.in_words("en")


def test_the_model_company_stands_with_its_first_release(model_company):
    assert model_company.company.release_id is not None
    assert model_company.registry.all("product")
    with model_company.transaction() as connection:
        audited = connection.execute(select(tables.audit_log.c.action, tables.audit_log.c.actor)).all()
    assert ("company.founded", "installer") in [tuple(row) for row in audited]


def test_the_first_administrator_can_log_in_and_has_to_change_the_password(model_company):
    password = founding.first_administrator(model_company.database, "model-company", "first-admin")
    ctx = acting(model_company, "first-admin")
    assert {"user.manage", "definition.edit"} <= ctx.actor.functions
    with model_company.transaction() as connection:
        assert sign_in.check_password(connection, ctx.actor.user_id, password)
        assert sign_in.signed_in(connection, ctx.actor.user_id).must_change_password


def test_a_folder_without_a_bundle_is_told(database, tmp_path: Path):
    founding.found(database, Founding(key="east", name="East"), now=NOW)
    with pytest.raises(Refused):
        founding.apply_first_release(database, "east", tmp_path)
