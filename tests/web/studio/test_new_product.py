"""A new product from a similar one, by plain posts: a name, what differs, the check, up for review."""

from __future__ import annotations

import re
from decimal import Decimal

from tests.web.pages import page

from loanloom.metadata.tree import read_tree
from loanloom.services.definitions.releases import drafts

from .test_studio import ADMIN, html, post

HERE = "/studio/new-product/"


def test_four_pages_lead_to_a_proposal(person, model_company) -> None:
    admin = person(ADMIN, language="en")
    chosen = page(admin, HERE)
    assert 'href="/studio/new-product/like/sole-trader-loan/"' in chosen and "5,000.00 – 300,000.00" in chosen
    assert "12.00% – 15.60% a year" in chosen and "0.60%" not in chosen, "rates are those of a year"
    assert "Sole-trader" not in page(admin, f"{HERE}?q=farmer")
    answer = post(admin, f"{HERE}like/sole-trader-loan/", title_zh="亮灯贷", title_en="")
    assert answer.location == "/studio/new-product/liang-deng-dai/terms?like=sole-trader-loan"
    shown = page(admin, answer.location)
    assert 'name="v:/amount/max"' in shown and "Repayment schedule" in shown and 'name="v:/scorecard"' not in shown
    typed = {"v:/amount/max": "200,000", "v:/rate/by_grade/A": "11", "version": "1", "like": "sole-trader-loan"}
    trial = html(post(admin, f"{HERE}liang-deng-dai/trial", **typed, amount="100000", term="12", grade="A"))
    assert "11.00%" in trial and 'id="trial"' in trial
    spec = read_tree(drafts.text_of(model_company, "product", "liang-deng-dai")).value["spec"]
    assert spec["amount"]["max"] == 300000, "trying keeps nothing"
    answer = post(admin, f"{HERE}liang-deng-dai/terms", **typed)
    assert answer.location == "/studio/new-product/liang-deng-dai/review?like=sole-trader-loan"
    spec = read_tree(drafts.text_of(model_company, "product", "liang-deng-dai")).value["spec"]
    assert spec["amount"]["max"] == 200000 and spec["rate"]["by_grade"]["A"] == Decimal("0.11")
    review = page(admin, answer.location)
    assert "300,000" in review and "200,000" in review and "Everything fits together." in review
    answer = post(admin, "/studio/changes/new", definition="product/liang-deng-dai", name="New", note="")
    assert answer.status_code == 302 and "/studio/changes/" in answer.location
    form = page(admin, answer.location)
    assert "Sole-trader business loan" not in form, "the new one is called by its own name in either language"
    assert "“亮灯贷”" not in form and "&#34;亮灯贷&#34; is new: nothing runs under it yet." in form
    assert re.search(r'class="cell-words "[^>]*>Amount applied for is more than', form), "a sentence is no formula"


def test_what_does_not_fit_stays_typed_and_says_why(person, model_company) -> None:
    admin = person(ADMIN, language="en")
    answer = post(admin, f"{HERE}like/sole-trader-loan/", title_zh=" ", title_en="")
    assert answer.status_code == 422 and "Give the product a name." in html(answer)
    answer = post(admin, f"{HERE}like/sole-trader-loan/", title_en="Night Loan", key="Night Loan")
    assert answer.status_code == 422 and "cannot be a key" in html(answer)
    post(admin, f"{HERE}like/sole-trader-loan/", title_en="Night Loan")
    assert post(admin, f"{HERE}like/sole-trader-loan/", title_en="Night Loan").location.startswith(
        f"{HERE}night-loan-2/"
    )
    wrong = {"v:/amount/max": "a lot", "v:/term/max": "18", "version": "1"}
    answer = post(admin, f"{HERE}night-loan/terms", **wrong)
    text = html(answer)
    assert answer.status_code == 422 and 'id="f-amount-max-error"' in text and 'value="a lot"' in text
    assert 'value="18"' in text
    assert "is not a number" in html(post(admin, f"{HERE}night-loan/trial", **wrong))
    post(admin, f"{HERE}night-loan/terms", **{"v:/amount/max": "100", "version": "1", "like": ""})
    assert "Mend this first:" in page(admin, f"{HERE}night-loan/review")
    begun = page(admin, HERE)
    assert "night-loan" in begun and "Night Loan" in begun, "what was begun is gone on with, by its name"
    for place in ("/studio/", "/studio/changes/"):
        assert "Product · Night Loan" in page(admin, place), "a draft is called what people call it"


def test_nobody_begins_a_product_who_may_not(person) -> None:
    auditor = person("auditor", language="en")
    page(auditor, HERE, 403)
    page(person(ADMIN, language="en"), f"{HERE}sole-trader-loan/terms", 404)  # live, not begun here
