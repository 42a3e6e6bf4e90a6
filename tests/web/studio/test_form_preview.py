"""A form as a role sees it, with a real case or made-up answers, on paper; and who may do what with it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from tests.services.origination.conftest import ASKED, TRADER, hand_in_papers

from loanloom.engines import forms
from loanloom.metadata.tree import read_tree
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.releases import drafts
from loanloom.services.flows import starting
from loanloom.services.origination import applications, submissions
from loanloom.services.parties import customers
from loanloom.store.tables import flow_case, upload

from .test_studio import ADMIN, html, post

KEY = "sme-application"
FORM = f"/studio/definitions/form/{KEY}/"
PREVIEW = f"{FORM}?view=preview"


@pytest.fixture
def admin(person):
    return person(ADMIN, language="en")


def seen(page: str) -> str:
    """The form itself, without what stands around it."""
    return page[page.index('id="form-body"') :]


def test_a_role_sees_what_it_may_and_nothing_else(admin) -> None:
    filled = seen(html(admin.get(PREVIEW)))
    assert 'name="application.amount"' in filled and 'name="application.existing_debt"' in filled
    borrower = seen(html(admin.get(f"{PREVIEW}&_role=borrower")))
    assert 'name="application.amount"' in borrower and "application.existing_debt" not in borrower
    assert "This role sees nothing of the form here." in html(admin.get(f"{PREVIEW}&_role=system-administrator"))
    reader = seen(html(admin.get(f"{PREVIEW}&_role=finance")))
    assert 'name="application.amount"' not in reader and "f-application.amount" in reader


def test_made_up_answers_show_what_depends_on_answers(admin) -> None:
    empty, sample = html(admin.get(PREVIEW)), html(admin.get(f"{PREVIEW}&_with=sample"))
    assert 'name="application.bureau_inquiries"' not in empty and 'name="application.bureau_inquiries"' in sample
    paper = html(admin.get(f"{PREVIEW}&_with=sample&_paper=yes"))
    assert "paper-sheet" in paper and "200,000.00" in paper and 'name="application.amount"' not in paper


def test_what_is_typed_is_judged_by_the_forms_own_rules_and_not_kept(admin, model_company) -> None:
    typed = {"application.amount": "80,000", "application.bureau_consent": "yes"}
    live = post(admin, f"{FORM}preview", _action="refresh", **typed)
    page = html(live)
    assert live.status_code == 200 and 'name="application.bureau_inquiries"' in page and 'value="80,000.00"' in page
    judged = html(post(admin, f"{FORM}preview", _action="submit", **typed))
    assert "things need your attention" in judged and "Fill in “Late payments, last 24 months”." in judged
    with model_company.transaction() as connection:
        assert connection.execute(select(upload.c.id)).first() is None
    assert drafts.find(model_company, "form", KEY) is None


def test_a_number_that_is_none_or_not_ones_own_is_told_the_same_way(admin) -> None:
    answer = admin.get(f"{PREVIEW}&_case=NO-SUCH-1")
    assert answer.status_code == 200 and "There is nothing “NO-SUCH-1” that you may see." in html(answer)


def test_a_draft_with_mistakes_says_them_instead(admin, model_company) -> None:
    source = drafts.text_of(model_company, "form", KEY)
    drafts.save(model_company, "form", KEY, source.replace("application.amount, req", "application.ammount, req"), None)
    page = html(admin.get(PREVIEW))
    assert "mistakes that must be mended" in page and "application.ammount" in page
    assert "mistakes that must be mended" in html(admin.get(f"{FORM}?view=access"))


def access(ctx) -> list[dict]:
    return list(read_tree(drafts.text_of(ctx, "form", KEY)).value["spec"].get("access", ()))


def may(ctx, role: str, path: str, node: str | None = None) -> str:
    page = catalogue.page(ctx, "form", KEY)
    form = forms.compile_form(page.shown, page.registry).form
    return forms.modes(form, (role,), node)[path]


def allow(client, cell: str, node: str = ""):
    page = html(client.get(f"{FORM}?view=access&_node={node}"))
    version = re.search(r'name="version" value="(\d*)"', page)[1]
    return post(client, f"{FORM}access", cell=cell, _node=node, version=version)


def test_the_grid_shows_what_the_rules_come_to(admin) -> None:
    page = html(admin.get(f"{FORM}?view=access"))
    assert 'aria-label="Debts and credit record, Borrower: hidden"' in page
    assert 'aria-label="Whole form, Borrower: differs"' in page and "Finance: reads" in page


def test_a_cell_that_is_set_holds_there_and_nowhere_else(admin, model_company) -> None:
    before = len(access(model_company))
    answer = allow(admin, "finance|s:loan|masked")
    assert answer.status_code == 302 and "view=access" in answer.location
    assert may(model_company, "finance", "application.amount") == "masked"
    assert may(model_company, "finance", "application.revenue_last_year") == "read"
    assert may(model_company, "auditor", "application.amount") == "read"
    assert access(model_company)[-1] == {"roles": ["finance"], "sections": ["loan"], "mode": "masked"}
    allow(admin, "auditor|s:loan|masked")
    assert access(model_company)[-1]["roles"] == ["finance", "auditor"], "rules of one kind are one rule"
    allow(admin, "finance||read")
    assert may(model_company, "finance", "application.amount") == "read"
    assert access(model_company)[-1]["roles"] == ["auditor"] and len(access(model_company)) == before + 1


def test_a_rule_for_one_step_leaves_the_others(admin, model_company) -> None:
    answer = allow(admin, "borrower|f:application.amount|read", node="some_step")
    assert answer.status_code == 302 and "_node=some_step" in answer.location
    assert may(model_company, "borrower", "application.amount", "some_step") == "read"
    assert may(model_company, "borrower", "application.amount") == "write"
    assert access(model_company)[-1]["node"] == "some_step"


def test_what_nobody_may_ask_for_is_refused(admin, person, model_company) -> None:
    for cell in ("finance|s:nonsense|read", "finance||owner", "nobody-known||read", "||", ""):
        assert allow(admin, cell).status_code == 422, cell
    assert drafts.find(model_company, "form", KEY) is None
    assert post(person("auditor"), f"{FORM}access", cell="auditor||write").status_code == 403


@pytest.fixture
def number(model_company, acting) -> str:
    """An application on its way, with a guarantor; its number."""
    ctx = acting(model_company, "relationship-manager", unit="east-lending")
    made = applications.begin(ctx, "sole-trader-loan", customers.create(ctx, TRADER, although_similar=True))
    hand_in_papers(ctx, made)
    with ctx.transaction() as connection:
        version = int(applications.read(ctx, connection, made).version)
    submissions.submit(ctx, made, ASKED, version=version, idempotency_key="to-look-at")
    with ctx.transaction() as connection:
        return str(applications.read(ctx, connection, made).number)


def test_a_real_application_is_seen_by_who_may_see_it_and_never_what_is_kept_encrypted(person, number) -> None:
    here = f"/studio/definitions/form/sole-trader-application/?view=preview&_case={number}"
    both = person(ADMIN, "relationship-manager", unit="east-lending")
    page = seen(html(both.get(here)))
    assert ASKED["application.purpose_detail"] in page and "60000" in page.replace(",", "")
    assert ASKED["guarantors.0.id_number"] not in page and ASKED["guarantors.0.name"] in page
    assert f"There is nothing “{number}” that you may see." in html(person("system-administrator").get(here))


def test_a_real_customer_and_a_real_request_are_seen_the_same_way(person, model_company, acting) -> None:
    ctx = acting(model_company, "relationship-manager", unit="east-lending")
    made = customers.create(ctx, TRADER, although_similar=True)
    asked = {"contract_number": "HT-1", "certificate": "房权证1号", "reason": "settled", "debt": "0",
             "returned_on": "2026-04-01"}  # fmt: skip
    fields = {f"title_release.{name}": value for name, value in asked.items()}
    started = starting.request(ctx, "title-release", fields, idempotency_key="one")
    with ctx.transaction() as connection:
        customer = customers.read(ctx, connection, made).number
        request = connection.execute(select(flow_case.c.number).where(flow_case.c.id == started.case_id)).scalar_one()
    both = person(ADMIN, "relationship-manager", unit="east-lending")
    shown = seen(html(both.get(f"/studio/definitions/form/customer/?view=preview&_case={customer}")))
    assert TRADER["customer.name"] in shown
    assert TRADER["customer.phone"] not in shown and TRADER["customer.id_number"] not in shown
    shown = seen(html(both.get(f"/studio/definitions/form/title-release/?view=preview&_case={request}")))
    assert 'value="房权证1号"' in shown and 'value="2026-04-01"' in shown
    assert "There is nothing" in html(
        both.get(f"/studio/definitions/form/title-release/?view=preview&_case={customer}")
    )
    blind = person("system-administrator", language="en")
    assert "There is nothing" in html(blind.get(f"/studio/definitions/form/customer/?view=preview&_case={customer}"))
