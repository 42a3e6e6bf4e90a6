"""Users, roles and the audit log on screen."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from tests.web.conftest import PASSWORD, sign_in

from loanloom.services.access import roles, users
from loanloom.services.errors import Refused
from loanloom.services.running import founding
from loanloom.services.running.surroundings import context_of
from loanloom.store import tables

NEW = {
    "username": "zhang.san",
    "name": "张三（演示）",
    "email": "zhang@example.org",
    "password": "First-Password-1",
    "roles": ["finance"],
    "unit": "east-branch",
    "position": "",
}


@pytest.fixture
def admin(person):
    return person("system-administrator", "auditor")


def make(admin, **changes):
    return admin.post("/admin/users/new", data={**NEW, **changes, "csrf_token": admin.csrf()})


def test_a_new_user_signs_in_and_must_change_the_password(admin, app):
    answer = make(admin)
    assert answer.status_code == 302
    page = admin.get(answer.location).get_data(as_text=True)
    assert "张三（演示）" in page
    browser = app.test_client()
    assert sign_in(browser, "zhang.san", NEW["password"]).status_code == 302
    assert browser.get("/").location == "/account/password/"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": "a b"}, "The user name takes letters"),
        ({"email": "nowhere"}, "not an e-mail address"),
        ({"name": ""}, "Give the person"),
        ({"password": "short"}, "at least 10"),
        ({"roles": ["king"]}, "There is no role king"),
        ({"username": "test-1"}, "user name is taken"),
    ],
)
def test_mistakes_stand_beside_the_form_with_what_was_typed(admin, changes, words):
    answer = make(admin, **changes)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page.replace("&#39;", "'")
    assert f'value="{changes.get("email", "zhang@example.org")}"' in page


def test_a_stale_form_changes_nothing(admin, model_company):
    path = make(admin).location
    form = {"name": "张三", "email": NEW["email"], "roles": ["auditor"], "active": "yes", "csrf_token": admin.csrf()}
    assert admin.post(path, data={**form, "version": 1}).status_code == 302
    assert admin.post(path, data={**form, "version": 1, "roles": ["finance"]}).status_code == 409
    user = next(user for user in users.of_company(model_company) if user.username == "zhang.san")
    assert user.roles == ("auditor",)


def test_nobody_changes_their_own_roles(admin):
    path = f"/admin/users/{admin.user_id}"
    form = {"name": "Person 1", "email": "test-1@example.org", "active": "yes", "csrf_token": admin.csrf()}
    answer = admin.post(path, data={**form, "roles": ["finance", "system-administrator"]})
    assert answer.status_code == 422
    assert "your own roles" in answer.get_data(as_text=True)


def test_user_pages_need_the_function(person):
    assert person("business-administrator").get("/admin/users/").status_code == 403


def test_every_change_of_a_user_is_in_the_audit_with_before_and_after(admin, model_company):
    path = make(admin).location
    user_id = path.rsplit("/", 1)[1]
    form = {"name": "张四", "email": NEW["email"], "roles": ["auditor"], "active": "yes", "csrf_token": admin.csrf()}
    admin.post(path, data=form)
    listing = admin.get(f"/audit/?subject_kind=user&subject_id={user_id}").get_data(as_text=True)
    entries = re.findall(r'href="/audit/(\d+)"', listing)
    assert len(entries) == 4  # membership, creation, name, membership
    shown = "".join(admin.get(f"/audit/{entry}").get_data(as_text=True) for entry in entries)
    assert "张三（演示）" in shown
    assert "张四" in shown
    assert "127.0.0.1" in shown
    assert NEW["password"] not in shown


def test_the_audit_names_people_and_is_found_by_their_names(admin):
    make(admin)
    for asked in ("Person 1", "erson", "test-1"):
        listing = admin.get("/audit/", query_string={"actor": asked}).get_data(as_text=True)
        rows = listing[listing.index("<tbody") :]
        assert "Person 1" in rows and "test-1" in rows, asked
    entry = re.search(r'href="(/audit/\d+)"', rows)[1]
    assert "Person 1" in admin.get(entry).get_data(as_text=True)
    assert "the installation" in admin.get("/audit/?actor=installer").get_data(as_text=True)
    assert "Nothing fits" in admin.get("/audit/?actor=Person+2").get_data(as_text=True)


def test_the_audit_cannot_be_changed_even_by_the_working_role(model_company):
    with pytest.raises(Exception, match=r"permission denied|never changed"), model_company.transaction() as connection:
        connection.execute(tables.audit_log.update().values(actor="nobody"))


def test_the_role_page_shows_the_matrix(admin):
    page = admin.get("/admin/roles/").get_data(as_text=True)
    assert "Functions by role" in page
    assert "Pay out loans" in page


def test_role_documents_are_mirrored_with_their_holders(model_company):
    user_id = users.create(
        model_company, username="li", name="李", email="li@example.org", password=PASSWORD, roles=["finance"]
    )
    name = roles.role_name(model_company.company.key, "finance")
    with model_company.transaction() as connection:
        role = connection.execute(select(roles.role_table.c.id).where(roles.role_table.c.name == name)).scalar_one()
        link = roles.assoc_user_role.c
        held = connection.execute(select(link.user_id).where(link.role_id == role)).scalars().all()
    assert held == [user_id]


def test_an_administrator_has_no_hand_in_somebody_of_another_company(model_company, admin, app):
    founding.found(model_company.database, founding.Founding(key="elsewhere", name="Elsewhere"), now=model_company.now)
    there = context_of(model_company.database, "elsewhere")
    shared = users.create(
        model_company, username="shared", name="Shared", email="s@example.org", password=PASSWORD, roles=["auditor"]
    )
    users.create(there, username="shared", name="Shared", email="s@example.org", password=PASSWORD, exists_ok=True)
    answer = admin.post(
        f"/admin/users/{shared}/password", data={"password": "Stolen-1234567", "csrf_token": admin.csrf()}
    )
    assert answer.status_code == 422
    assert sign_in(app.test_client(), "shared").status_code == 302
    only_there = users.create(there, username="theirs", name="Theirs", email="t@example.org", password=PASSWORD)
    assert admin.get(f"/admin/users/{only_there}").status_code == 404
    with pytest.raises(Refused):
        users.create(there, username="shared", name="X", email="x@example.org", password=PASSWORD)


def test_nobody_sets_their_own_password_without_the_present_one(person):
    admin = person("system-administrator")
    form = {"password": "Another-long-one-1", "csrf_token": admin.csrf()}
    answer = admin.post(f"/admin/users/{admin.user_id}/password", data=form)
    assert answer.location == "/account/password/"
    assert admin.get("/account/").status_code == 200, "the session would have ended with a new password"
