"""The pages of absences and declared relations: one's own, an administrator's for others, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loanloom.services.flows import delegations, relations

HOME = "/account/away/"
NUMBER = "11010519491231002X"


@pytest.fixture
def week(model_company):
    today = model_company.business_date
    return {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=6)).isoformat()}


def post(browser, url, **said):
    return browser.post(url, data={"csrf_token": browser.csrf(), **said}, follow_redirects=True)


def shown(answer):
    return answer.get_data(as_text=True)


def test_an_empty_page_says_what_to_do_in_both_languages(person):
    assert "say who decides meanwhile" in shown(person("approver-1").get(HOME))
    assert "离岗前请指定期间由谁代为审批" in shown(person("approver-1", language="zh").get(HOME))


def only(listed):
    (one,) = listed
    return one.id


def test_an_absence_is_entered_shown_to_both_and_ended(person, week, model_company):
    mine, other = person("approver-1"), person("approver-1")
    page = shown(post(mine, HOME, **week, to_user=other.user_id, flows=["business-approval"], reason="Leave"))
    assert "The absence is entered." in page
    assert "Leave" in page and "Approval of business and farm loans" in page
    assert "Standing in for others" in shown(other.get(HOME))
    number = only(delegations.of_everybody(model_company))
    ended = shown(post(other, f"{HOME}{number}/end", version=1))
    assert "It no longer counts." in ended
    assert "Standing in for others" not in shown(mine.get(HOME))


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(person, week):
    mine, other = person("approver-1"), person("relationship-manager")
    answer = post(mine, HOME, **week, to_user=other.user_id, reason="Leave")
    page = shown(answer)
    assert answer.status_code == 422
    assert "may not decide cases at all" in page
    assert 'value="Leave"' in page
    assert post(mine, HOME, starts_on="soon", ends_on=week["ends_on"]).status_code == 422


def test_a_relation_is_declared_and_shown_masked(person):
    mine = person("risk-officer")
    said = {"kind": "relative", "relation": "brother", "name": "Wang", "id_number": NUMBER}
    page = shown(post(mine, f"{HOME}relations", **said))
    assert "The relation is declared." in page
    assert "110***********002X" in page and NUMBER not in page
    wrong = post(mine, f"{HOME}relations", **{**said, "id_number": "1"})
    assert wrong.status_code == 422
    assert "This is no identity number" in shown(wrong)


def test_only_administrators_open_everybodys(person, week, model_company):
    mine, other, keeper = person("approver-1"), person("approver-1"), person("system-administrator")
    assert mine.get(f"{HOME}everybody/").status_code == 403
    assert mine.get(f"{HOME}?user={other.user_id}").status_code == 403
    assert post(mine, HOME, **week, user=other.user_id).status_code == 403
    assert "Nobody is away." in shown(keeper.get(f"{HOME}everybody/"))
    entered = shown(post(keeper, HOME, **week, user=mine.user_id, to_user=other.user_id))
    assert "Person 1" in entered and "The absence is entered." in entered
    said = {"kind": "relative", "relation": "son", "name": "Wang", "id_number": NUMBER}
    post(mine, f"{HOME}relations", **said)
    assert "Wang" in shown(keeper.get(f"{HOME}everybody/"))
    number = only(relations.of(model_company, everybody=True))
    assert post(mine, f"{HOME}relations/{number}/end", version=1).status_code == 403
    assert "Wang" not in shown(post(keeper, f"{HOME}relations/{number}/end", version=1))


def test_a_delegation_of_others_is_not_there(person, week, model_company):
    mine, stranger = person("approver-1"), person("risk-officer")
    post(mine, HOME, **week)
    number = only(delegations.of_everybody(model_company))
    assert post(stranger, f"{HOME}{number}/end", version=1).status_code == 404


def test_borrowers_have_no_such_page(person):
    assert person("borrower").get(HOME).status_code in (302, 403)
