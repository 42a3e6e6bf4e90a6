"""A definition of any kind can be begun from nothing: what comes of it has its kind's shape and a key of its own."""

from __future__ import annotations

import pytest

from loanloom.services.definitions import beginning, catalogue
from loanloom.services.definitions.beginning import Asked
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.errors import Refused


def test_every_kind_can_be_begun_and_is_readable(model_company) -> None:
    wrong = {}
    for kind in kinds():
        made = beginning.begin(model_company, kind.key, Asked(title={"zh": "夜市贷", "en": ""}))
        page = catalogue.page(model_company, kind.key, made.key)
        assert page.shown is not None, (kind.key, page.problems)
        faults = page.kind.compiled.faults(page.shown.spec)
        if faults or page.title.get("zh") != "夜市贷":
            wrong[kind.key] = faults
    assert wrong == {}


def test_a_key_is_made_of_the_name_and_is_free(model_company) -> None:
    first = beginning.begin(model_company, "product", Asked(title={"zh": "夜市贷"}))
    second = beginning.begin(model_company, "product", Asked(title={"zh": "夜市贷"}))
    assert (first.key, second.key) == ("ye-shi-dai", "ye-shi-dai-2")
    indicator = beginning.begin(model_company, "indicator", Asked(title={"zh": "夜市", "en": "9 to 5"}))
    assert indicator.key == "indicator_9_to_5", "a key begins with a letter"


@pytest.mark.parametrize(("title", "key"), [({"zh": " "}, "fine"), ({"zh": "好"}, "Not a key")])
def test_nameless_and_odd_keys_are_refused_with_words(model_company, title, key) -> None:
    with pytest.raises(Refused) as refused:
        beginning.begin(model_company, "product", Asked(title=title, key=key))
    assert refused.value.problems[0].message["zh"]
    assert drafts.listing(model_company) == ()


def test_a_new_form_asks_an_application_and_a_template_carries_its_name(model_company) -> None:
    form = beginning.begin(model_company, "form", Asked(title={"zh": "夜市贷申请表"}))
    page = catalogue.page(model_company, "form", form.key)
    assert page.shown is not None
    assert page.shown.spec["record"] == "application" and page.shown.spec["sections"][0]["fields"] == ()
    template = beginning.begin(model_company, "template", Asked(title={"zh": "夜市贷合同"}))
    shown = catalogue.page(model_company, "template", template.key).shown
    assert shown is not None and shown.spec["title"]["zh"] == shown.spec["blocks"][0]["heading"] == "夜市贷合同"


def test_a_new_product_is_numbered_and_booked_as_the_others_and_has_terms_of_its_own(model_company) -> None:
    made = beginning.begin(model_company, "product", Asked(title={"zh": "夜市贷"}))
    shown = catalogue.page(model_company, "product", made.key).shown
    assert shown is not None
    like = model_company.registry.require("product", "sole-trader-loan").spec
    for name in ("numbering", "posting_rules", "calendar", "rounding"):
        assert shown.spec[name] == like[name], name
    assert shown.spec["rate"] == {"fixed": 0} and "eligibility" not in shown.spec and "charges" not in shown.spec
    found = {problem.code for problem in catalogue.check(model_company, "product", made.key)}
    assert not {code for code in found if code.startswith("product.one_")}


def test_a_new_flow_and_a_new_form_are_about_what_was_chosen(model_company) -> None:
    title = {"zh": "押品出库", "en": ""}
    flow = beginning.begin(model_company, "flow", Asked(title=title, subject="request", record="title_release"))
    shown = catalogue.page(model_company, "flow", flow.key).shown
    assert shown is not None and (shown.spec["subject"], shown.spec["record"]) == ("request", "title_release")
    form = beginning.begin(model_company, "form", Asked(title=title, record="prospect"))
    shown = catalogue.page(model_company, "form", form.key).shown
    assert shown is not None and shown.spec["record"] == "prospect"
    for kind, asked in (("flow", Asked(title=title, subject="x")), ("form", Asked(title=title, record="x"))):
        with pytest.raises(Refused) as refused:
            beginning.begin(model_company, kind, asked)
        assert refused.value.problems[0].field in ("subject", "record")
