"""A real Chromium on the real application over a real database with the model company.

Without a Chromium these tests do not run, and the end of the run says so loudly; LOANLOOM_REQUIRE_BROWSER=1 makes that
a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from tests.browser.axe import SOURCE, serious
from tests.browser.chromium import ARGUMENTS
from tests.browser.server import serving
from tests.web.conftest import house
from tests.web.people import PASSWORD, application, signs_in

from loanloom.services.context import Context
from loanloom.settings import load
from loanloom.testing.browser import find_chromium
from loanloom.testing.postgres import TestDatabase

__all__ = ["PASSWORD", "house"]
MISSING = "NO CHROMIUM FOUND: the browser tests did NOT run (install one, or name it in LOANLOOM_CHROMIUM)"
ROOT = Path(__file__).parents[2]
UNBUILT = "THE FRONT END IS NOT BUILT: the browser tests did NOT run (make setup builds it)"
MANIFEST = ROOT / "platform/loanloom/web/static/dist/manifest.json"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


def _cannot(reason: str) -> None:
    if load().require_browser:
        pytest.fail(reason)
    pytest.skip(reason)


expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run."""
    with sync_playwright() as playwright:
        path = find_chromium()
        if path is None:
            _cannot(MISSING)
        if not MANIFEST.exists():
            _cannot(UNBUILT)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live_app(model_database: TestDatabase) -> Flask:
    """The application the browser sees."""
    return application(model_database.database)


@pytest.fixture(scope="session")
def address(live_app: Flask) -> Iterator[str]:
    """Where it answers."""
    with serving(live_app) as found:
        yield found


@pytest.fixture
def staff(model_company: Context) -> Callable[..., str]:
    """`staff("wang", "finance")`: a user with these roles; the user name back. The password is PASSWORD."""

    def make(username: str, *roles: str, unit: str = "head-office", name: str | None = None) -> str:
        signs_in(model_company, username, name=name or f"{username}（演示）", roles=roles, unit=unit)
        return username

    return make


Open = Callable[..., Page]


@pytest.fixture
def open_as(chromium: Browser, address: str) -> Iterator[Open]:
    """`open_as("wang")`: a page of a fresh browser, signed in. Errors in the console or in scripts fail the test."""
    contexts, faults = [], []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            faults.append(message.text)

    def make(
        username: str | None, *, language: str = "zh", width: int = 1440, dark: bool = False, script: bool = True
    ) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": 900},
            locale="zh-CN" if language == "zh" else "en-GB",
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)  # how long to wait on a busy machine, not how fast a page is
        page.on("console", heard)
        page.on("pageerror", lambda error: faults.append(str(error)))
        if username:
            sign_in(page, username)
        return page

    yield make
    told = list(faults)  # a request that closing cuts off is no fault of the page
    for context in contexts:
        context.close()
    assert told == []


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Through the log-in page, as people do."""
    page.goto("/login/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.locator("form.door-card button[type=submit]").click()
    page.wait_for_url(lambda url: "/login/" not in url)


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe-core finds serious or critical on a page, one line each."""
    if not SOURCE.exists():
        _cannot("AXE-CORE IS NOT INSTALLED: the accessibility checks did NOT run (npm install in web/frontend)")
    return serious
