"""Borrowers of the demonstration: let in once, bound to their customer, told of the decision, also in an older home."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from loanloom.demo import cast, log_ins
from loanloom.demo.house import House
from loanloom.demo.story import Script, play
from loanloom.services.errors import NotFound
from loanloom.services.papers import documents
from loanloom.services.reading import portal
from loanloom.services.running import demonstration, inbox
from loanloom.store.tables import loan, membership, message
from loanloom.testing.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Script(project=ROOT, customers=2, rows=1, ends_on=date(2026, 3, 6))
PLAYERS = cast.read(SCRIPT.folder, only=2)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(cluster: Cluster) -> Iterator[House]:
    clone = cluster.clone("log_ins")
    yield play(clone.database, SCRIPT, lambda *_: None)
    clone.close()


def every_loan(house: House) -> list[int]:
    with house.system().transaction() as connection:
        return list(connection.execute(select(loan.c.id)).scalars())


def test_the_borrower_sees_their_loan_contract_and_message_and_nothing_of_others(house: House) -> None:
    ctx = house.at("lin")
    shown = portal.home(ctx)
    assert [one.stage for one in shown.applications] == ["paid_out"]
    assert [one.row["principal"] for one in shown.loans] == [60000]
    assert [one.title["en"] for one in portal.application(ctx, shown.applications[0].application.id).papers]
    contract = next(one for one in portal.papers(ctx) if one.of == "contract")
    assert documents.file(ctx, contract.id, "pdf").content.startswith(b"%PDF")
    assert any("was approved" in one["title"]["en"] for one in inbox.mine(ctx).messages)
    other = next(one for one in every_loan(house) if one != shown.loans[0].row["id"])
    with pytest.raises(NotFound):
        portal.loan(ctx, other)


def test_everybody_is_printed_and_kept_for_the_log_in_page(house: House, tmp_path: Path) -> None:
    people = log_ins.of(house.database, PLAYERS)
    by_name = {one.username: one for one in people}
    assert len(people) == len(PLAYERS.people) + 1
    assert (by_name["lin"].role["zh"], by_name["lin"].name) == ("借款人", "林秀珍（演示）")
    demonstration.keep(tmp_path, people)
    assert demonstration.read(tmp_path) == tuple(people)
    assert (tmp_path / demonstration.FILE).stat().st_mode & 0o077 == 0
    assert demonstration.read(tmp_path / "another") == ()


def test_a_home_from_before_gets_the_log_in_and_a_second_time_changes_nothing(house: House, cluster: Cluster) -> None:
    def bound() -> list[tuple[int, int]]:
        with house.system().transaction() as connection:
            asked = select(membership.c.user_id, membership.c.customer_id, membership.c.version)
            return [tuple(row) for row in connection.execute(asked.where(membership.c.customer_id.is_not(None)))]

    before = bound()
    play(house.database, SCRIPT, lambda *_: None)
    assert bound() == before
    with cluster.as_owner(house.database.url.database).transaction(house.system().company.id) as connection:
        connection.execute(delete(message).where(message.c.user_id == before[0][0]))  # the working role may not
        connection.execute(delete(membership).where(membership.c.customer_id.is_not(None)))
    play(house.database, SCRIPT, lambda *_: None)
    assert [row[:2] for row in bound()] == [row[:2] for row in before]


def test_a_borrower_who_does_not_play_is_left_out() -> None:
    assert [one.username for one in PLAYERS.borrowers] == ["lin"]
    everybody = cast.read(SCRIPT.folder)
    assert {one.customer for one in everybody.borrowers} <= {one.slug for one in everybody.customers}
    names = [one.username for one in (*everybody.people, *everybody.borrowers)]
    assert len(set(names)) == len(names)
