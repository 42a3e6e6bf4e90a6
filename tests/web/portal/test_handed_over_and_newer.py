"""A newer form while an application waits to be completed: staff take it on, also where a field is of another type."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.web.pages import page, post

from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import drafts
from loanloom.store import tables

from .test_applying import row_of
from .test_handing_over import customer, handed_over, staff

__all__ = ["customer", "staff"]
ENTITY = Path(__file__).parents[3] / "metadata/entities/application.yaml"
WORDS = "type: long_text, max_length: 1000"


def becomes_a_number(ctx: Context, field: str) -> None:
    """A release in which a field that was text is a number."""
    now, written = replace(ctx, now=datetime.now(UTC)), ENTITY.read_text("utf-8")
    line = next(one for one in written.split("\n") if f"key: {field}," in one)
    assert WORDS in line
    drafts.save(now, "entity", "application", written.replace(line, line.replace(WORDS, "type: number")), None)
    made = releases.propose_drafts(now, name="A number")
    with ctx.transaction() as connection:
        mine = tables.release.c.id == made
        connection.execute(tables.release.update().where(mine).values(state="approved", approved_by=1))
    releases.activate(now, made)


def test_a_field_of_another_type_keeps_nobody_from_completing_it(
    customer: int, borrower: Any, staff: Any, model_company: Context
) -> None:
    ctx, manager = staff
    filling = handed_over(borrower(customer), ctx)
    row = row_of(ctx, filling)
    assert row.extra["purpose_detail"].startswith("更换蒸柜")
    becomes_a_number(model_company, "purpose_detail")
    desk, newer = f"/applications/{row.id}/fill", f"/applications/{row.id}/newer"
    assert "A newer version" in page(manager, desk)
    shown = page(manager, newer)
    version = re.findall(r'name="version" value="([^"]*)"', shown)[0]
    assert post(manager, newer, version=version).status_code == 302
    taken = row_of(ctx, filling)
    assert (taken.state, taken.amount, taken.release_id != row.release_id) == ("handed_over", 60_000, True)
    shown = page(manager, desk)
    assert 'value="60,000' in shown and "“更换蒸柜、冷柜各两台” is not a number." in shown, "told beside it"
