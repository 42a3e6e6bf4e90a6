"""Every route: marked, guarded, with CSRF and headers; errors are the house's own and say no secret."""

from __future__ import annotations

import re

import pytest

from loanloom.problems import Problem, text
from loanloom.services.access.functions import FUNCTIONS
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.web.security import access_for

PUBLIC = {
    "account.language",
    "account.sign_in",
    "assets.file",
    "health.show",
    "outside.answer",
    "outside.look",
    "public_pages.about",
    "public_pages.agreement",
    "public_pages.agreements",
    "public_pages.questions",
    "public_progress.ask",
    "public_progress.show",
    "ProgressApi.ask",
    "SecurityApi.login",
    "SecurityApi.refresh",
}
"""The routes anybody may open. A new one needs a reason beside it in the code, and its name here."""


def test_every_route_is_authenticated_or_listed_public(app):
    with app.app_context():
        marks = {rule.endpoint: access_for(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert [endpoint for endpoint, mark in marks.items() if mark is None] == []
    assert {endpoint for endpoint, mark in marks.items() if mark and mark.public} == PUBLIC


def test_every_function_a_route_asks_for_exists(app):
    with app.app_context():
        marks = [access_for(app, rule.endpoint) for rule in app.url_map.iter_rules()]
    assert {name for mark in marks if mark for name in mark.functions} - set(FUNCTIONS) == set()


def test_every_page_without_arguments_refuses_a_stranger(app, client):
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments and rule.endpoint not in PUBLIC:
            assert client.get(rule.rule).status_code in (302, 401), rule


def test_every_post_without_a_csrf_token_is_refused(app, person):
    browser = person("auditor")
    for rule in app.url_map.iter_rules():
        by_program = rule.endpoint.startswith(("SecurityApi", "ProgressApi"))
        if "POST" in rule.methods and not rule.arguments and not by_program:
            assert browser.post(rule.rule, data={}).status_code == 400, rule


def test_a_person_without_the_function_sees_the_houses_403(person):
    browser = person("relationship-manager", language="en")
    answer = browser.get("/audit/")
    assert answer.status_code == 403
    page = answer.get_data(as_text=True)
    assert "You may not do this: Read the audit log." in page, "the right by its name, not by its key"
    assert 'class="side"' in page


def test_404_belongs_to_the_house_and_speaks_both_languages(person):
    assert "This page does not exist" in person("auditor", language="en").get("/nowhere").get_data(as_text=True)
    assert "页面不存在" in person("auditor", language="zh").get("/nowhere").get_data(as_text=True)


def test_headers_forbid_foreign_and_inline_code(client):
    answer = client.get("/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


def test_pages_carry_no_inline_script_or_style(person):
    browser = person("system-administrator", "auditor", "business-administrator", "relationship-manager")
    for path in ("/", "/customers/", "/admin/users/", "/admin/roles/", "/audit/", "/reports/", "/account/"):
        page = browser.get(path).get_data(as_text=True)
        assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?! type=\"module\" src=)|hx-on|javascript:", page), path


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused(Problem(code="x.y", message=text("No.", "不行。"))), 422),
        (NotFound(), 404),
        (Forbidden(), 403),
        (Conflict(), 409),
    ],
)
def test_service_errors_become_page_part_or_json(app, person, monkeypatch, error, status):
    browser = person("auditor")

    def fail(*_args: object, **_kwargs: object) -> None:
        raise error

    monkeypatch.setattr("loanloom.services.reading.audit_log.search", fail)
    page = browser.get("/audit/")
    assert (page.status_code, page.mimetype) == (status, "text/html")
    part = browser.get("/audit/", headers={"HX-Request": "true"})
    assert part.status_code == status
    assert "<html" not in part.get_data(as_text=True)
    program = browser.get("/audit/", headers={"Accept": "application/json"})
    assert program.status_code == status
    assert program.json["problems"][0]["code"] == error.problems[0].code
    assert set(program.json["problems"][0]["message"]) == {"en", "zh"}


def test_a_defect_is_a_500_page_that_tells_nothing(model_database, model_company, monkeypatch):
    from loanloom.web.app import create_app

    app = create_app(model_database.database, secret_key="test")

    def fail(*_args: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("loanloom.web.workspace.account._page", fail)
    answer = app.test_client().get("/login/")
    assert answer.status_code == 500
    page = answer.get_data(as_text=True)
    assert "secret inside" not in page
    assert "Traceback" not in page
    assert answer.headers["X-Correlation-Id"] in page


RAISED = "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{}'; END $$"


@pytest.mark.parametrize(
    ("statements", "status", "words"),
    [
        (("SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(20)"), 503, "This took too long"),
        ((RAISED.format("40P01"),), 409, "Somebody else was faster"),
        ((RAISED.format("57P01"),), 503, "The system is not ready yet"),
    ],
)
def test_what_the_database_breaks_off_is_told_and_the_next_request_is_served(
    model_database, person, monkeypatch, statements, status, words
):
    from loanloom.web.app import create_app

    browser = person("auditor", language="en")
    app = create_app(model_database.database, secret_key=browser.application.secret_key)
    other = app.test_client()
    other.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    other.set_cookie("loanloom", browser.get_cookie("loanloom").value)

    def broken(ctx, *_args: object, **_kwargs: object) -> None:
        with ctx.transaction() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    with monkeypatch.context() as patched:
        patched.setattr("loanloom.services.reading.audit_log.search", broken)
        answer = other.get("/audit/")
    assert (answer.status_code, words in answer.get_data(as_text=True)) == (status, True)
    assert other.get("/audit/").status_code == 200


def test_healthz_says_whether_the_house_can_serve(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json["status"] == "ok"
    assert answer.json["migration"] == answer.json["migration_wanted"]


def test_without_a_database_the_answer_is_still_words(caplog):
    from loanloom.store.database import Database
    from loanloom.web.app import create_app

    app = create_app(Database("postgresql://nobody@127.0.0.1:1/nothing"), secret_key="test")
    client = app.test_client()
    with client.session_transaction() as session:
        session["user_id"] = 1
    answer = client.get("/audit/")
    assert answer.status_code == 503
    assert "系统正在准备中" in answer.get_data(as_text=True)
    assert "127.0.0.1:1" not in answer.get_data(as_text=True)
    health = client.get("/healthz")
    assert (health.status_code, health.json["database"]) == (503, "unreachable")
