"""Plain data on plain forms: the company's profile, questions in their order, banners with their days."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.web.pages import page

from loanloom.metadata.tree import read_tree
from loanloom.services.definitions.releases import drafts
from loanloom.services.reading import public_pages

from .test_studio import ADMIN, html, post

FAQ = "/studio/definitions/faq/borrowers/"


def spec(ctx, kind: str, key: str):
    return read_tree(drafts.text_of(ctx, kind, key)).value["spec"]


def filled(text: str) -> dict[str, str]:
    """What the form on a page would post as it stands."""
    form = text[text.index('class="plain-form"') : text.index("</form>", text.index('class="plain-form"'))]
    found = {}
    found |= dict(re.findall(r'<input class="form-control[^"]*"[^>]* name="(v:[^"]+)"[^>]*? value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]* name="(v:[^"]+)"[^>]*>([^<]*)</textarea>', form))
    return {**found, "version": re.search(r'name="version" value="(\d*)"', form)[1]}


def test_a_profile_opens_as_a_form_and_is_changed_at_once(person, model_company) -> None:
    admin = person(ADMIN, language="en")
    here = "/studio/definitions/company_profile/profile/"
    shown = page(admin, here)
    assert "Telephone for complaints" in shown and "As borrowers will see it" in shown
    answer = post(admin, f"{here}plain", **{
        "version": "", "v:/phone": "0570-1234567", "v:/slogan.zh": "新口号", "v:/slogan.en": "A new line",
        "v:/mail": "", "v:/introduction.zh": "第一段\r\n\r\n第二段：有冒号",
        "v:/introduction.en": "One\r\n\r\nTwo: a colon",
    })  # fmt: skip
    assert answer.status_code == 302
    said = spec(model_company, "company_profile", "profile")
    assert (said["phone"], said["slogan"]["zh"], "mail" in said) == ("0570-1234567", "新口号", False)
    assert said["introduction"]["en"] == "One\n\nTwo: a colon"
    assert '<p class="prose">Two: a colon</p>' in page(admin, here)
    assert drafts.text_of(model_company, "company_profile", "profile").startswith("# Invented")  # comments are kept


def test_what_does_not_fit_is_told_at_its_place_and_nothing_typed_is_lost(person, model_company) -> None:
    admin = person(ADMIN, language="en")
    here = "/studio/definitions/company_profile/profile/"
    answer = post(admin, f"{here}plain", **{
        "version": "", "v:/phone": "call me", "v:/introduction.en": "", "v:/introduction.zh": "",
        "v:/slogan.en": "Kept",
    })  # fmt: skip
    text = html(answer)
    assert answer.status_code == 422 and 'id="f-introduction-error"' in text and 'value="Kept"' in text
    answer = post(admin, f"{here}plain", **{"version": "", "v:/phone": "call me", "v:/slogan.en": "Kept"})
    text = html(answer)
    assert answer.status_code == 422 and 'id="f-phone-error"' in text and "digits, spaces and -" in text
    assert 'value="call me"' in text and 'value="Kept"' in text
    assert drafts.find(model_company, "company_profile", "profile") is None


def test_questions_are_added_ordered_and_taken_out_with_what_was_typed_meanwhile(person, model_company) -> None:
    admin = person(ADMIN, language="en")
    before = [one["key"] for one in spec(model_company, "faq", "borrowers")["questions"]]

    def act(what: str, **typed: str) -> None:
        answer = post(admin, f"{FAQ}plain", **filled(page(admin, FAQ)) | {"act": what} | typed)
        assert answer.status_code == 302, html(answer)[-1500:]

    act("add:/questions", **{"v:/questions/0/question.en": "How do I begin?"})
    now = spec(model_company, "faq", "borrowers")["questions"]
    assert [one["key"] for one in now] == [*before, "new"] and now[0]["question"]["en"] == "How do I begin?"
    last = len(before)
    act(f"up:/questions/{last}", **{f"v:/questions/{last}/question.zh": "夜里能还款吗？"})
    now = spec(model_company, "faq", "borrowers")["questions"]
    assert [one["key"] for one in now][-2:] == ["new", before[-1]] and now[-2]["question"]["zh"] == "夜里能还款吗？"
    act("remove:/questions/0")
    assert spec(model_company, "faq", "borrowers")["questions"][0]["key"] == before[1]
    post(admin, f"{FAQ}plain", **filled(page(admin, FAQ)) | {"v:/questions/0/hidden": "true"})
    assert spec(model_company, "faq", "borrowers")["questions"][0]["hidden"] is True
    preview = page(admin, FAQ).split('class="term-side"')[1]
    assert "How long does it take?" not in preview and "What does a loan cost?" in preview
    post(admin, f"{FAQ}plain", **filled(page(admin, FAQ)) | {"v:/questions/0/hidden": ""})
    assert "hidden" not in spec(model_company, "faq", "borrowers")["questions"][0]


def test_whoever_may_only_read_sees_it_closed(person) -> None:
    auditor = person("auditor", language="en")
    shown = page(auditor, FAQ)
    assert '<fieldset class="plain-all" disabled>' in shown and "Add: question" not in shown
    assert post(auditor, f"{FAQ}plain", version="").status_code == 403


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_settings_leads_everywhere(person, model_company, language) -> None:
    admin = person(ADMIN, language=language)
    text = page(admin, "/studio/settings/")
    listed = [one for menu in model_company.registry.all("menu") if menu.spec["door"] == "settings"
              for group in menu.spec["items"] for one in group["items"]]  # fmt: skip
    assert len(listed) >= 17
    for one in listed:
        url = one.get("url") or f"/records/{one['entity']}/"
        assert f'href="{url}"' in text and one["title"][language] in text
        page(admin, url)


def test_banners_keep_their_days(model_company) -> None:
    day = model_company.business_date
    every = public_pages.banners(model_company.registry, day)
    assert [one["key"] for one in every] == ["season", "no-fees", "early"]
    dated = [
        {"key": "past", "until": (day - timedelta(days=1)).isoformat()},
        {"key": "now", "from": day.isoformat(), "until": day.isoformat()},
        {"key": "later", "from": (day + timedelta(days=1)).isoformat()},
    ]
    document = replace(next(iter(model_company.registry.all("banners"))), spec={"banners": dated})
    assert [one["key"] for one in public_pages.shown_banners(document, day)] == ["now"]


ODD = (
    "\x00",
    "\ud7ff",
    "{",
    "'; drop table draft; --",
    "- a: [",
    "9" * 400,
    "１２",
    "<b>x</b>",
    "x" * 70_000,
    "&amp;\x1b",
)


def test_odd_posts_are_answered_with_words_and_keep_nothing_broken(person, model_company) -> None:
    admin = person(ADMIN, language="en")
    for act in ("add:", "add:/nowhere", "remove:/questions/99", "up:/questions/x", "remove:", "drop:/questions", "::"):
        assert post(admin, f"{FAQ}plain", version="", act=act).status_code in (302, 422), act
    for kind, key, place in (
        ("faq", "borrowers", "v:/questions/0/answer.en"), ("company_profile", "profile", "v:/founded_on"),
        ("banners", "portal", "v:/banners/0/look"), ("notification", "payment-due", "v:/days"),
    ):  # fmt: skip
        here = f"/studio/definitions/{kind}/{key}/"
        for odd in ODD:
            draft = drafts.find(model_company, kind, key)
            answer = post(admin, f"{here}plain", **{"version": draft.version if draft else "", place: odd})
            assert answer.status_code in (302, 400, 422), (place, odd[:20])
        page(admin, here)
    new = "/studio/new-product/like/sole-trader-loan/"
    for odd in ODD[:8]:
        assert post(admin, new, title_zh=odd, title_en="").status_code in (302, 400, 422), odd[:20]
    assert post(admin, "/studio/definitions/product/sole-trader-loan/plain", version="").status_code == 404
