"""Every kind can be begun on a screen: from its list to its editor, and every view of what was begun answers."""

from __future__ import annotations

import pytest
from tests.web.pages import page

from loanloom.services.definitions.releases.known import kinds
from loanloom.web.studio import editors

from .test_studio import ADMIN, html, post

HERE = "/studio/new/"


def test_every_list_leads_to_a_new_one_and_every_view_of_it_answers(person) -> None:
    admin = person(ADMIN, language="en")
    for kind in kinds():
        where = f"{HERE}{kind.key}/"
        assert f'href="{where}"' in page(admin, f"/studio/definitions/{kind.key}/"), kind.key
        answer = post(admin, where, title_zh="夜市", title_en="Night market", key="")
        assert answer.status_code == 302, (kind.key, html(answer))
        here = answer.location.partition("?")[0]
        for view in {one.key for one in editors.views_of(kind.key)} | {"sheet"}:
            assert "cannot be shown as a sheet" not in page(admin, f"{here}?view={view}"), (kind.key, view)


@pytest.mark.parametrize(
    ("kind", "view"), [("form", "design"), ("template", "words"), ("authority", "grid"), ("flow", "flow")]
)
def test_one_begins_in_the_editor_of_the_kind(person, kind, view) -> None:
    answer = post(person(ADMIN), f"{HERE}{kind}/", title_zh="夜市", title_en="")
    assert answer.location == f"/studio/definitions/{kind}/ye-shi/?view={view}"


def test_odd_posts_are_answered_with_words(person) -> None:
    admin = person(ADMIN, language="en")
    nameless = post(admin, f"{HERE}product/", title_zh=" ", title_en="")
    assert nameless.status_code == 422 and "Give it a name" in html(nameless)
    taken = post(admin, f"{HERE}product/", title_zh="<b>夜市", title_en="", key="sole-trader-loan")
    assert taken.status_code == 422 and "&lt;b&gt;夜市" in html(taken)
    assert post(admin, f"{HERE}nonsense/", title_zh="夜市").status_code == 404
    about_nothing = post(admin, f"{HERE}flow/", title_zh="夜市", subject="nonsense")
    assert about_nothing.status_code == 422 and "Choose what it is about" in html(about_nothing)


def test_whoever_may_only_read_begins_nothing(person) -> None:
    reader = person("auditor", language="en")
    assert reader.get(f"{HERE}product/").status_code == 403
    assert f'href="{HERE}product/"' not in page(reader, "/studio/definitions/product/")
