"""The demonstration's own registers: entered once however often the story is played, and by people who may."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from loanloom.demo import cast, registers
from loanloom.demo.house import BEGINS_ON, KEY, found
from loanloom.store import tables
from loanloom.testing.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def test_records_are_entered_once(cluster: Cluster) -> None:
    clone = cluster.clone("registers")
    players = cast.read(ROOT / "metadata" / "demo", only=2)
    house = found(clone.database, ROOT, players, KEY)
    for _ in range(2):
        for today in (BEGINS_ON, registers.CONNECTED_ON):
            registers.keep(house, players, today)
    with house.system().transaction() as connection:
        kept = connection.execute(select(tables.record.c.entity)).scalars().all()
    assert Counter(kept) == {"company_account": 2, "prospect": 5, "bank_account": 1, "related_party": 1}
    clone.close()
