"""How an application stands, asked without log-in: told to whoever knows number and proof, to nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.services.origination.conftest import ASKED, TRADER, hand_in_papers
from tests.web.conftest import token
from tests.web.pages import page

from loanloom.services.access import sign_in_guard
from loanloom.services.origination import applications, submissions
from loanloom.services.parties import customers
from loanloom.store import tables

PROOF = str(TRADER["customer.id_number"])[-6:]
API = "/api/v1/progress/"


@pytest.fixture
def number(model_company: Any, acting: Any) -> str:
    """An application on its way; its number."""
    ctx = acting(model_company, "relationship-manager", unit="east-lending")
    made = applications.begin(ctx, "sole-trader-loan", customers.create(ctx, TRADER, although_similar=True))
    hand_in_papers(ctx, made)
    with ctx.transaction() as connection:
        version = int(applications.read(ctx, connection, made).version)
    submissions.submit(ctx, made, ASKED, version=version, idempotency_key="on-its-way")
    with ctx.transaction() as connection:
        return str(applications.read(ctx, connection, made).number)


@pytest.fixture
def browser(client: Any) -> Any:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def ask(browser: Any, number: str, proof: str, **more: str) -> Any:
    given = {"csrf_token": token(browser, "/progress/"), "number": number, "proof": proof, **more}
    return browser.post("/progress/", data=given)


def words(answer: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True)))


def test_whoever_knows_both_learns_the_stage_and_no_names(browser, number, model_company):
    answer = ask(browser, f" {number.lower()} ", PROOF.lower())
    assert answer.status_code == 200
    said = words(answer)
    assert number in said and "Being looked at" in said and "It is at:" in said
    with model_company.transaction() as connection:
        people = connection.execute(tables.customer.select()).all()
        items = connection.execute(tables.work_item.select().where(tables.work_item.c.status == "open")).all()
    assert any(item.title["en"] in said for item in items)
    for secret in (*(one.name for one in people), "Person", "100,000", "100000", PROOF):
        assert secret not in said


def test_a_wrong_number_and_a_wrong_proof_are_one_answer(browser, number):
    answers = [
        ask(browser, *one) for one in ((number, "000000"), ("A-0", PROOF), ("", ""), (number, ""), ("x" * 999, "y"))
    ]
    assert {one.status_code for one in answers} == {404}
    assert len({words(one) for one in answers}) == 1


def test_guessing_is_slowed_down_for_numbers_there_are_and_there_are_not(browser, number):
    for wanted in (number, "A-99999999"):
        seen = [ask(browser, wanted, f"{guess:06}").status_code for guess in range(sign_in_guard.BY_NAME.failures + 1)]
        assert seen == [404] * sign_in_guard.BY_NAME.failures + [429]
    assert ask(browser, number, PROOF).status_code == 429


def test_one_number_is_one_however_it_is_spelt(browser, number):
    letters = [place for place, one in enumerate(number) if one.isalpha()]
    spelt = [number[:place] + number[place].lower() + number[place + 1 :] for place in letters]
    spelt += [number.replace("S", "ſ").replace("I", "ı")]  # letters of which the capitals are those of others
    tried = [(spelt * 9)[guess] for guess in range(sign_in_guard.BY_NAME.failures)]
    assert letters and {ask(browser, one, "000000").status_code for one in tried} == {404}
    assert ask(browser, number, PROOF).status_code == 429


def test_guessing_over_many_numbers_is_slowed_down_by_address(browser, number):
    given = {"csrf_token": token(browser, "/progress/"), "proof": PROOF}
    for place in range(sign_in_guard.BY_ADDRESS.failures):
        assert browser.post("/progress/", data={**given, "number": f"N{place}"}).status_code == 404
    assert browser.post("/progress/", data={**given, "number": number}).status_code == 429


def test_log_ins_and_questions_are_counted_apart(browser, number, person):
    for guess in range(sign_in_guard.BY_NAME.failures):
        ask(browser, number, f"{guess:06}")
    assert page(person("auditor"), "/audit/")


def test_a_customer_without_an_identity_number_cannot_be_asked_for(browser, number, model_company):
    with model_company.transaction() as connection:
        connection.execute(tables.customer.update().values(id_number_cipher=None, id_number_hash=None))
    for proof in ("", "\x01", "000000", PROOF):
        assert ask(browser, number, proof).status_code == 404


def test_it_speaks_chinese(client, number):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    assert "申请进度查询" in page(client, "/progress/")
    assert "当前环节" in words(ask(client, number, PROOF))


def test_programs_ask_too(browser, number):
    answer = browser.post(API, json={"number": number, "proof": PROOF})
    assert answer.status_code == 200
    assert (answer.json["number"], answer.json["stage"], answer.json["words"]) == (
        number,
        "submitted",
        "Being looked at",
    )
    assert answer.json["at"] and set(answer.json["at"][0]) == {"en", "zh"}
    assert answer.json["steps"][0]["title"] == "Application handed in"
    wrong = [browser.post(API, json=one) for one in ({"number": number, "proof": "1"}, {"number": "x", "proof": PROOF})]
    assert {one.status_code for one in wrong} == {404}
    assert {one.json["problems"][0]["code"] for one in wrong} == {"progress.unknown"}
    assert browser.post(API, json={"number": 1, "proof": []}).status_code == 422
    for _ in range(sign_in_guard.BY_NAME.failures):
        last = browser.post(API, json={"number": number, "proof": "1"})
    last = browser.post(API, json={"number": number, "proof": PROOF})
    assert last.status_code == 429 and int(last.headers["Retry-After"]) > 0
