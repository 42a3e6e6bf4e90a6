"""A draft begun under an older form: the newer one is offered, what it changes is shown, and somebody takes it on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.services.origination.conftest import ASKED
from tests.web.origination.test_screens import begin, hidden, text

from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import drafts
from loanloom.store import tables

ROOT = Path(__file__).parents[3]
FORM, CHANNEL = "forms/sole-trader-application.yaml", "metadata/code_lists/channel.yaml"
REASON = "        - {field: application.purpose_detail, required: application.amount > 50000}\n"
ASKS = "        - {field: application.repayment_source, required: true}\n"


@pytest.fixture
def manager(person: Callable[..., FlaskClient]) -> FlaskClient:
    """A relationship manager's browser."""
    return person("relationship-manager", unit="east-lending")


def goes_live(ctx: Context) -> None:
    """A newer form: without the purpose in words, asking for the source of repayment, one channel retired."""
    ctx = replace(ctx, now=datetime.now(UTC))
    form = (ROOT / FORM).read_text("utf-8")
    assert REASON in form
    drafts.save(ctx, "form", "sole-trader-application", form.replace(REASON, ASKS), None)
    codes = (ROOT / CHANNEL).read_text("utf-8")
    line = next(one for one in codes.split("\n") if "key: visit" in one)
    drafts.save(ctx, "code_list", "channel", codes.replace(line, line.rstrip()[:-1] + ", retired: true}"), None)
    made = releases.propose_drafts(ctx, name="Newer form")
    with ctx.transaction() as connection:
        mine = tables.release.c.id == made
        connection.execute(tables.release.update().where(mine).values(state="approved", approved_by=1))
    releases.activate(ctx, made)


def typed(manager: FlaskClient, url: str) -> None:
    """Fill the draft in and leave it."""
    marks = hidden(text(manager.get(url)))
    assert manager.post(url, data={**marks, **ASKED, "_action": "leave"}).status_code == 302


def marked(page: str) -> dict[str, str]:
    """The hidden fields of the page that asks."""
    return dict(re.findall(r'<input type="hidden" name="(csrf_token|version)" value="([^"]*)"', page))


def test_a_draft_is_taken_over_into_the_newer_form(manager: FlaskClient, model_company: Context) -> None:
    url = f"/applications/{begin(manager)}/fill"
    typed(manager, url)
    assert "A newer version" not in text(manager.get(url))
    goes_live(model_company)
    page = text(manager.get(url))
    assert "A newer version" in page and "application.purpose_detail" in page, "the draft stays as it is until then"
    newer = url.replace("fill", "newer")
    shown = text(manager.get(newer))
    gone, again, asked = (shown.index(words) for words in ("no place any more", "filled in again", "asked in addition"))
    assert gone < shown.index("更换蒸柜") < again < shown.index("is no longer offered") < asked
    assert "Visit by the relationship manager</td>" in shown, "in words, not by its code"
    assert asked < shown.index("Source of repayment") and "60,000.00" in shown
    done = manager.post(newer, data=marked(shown))
    assert done.location.endswith(url), text(done)
    page = text(manager.get(url))
    assert "A newer version" not in page and "application.purpose_detail" not in page
    assert 'name="application.repayment_source"' in page and "60,000" in page
    with model_company.transaction() as connection:
        row = connection.execute(select(tables.application)).one()
        said = connection.execute(
            select(tables.audit_log.c.after).where(tables.audit_log.c.action == "application.renewed")
        ).scalar_one()
    assert said["left_behind"] == ["application.purpose_detail"] and said["release_id"] == row.release_id
    assert manager.get(newer).status_code == 404, "there is nothing newer left"


def test_a_page_that_was_open_meanwhile_overwrites_nothing(manager: FlaskClient, model_company: Context) -> None:
    url = f"/applications/{begin(manager)}/fill"
    typed(manager, url)
    open_page = hidden(text(manager.get(url)))
    goes_live(model_company)
    newer = url.replace("fill", "newer")
    marks = marked(text(manager.get(newer)))
    assert manager.post(newer, data=marks).status_code == 302
    late = manager.post(url, data={**open_page, **ASKED, "_action": "submit"})
    assert late.status_code == 409
    assert manager.post(newer, data=marks).status_code in (404, 409), "a second click does nothing twice"


def test_what_somebody_else_drafts_is_not_theirs_to_take_over(
    manager: FlaskClient, person: Callable[..., FlaskClient], model_company: Context
) -> None:
    url = f"/applications/{begin(manager)}/fill"
    typed(manager, url)
    goes_live(model_company)
    stranger = person("relationship-manager", unit="west-lending")
    newer = url.replace("fill", "newer")
    assert stranger.get(newer).status_code == 404
    assert (
        stranger.post(newer, data={**marked(text(manager.get(newer))), "csrf_token": stranger.csrf()}).status_code
        == 404
    )
