"""Editors beside what is edited meet drafts that are broken: the reason is said, the page stays, nothing falls over."""

from __future__ import annotations

import pytest

from loanloom.services.definitions.releases import drafts

ADMIN = "business-administrator"
VIEWS = [
    ("product", "sole-trader-loan", "beside"),
    ("scorecard", "sole-trader", "bands"),
    ("indicator", "years_in_business", "spread"),
    ("template", "loan-note", "words"),
]
POSTS = [
    ("product", "sole-trader-loan", "trial", {"pointer": "/amount/min", "value": "1"}),
    ("scorecard", "sole-trader", "bands", {"place": "0", "border.0": "1"}),
    ("scorecard", "sole-trader", "bands/look", {"place": "0", "border.0": "1"}),
    ("template", "loan-note", "words", {"act": "remove:/blocks/0"}),
    ("template", "loan-note", "words/look", {"/blocks/0/heading": "x"}),
]


def broken(ctx, kind: str, key: str, how: str) -> None:
    source = drafts.text_of(ctx, kind, key)
    text = {
        "not yaml": source + "\n  - {: [",
        "no shape": source.partition("spec:")[0] + "spec: {surprise: [1, 2]}\n",
        "no references": source.replace("indicator: ", "indicator: no_such_").replace("customer.", "customer.no_"),
    }[how]
    drafts.save(ctx, kind, key, text, None)


@pytest.mark.parametrize("how", ["not yaml", "no shape", "no references"])
def test_views_and_posts_over_broken_drafts(model_company, person, how: str) -> None:
    browser = person(ADMIN)
    for kind, key, _ in VIEWS:
        broken(model_company, kind, key, how)
    for kind, key, view in VIEWS:
        page = browser.get(f"/studio/definitions/{kind}/{key}/?view={view}")
        assert page.status_code == 200, (kind, how)
        if how != "no references":
            assert "cannot be shown as a sheet yet" in page.get_data(as_text=True)
    for kind, key, path, fields in POSTS:
        sent = {"csrf_token": browser.csrf(), "version": "1", **fields}
        answer = browser.post(f"/studio/definitions/{kind}/{key}/{path}", data=sent)
        assert answer.status_code in (200, 204, 302, 409, 422), (kind, path, how)
