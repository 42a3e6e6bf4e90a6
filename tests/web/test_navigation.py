"""The menus of the model company: every entry opens for whoever may see it, and nobody sees more than they may open."""

from __future__ import annotations

import re

import pytest

ROLES = (
    "system-administrator",
    "business-administrator",
    "relationship-manager",
    "risk-officer",
    "approver-1",
    "approver-2",
    "finance",
    "auditor",
)


@pytest.mark.parametrize("role", ROLES)
def test_every_entry_of_the_menu_opens(person, role):
    browser = person(role)
    pages = ["/"]
    if 'href="/studio/"' in browser.get("/").get_data(as_text=True):
        pages.append("/studio/")
    for page in pages:
        menu = browser.get(page).get_data(as_text=True).split('class="side-nav"')[1].split("</nav>")[0]
        urls = re.findall(r'<a href="([^"]+)"', menu)
        assert urls
        for url in urls:
            assert browser.get(url).status_code == 200, (role, url)


def test_the_entry_of_the_page_is_marked(person):
    page = person("auditor").get("/reports/").get_data(as_text=True)
    assert re.search(r'href="/reports/" aria-current="page"', page)


ENTRIES = {
    "/studio/": "/studio/",
    "/studio/settings/": "/studio/settings/",
    "/studio/flows/business-approval/": "/studio/definitions/flow/",
    "/studio/definitions/agreement/privacy/": "/studio/settings/",
    "/studio/definitions/faq/": "/studio/settings/",
    "/studio/definitions/product/": "/studio/definitions/product/",
    "/studio/new/flow/": "/studio/definitions/flow/",
    "/studio/new/agreement/": "/studio/settings/",
    "/studio/definitions/role/borrower/": "/studio/",
}


def test_what_the_page_of_settings_leads_to_is_marked_as_settings(person):
    browser = person("business-administrator")
    for url, entry in ENTRIES.items():
        menu = browser.get(url).get_data(as_text=True).split('class="side-nav"')[1].split("</nav>")[0]
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', menu) == [entry], url
