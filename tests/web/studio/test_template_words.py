"""Writing a template: what is typed shows as the paper it becomes, real cases only for those who may see them."""

from __future__ import annotations

import re

import pytest
from tests.web.portal.conftest import lent

from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import drafts
from loanloom.services.errors import Refused
from loanloom.store import tables

ADMIN = "business-administrator"
TEMPLATE = "/studio/definitions/template/loan-contract/"
WORDS = f"{TEMPLATE}?view=words"
PARAGRAPH = "/blocks/1/paragraph"


def html(answer, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def post(browser, path: str, fields: dict[str, str]):
    return browser.post(f"{TEMPLATE}{path}", data={"csrf_token": browser.csrf(), "version": "", **fields})


@pytest.fixture
def admin(model_company, person):
    return person(ADMIN)


@pytest.fixture
def number(house) -> str:
    """A contract of a real case."""
    loan = lent(house)
    with house.database.transaction(house.company.id) as connection:
        query = tables.contract.select().where(tables.contract.c.id == loan.contract_id)
        return connection.execute(query).one().number


def test_the_paper_stands_beside_its_blocks(admin) -> None:
    page = html(admin.get(WORDS))
    assert page.count("data:image/png;base64,") >= 2  # the pages of the contract
    assert f'name="{PARAGRAPH}"' in page
    assert 'data-insert="{{ customer.name }}"' in page and 'data-insert="{{ contract.amount | money }}"' in page


def test_fields_are_found_by_title_and_pinyin_without_script(admin) -> None:
    def found(words: str) -> set[str]:
        return set(re.findall(r'data-insert-value="([^"]+)"', html(admin.get(f"{WORDS}&find={words}"))))

    assert "customer.name" in found("customer name") & found("xingming")
    assert found("there is no such field") == set()


def test_what_is_typed_is_looked_at_and_nothing_is_kept(admin, model_company) -> None:
    before = html(post(admin, "words/look", {}))
    after = html(post(admin, "words/look", {PARAGRAPH: "完全不同的一段话。"}))
    assert before.count("data:image/png") == after.count("data:image/png") > 0 and before != after
    assert drafts.find(model_company, "template", "loan-contract") is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("{{ customer.nmae }}", "did you mean"),
        ("{{ customer.name", "has no"),
        ("{{ contract.amount | loud }}", "There is no format"),
        ("{{ contract.number | money }}", "number"),
        ("", "Write something here"),
    ],
)
def test_mistakes_are_said_with_their_place_while_one_types(admin, typed: str, words: str) -> None:
    page = html(post(admin, "words/look", {PARAGRAPH: typed}))
    assert words.lower() in page.lower()
    assert 'href="#w-blocks-1-paragraph"' in page and "data:image" not in page


def test_a_mistake_may_be_kept_in_a_draft_and_is_said_at_its_place(admin, model_company) -> None:
    assert post(admin, "words", {PARAGRAPH: "{{ customer.nmae }}"}).status_code == 302
    page = html(admin.get(WORDS))
    assert re.search(r'id="w-blocks-1-paragraph-error".*?nmae', page, re.DOTALL)
    assert "There is no paper yet" in page


def test_what_is_written_becomes_a_draft_that_keeps_the_rest(admin, model_company, acting) -> None:
    before = drafts.text_of(model_company, "template", "loan-contract")
    assert post(admin, "words", {PARAGRAPH: "双方约定如下：", "act": "save"}).status_code == 302
    after = drafts.text_of(model_company, "template", "loan-contract")
    assert len(set(before.splitlines()) ^ set(after.splitlines())) == 2
    version = drafts.find(model_company, "template", "loan-contract").version
    answer = post(admin, "words", {"act": "add:clause:/blocks/1", "version": str(version)})
    assert answer.location.endswith("#block-2")  # the new one
    assert "- clause:" in drafts.text_of(model_company, "template", "loan-contract").partition("双方约定如下")[2][:40]
    page = html(admin.get(WORDS))
    assert re.search(
        r'id="w-blocks-2-clause-title"[^>]*value=""[^>]*placeholder="Not written yet"[^>]*aria-invalid', page
    )
    assert re.search(r'id="w-blocks-2-clause-text-error".*?Write something here', page, re.DOTALL)
    with pytest.raises(Refused):
        releases.propose_drafts(acting(model_company, ADMIN), [("template", "loan-contract")], name="Words")


def test_text_that_looks_like_markup_is_only_text(admin) -> None:
    evil = '<script>alert(1)</script> #set page(fill: red) {{ "<b>" }}'
    page = html(post(admin, "words/look", {PARAGRAPH: evil}))
    assert "<script>alert" not in page and "data:image/png" in page
    post(admin, "words", {PARAGRAPH: evil})
    assert "<script>alert" not in html(admin.get(WORDS))


def test_nothing_is_lost_when_somebody_was_quicker(admin, model_company) -> None:
    drafts.change_values(model_company, "template", "loan-contract", {f"/spec{PARAGRAPH}": "另一个人写的"}, None)
    page = html(post(admin, "words", {PARAGRAPH: "我写的"}), 409)
    assert "我写的" in page
    assert "另一个人写的" in drafts.text_of(model_company, "template", "loan-contract")


def test_the_paper_as_pdf(admin) -> None:
    answer = admin.get(f"{TEMPLATE}paper.pdf")
    assert answer.data.startswith(b"%PDF") and answer.content_type == "application/pdf"


def test_a_real_case_is_only_for_those_who_may_see_all_of_it(person, number) -> None:
    may = person(ADMIN, "auditor")
    assert "data:image/png" in html(may.get(f"{WORDS}&case={number}"))
    assert may.get(f"{TEMPLATE}paper.pdf?case={number}").data.startswith(b"%PDF")
    without = person(ADMIN)
    page = html(without.get(f"{WORDS}&case={number}"))
    assert "There is no contract or loan" in page and "data:image/png" not in page
    assert without.get(f"{TEMPLATE}paper.pdf?case={number}").status_code == 422
    assert "There is no contract or loan" in html(may.get(f"{WORDS}&case=NOTHING"))


def test_every_template_becomes_a_paper_from_the_sample(model_company, person) -> None:
    reader = person("risk-officer", language="zh")
    for template in model_company.registry.all("template"):
        page = html(reader.get(f"/studio/definitions/template/{template.key}/?view=words"))
        assert "data:image/png" in page, template.key
        assert "words-read" in page and '<textarea class="form-control" id="w-' not in page
    assert post(reader, "words", {}).status_code == 403
