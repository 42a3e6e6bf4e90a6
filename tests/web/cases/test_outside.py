"""The page of a party out of the house: one question, no log-in; the house makes and revokes its link."""

from __future__ import annotations

import re

import pytest
from tests.web.cases.test_screens import get, post, token
from tests.web.people import application

from loanloom.services.flows import cases
from loanloom.store import tables


@pytest.fixture
def stranger(house):
    """A browser of somebody who has no account."""
    return application(house.database).test_client()


def issued(as_user, house, case):
    manager = as_user("manager")
    page = get(manager, f"/cases/{case}")
    made = post(manager, f"/cases/items/{house.item(case).id}/link", page, 200).get_data(as_text=True)
    return re.search(r'value="https?://[^/]+(/outside/[^"]+)"', made).group(1)


@pytest.fixture
def case(house):
    return house.start("partnered", partner="Guarantee Centre A")


def test_a_link_is_made_shown_once_and_answered_without_log_in(as_user, house, case, stranger):
    manager = as_user("manager")
    assert "Guarantee Centre A" in get(manager, f"/cases/{case}")
    url = issued(as_user, house, case)
    after = get(manager, f"/cases/{case}")
    assert url not in after and url.rsplit(".", 1)[1] not in after
    shown = get(stranger, url)
    assert "Guarantee Centre A" in shown and house.kept(case).number in shown
    assert 'class="side"' not in shown and "test-" not in shown
    item = house.item(case)
    bad = post(stranger, url, shown, 422, decision="refuse", version=item.version, opinion="typed words")
    assert "typed words" in bad.get_data(as_text=True)
    done = post(stranger, url, shown, 200, decision="approve", version=item.version, opinion="yes")
    assert 'name="decision"' not in done.get_data(as_text=True)
    assert house.item(case).node == "head"
    assert get(stranger, url, 404).count("door-card") == 1
    assert "Guarantee Centre A" in get(as_user("head2"), f"/cases/{case}")


def test_every_dead_link_says_the_same(as_user, house, case, stranger):
    url = issued(as_user, house, case)
    forged = url[:-1] + ("A" if url[-1] != "A" else "B")
    alive = get(stranger, url)
    manager = as_user("manager")
    post(manager, f"/cases/items/{house.item(case).id}/link/revoke", get(manager, f"/cases/{case}"))
    said = [get(stranger, one, 404) for one in (url, forged, "/outside/x", "/outside/1.1.x")]
    plain = {re.sub(r"<[^>]+>", "", one) for one in said}
    assert len(plain) == 1
    late = post(stranger, url, alive, 404, decision="approve", version=1)
    assert "door-card" in late.get_data(as_text=True)


def test_a_form_without_its_token_of_the_page_is_refused(as_user, house, case, stranger):
    url = issued(as_user, house, case)
    assert stranger.post(url, data={"decision": "approve"}).status_code == 400
    assert house.item(case).node == "partner"


def test_who_may_not_makes_no_link(as_user, house, case):
    for who in ("risk", "auditor", "borrower"):
        browser = as_user(who)
        csrf = token(get(browser, "/account/password/"))
        answer = browser.post(f"/cases/items/{house.item(case).id}/link", data={"csrf_token": csrf})
        assert answer.status_code in (403, 404), who
    assert house.rows(tables.outside_link) == []


def test_the_log_does_not_hold_the_link(as_user, house, case, stranger, capfd):
    url = issued(as_user, house, case)
    capfd.readouterr()
    get(stranger, url)
    said = capfd.readouterr()
    assert url.rsplit(".", 1)[1] not in said.out + said.err


def test_it_speaks_chinese(as_user, house, case, stranger):
    url = issued(as_user, house, case)
    stranger.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    assert "答复" in get(stranger, url)


def test_the_page_of_an_application_shows_the_question_and_makes_the_link(as_user, house):
    """Whoever is told that a party is waited for comes to the application, not to the case."""
    made = house.case(state="submitted")
    ctx = house.ctx("manager")
    with ctx.transaction() as connection:
        case_id = cases.start(ctx, connection, "partnered-loan", ("application", made)).case_id
    item = house.one(tables.work_item, case_id=case_id, status="open", outside="Demo trader")
    manager = as_user("manager")
    for tab in ("", "?tab=flow"):
        page = get(manager, f"/applications/{made}{tab}")
        assert f'id="outside-{item.id}"' in page and f"/cases/items/{item.id}/link" in page
    assert f'id="outside-{item.id}"' in get(as_user("risk"), f"/applications/{made}/approval-sheet")
    post(manager, f"/cases/items/{item.id}/link", page, 200)
    assert f"/cases/items/{item.id}/link/revoke" in get(manager, f"/applications/{made}")
