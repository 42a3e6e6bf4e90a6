"""The screens of origination as a browser without script sees them: full posts, plain buttons, one person after
the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.services.origination.conftest import ASKED, PDF, TRADER

from loanloom.services.context import Context
from loanloom.services.flows.case import ids_of
from loanloom.store import tables

Person = Callable[..., FlaskClient]


def hidden(page: str) -> dict[str, str]:
    """The page's own marks, as the browser would post them."""
    found = re.findall(r'<input type="hidden" name="(csrf_token|idempotency_key|_\w+)" value="([^"]*)"', page)
    return dict(reversed(found))


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


@pytest.fixture
def manager(person: Person) -> FlaskClient:
    """A relationship manager's browser."""
    return person("relationship-manager", unit="east-lending")


def new_customer(browser: FlaskClient, **changes: Any) -> Any:
    page = text(browser.get("/customers/new"))
    return browser.post("/customers/new", data={**hidden(page), "_action": "submit", **TRADER, **changes})


def begin(browser: FlaskClient) -> int:
    """A customer and an application with its papers."""
    customer_id = int(new_customer(browser).location.rpartition("/")[2])
    offered = browser.get(f"/applications/new?customer={customer_id}")
    assert offered.status_code == 200, text(offered)
    page = text(offered)
    made = browser.post(
        "/applications/new", data={**hidden(page), "customer": customer_id, "product": "sole-trader-loan"}
    )
    assert made.status_code == 302, text(made)
    application_id = int(made.location.split("/")[-2])
    page = text(browser.get(made.location))
    for key in re.findall(r'name="material" value="(\w+)"', page):
        browser.post(
            f"/applications/{application_id}/papers",
            data={**hidden(page), "material": key, "file": (BytesIO(PDF), "资料.pdf")},
        )
    return application_id


def hand_in(browser: FlaskClient, application_id: int, **changes: Any) -> Any:
    page = text(browser.get(f"/applications/{application_id}/fill"))
    data = {**hidden(page), "_action": "submit", **ASKED, **changes}
    return browser.post(f"/applications/{application_id}/fill", data=data)


def test_only_products_for_the_customer_can_be_chosen_and_the_others_say_whom_they_are_for(
    manager: FlaskClient,
) -> None:
    customer_id = int(new_customer(manager).location.rpartition("/")[2])
    page = text(manager.get(f"/applications/new?customer={customer_id}"))
    choosable = set(re.findall(r'name="product" value="([\w-]+)"', page))
    assert {"sole-trader-loan", "startup-loan"} <= choosable
    assert not choosable & {"farmer-loan", "consumer-instalment", "sme-working-capital"}
    fold = page.partition("Not for this customer")[2]
    assert "Consumer instalment credit" in fold and "This product is for other customers: Private person." in fold


def test_a_customer_is_entered_shown_and_changed(manager: FlaskClient) -> None:
    made = new_customer(manager)
    assert made.status_code == 302
    page = text(manager.get(made.location))
    assert "秀珍早餐店" in page
    assert "330***********0033" in page and "330000198503140033" not in page
    for tab in ("applications", "loans", "papers", "history"):
        assert manager.get(f"{made.location}?tab={tab}").status_code == 200, tab
    edit = text(manager.get(f"{made.location}/edit"))
    saved = manager.post(
        f"{made.location}/edit", data={**hidden(edit), "_action": "submit", **TRADER, "customer.employees": "4"}
    )
    assert saved.status_code == 302
    stale = manager.post(
        f"{made.location}/edit", data={**hidden(edit), "_action": "submit", **TRADER, "customer.employees": "9"}
    )
    assert stale.status_code == 409


def test_mistakes_come_back_with_what_was_typed(manager: FlaskClient) -> None:
    answer = new_customer(manager, **{"customer.phone": "12", "customer.name": "<script>alert(1)</script>"})
    page = text(answer)
    assert answer.status_code == 422
    assert 'href="#f-customer.phone"' in page and 'id="f-customer.phone"' in page
    assert 'aria-invalid="true"' in page and 'aria-describedby="f-customer.phone-error"' in page
    assert "<script>alert(1)</script>" not in page and "&lt;script&gt;" in page


def test_somebody_alike_needs_a_second_look(manager: FlaskClient) -> None:
    new_customer(manager)
    other = {"customer.id_number": "330000198206060053"}
    answer = new_customer(manager, **other)
    assert answer.status_code == 422 and "_although_similar" in text(answer)
    assert new_customer(manager, **other, _although_similar="yes").status_code == 302


def test_every_button_works_without_script(manager: FlaskClient) -> None:
    application_id = begin(manager)
    url = f"/applications/{application_id}/fill"
    page = text(manager.get(url))
    marks = hidden(page)
    typed = {"application.guarantee_mode": "guarantee", "application.amount": "50000"}
    added = text(manager.post(url, data={**marks, **typed, "guarantors": "", "_action": "add:guarantors"}))
    assert 'name="guarantors.0.name"' in added and 'name="guarantors.0._was"' in added
    rows = {"guarantors": "0", "guarantors.0._was": "", "guarantors.0.name": "林国栋"}
    more = text(manager.post(url, data={**marks, **typed, **rows, "_action": "add:guarantors"}))
    assert 'name="guarantors.1.name"' in more and "林国栋" in more
    rows |= {"guarantors": "0,1", "guarantors.1._was": "", "guarantors.1.name": "另一人"}
    fewer = text(manager.post(url, data={**marks, **typed, **rows, "_action": "remove:guarantors.0"}))
    assert "另一人" in fewer and "林国栋" not in fewer and 'name="guarantors.1.name"' not in fewer
    again = text(manager.get(url))
    assert "另一人" in again, "the draft was kept on the way"
    left = manager.post(url, data={**marks, **typed, "_action": "leave"})
    assert left.status_code == 302


def test_htmx_gets_the_inside_alone_and_sees_the_schedule(manager: FlaskClient) -> None:
    application_id = begin(manager)
    url = f"/applications/{application_id}/fill"
    marks = hidden(text(manager.get(url)))
    part = text(
        manager.post(
            url,
            data={**marks, "_action": "refresh", "application.amount": "60000", "application.term_months": "12"},
            headers={"HX-Request": "true"},
        )
    )
    assert part.lstrip().startswith('<div class="fill-body" id="form-body">')
    assert "<html" not in part
    assert "preview-figures" in part and "60,000.00" in part


def test_two_pages_of_one_draft(manager: FlaskClient) -> None:
    application_id = begin(manager)
    url = f"/applications/{application_id}/fill"
    first, second = hidden(text(manager.get(url))), hidden(text(manager.get(url)))
    htmx = {"HX-Request": "true"}
    data = {"_action": "refresh", "application.amount": "1"}
    assert manager.post(url, data={**first, **data}, headers=htmx).status_code == 200
    refused = manager.post(url, data={**second, **data}, headers=htmx)
    assert refused.status_code == 409 and "form-body" in text(refused)
    assert manager.post(url, data={**first, **data}, headers=htmx).status_code == 200


def test_from_the_form_to_the_contract(manager: FlaskClient, person: Person, model_company: Context) -> None:
    application_id = begin(manager)
    done = hand_in(manager, application_id)
    assert done.status_code == 302, text(done)[:3000]
    for tab in ("form", "assessment", "flow", "papers", "contract", "history"):
        assert manager.get(f"/applications/{application_id}?tab={tab}").status_code == 200, tab
    judged = text(manager.get(f"/applications/{application_id}?tab=assessment"))
    assert "Resilience under stress" in judged and "tight: at least a fifth of the surplus is left" in judged
    assert "Withdraw" in text(manager.get(f"/applications/{application_id}"))
    seen = text(manager.get(f"/applications/{application_id}?tab=form"))
    assert "60,000.00" in seen and "林国栋" in seen
    assert manager.get(f"/applications/{application_id}/fill").status_code == 409, "no longer to be filled in"
    people = [
        person(role, unit=unit)
        for role, unit in (("risk-officer", "risk"), ("approver-1", "east-branch"), ("approver-2", "management"))
    ]
    for browser in people:
        item = open_item(model_company, application_id)
        if item is None:
            break
        page = text(browser.get(f"/applications/{application_id}"))
        assert f"/approvals/{item.id}" in page, "the one action offered"
        sheet = text(browser.get(f"/approvals/{item.id}"))
        version = re.search(r'name="version" value="(\d+)"', sheet)
        assert version
        data = {**hidden(sheet), "version": version[1], "decision": "approve", "opinion": "同意"}
        assert browser.post(f"/approvals/{item.id}/decide", data=data).status_code == 302
    page = text(manager.get(f"/applications/{application_id}?tab=contract"))
    prepare = re.search(r'action="(/sanctions/\d+/contract)"', page)
    assert prepare, page
    made = manager.post(prepare[1], data=hidden(page))
    again = manager.post(prepare[1], data=hidden(page))
    assert made.status_code == again.status_code == 302 and made.location == again.location
    contract = text(manager.get(made.location))
    assert "Guarantee contract" in contract and "/sign" not in contract
    link = re.search(r'href="(/documents/\d+\.docx)"', contract)
    assert link
    paper = manager.get(link[1])
    assert paper.status_code == 200 and paper.data.startswith(b"PK")
    signer = people[1]
    page = text(signer.get(made.location))
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    late = {**hidden(page), "version": version[1], "signed_on": "2030-01-01"}
    refused = signer.post(f"{made.location}/sign", data=late)
    assert refused.status_code == 422 and "day of signing" in text(refused)
    signed = signer.post(f"{made.location}/sign", data={**late, "signed_on": "2026-03-02"})
    assert signed.status_code == 302, text(signed)[:2000]
    assert "Signed" in text(signer.get(made.location))


def open_item(ctx: Context, application_id: int) -> Any:
    table = tables.work_item
    with ctx.transaction() as connection:
        return connection.execute(
            select(table).where(table.c.case_id.in_(ids_of("application", application_id)), table.c.status == "open")
        ).first()


def test_a_refusal_is_explained(manager: FlaskClient) -> None:
    application_id = begin(manager)
    done = hand_in(manager, application_id, **{"application.overdue_count": "9"})
    assert done.status_code == 302 and "tab=assessment" in done.location
    page = text(manager.get(done.location))
    assert "Refused" in page and "finding" in page


@pytest.mark.parametrize("role", ["auditor", "finance", "system-administrator"])
def test_other_roles_fill_in_nothing(manager: FlaskClient, person: Person, role: str) -> None:
    application_id = begin(manager)
    other = person(role, unit="head-office")
    for path in ("/customers/new", "/applications/new", f"/applications/{application_id}/fill"):
        assert other.get(path).status_code == 403, path
    page = other.get(f"/applications/{application_id}")
    assert page.status_code == (403 if role == "system-administrator" else 200)
    assert f"/applications/{application_id}/fill" not in text(page)
    csrf = {"csrf_token": other.csrf()}  # type: ignore[attr-defined]
    assert other.post(f"/applications/{application_id}/fill", data={**csrf, **ASKED}).status_code == 403
    assert other.post("/sanctions/1/contract", data=csrf).status_code == 403


def test_a_colleague_elsewhere_sees_nothing(manager: FlaskClient, person: Person) -> None:
    application_id = begin(manager)
    west = person("relationship-manager", unit="west-lending")
    assert west.get(f"/applications/{application_id}").status_code == 404
    assert west.get(f"/applications/{application_id}/fill").status_code == 404
    assert west.get("/uploads/1").status_code == 404


def test_files_that_lie_are_refused(manager: FlaskClient, model_company: Context) -> None:
    application_id = begin(manager)
    page = text(manager.get(f"/applications/{application_id}/fill"))
    key = re.findall(r'name="material" value="(\w+)"', page)[0]
    url = f"/applications/{application_id}/papers"
    lie = {**hidden(page), "material": key, "file": (BytesIO(b"MZ\x90"), "x.pdf")}
    assert manager.post(url, data=lie).status_code == 422
    elsewhere = {**hidden(page), "material": "no_such_item", "file": (BytesIO(PDF), "x.pdf")}
    assert manager.post(url, data=elsewhere).status_code == 422
    in_form = {**hidden(page), "_action": "submit", **ASKED, "application.bureau_report": (BytesIO(b"GIF89a"), "x.png")}
    answer = manager.post(f"/applications/{application_id}/fill", data=in_form)
    assert 'id="f-application.bureau_report-error"' in text(answer)
    with model_company.transaction() as connection:
        row = connection.execute(select(tables.application)).one()
    assert row.state == "draft"


def test_uploads_are_harmless_in_the_browser(manager: FlaskClient) -> None:
    application_id = begin(manager)
    page = text(manager.get(f"/applications/{application_id}?tab=papers"))
    link = re.search(r'href="(/uploads/\d+)"', page)
    assert link
    answer = manager.get(link[1])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''")
    assert answer.mimetype == "application/pdf"


def test_material_asked_for_is_told_supplied_and_comes_back(
    manager: FlaskClient, person: Person, model_company: Context
) -> None:
    application_id = begin(manager)
    assert hand_in(manager, application_id).status_code == 302
    risk, url = person("risk-officer", unit="risk"), f"/applications/{application_id}"
    item = open_item(model_company, application_id)
    sheet = text(risk.get(f"/approvals/{item.id}"))
    data = {**hidden(sheet), "version": item.version, "reason": "近三个月银行流水"}
    assert risk.post(f"/cases/items/{item.id}/ask_material", data=data).status_code == 302
    assert "近三个月银行流水" not in text(risk.get(url)), "asked of the makers alone"
    page = text(manager.get(f"{url}?tab=papers"))
    assert "Material is asked for" in page and "近三个月银行流水" in page and "/remove" not in page
    key = re.search(r'name="material" value="(\w+)"', page)[1]
    paper = {**hidden(page), "material": key, "file": (BytesIO(PDF), "bank.pdf")}
    assert manager.post(f"{url}/papers", data=paper).status_code == 302
    action, version = re.search(
        r'action="(/cases/items/\d+/resubmit)".*?name="version" value="(\d+)"', page, re.S
    ).groups()
    done = manager.post(action, data={**hidden(page), "version": version, "back": f"{url}?tab=flow"})
    assert done.status_code == 302 and done.location.startswith(url)
    assert "Material is asked for" not in text(manager.get(url)) and "bank.pdf" in text(
        manager.get(f"{url}?tab=papers")
    )
    assert manager.post(f"{url}/papers", data={**paper, "file": (BytesIO(PDF), "late.pdf")}).status_code == 409
    assert "Decide" in text(risk.get(f"/approvals/{item.id}"))
