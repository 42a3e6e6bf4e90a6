"""Drawn flows in a real browser: words stay in their boxes, the picture fits the page, and it works without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.looks import no_sideways, picture

FLOW = "/studio/flows/business-approval/"
STATED = "?starter=maker&fact.decision.outcome=refer&fact.application.amount=150000"
SHORT = "/studio/flows/consumer-approval/"
PLAYED = f"{SHORT}{STATED}&did=approve~review~risk~~16"

STICKING_OUT = """() => [...document.querySelectorAll('.flow-picture')]
  .filter((svg) => svg.getBoundingClientRect().width)
  .flatMap((svg) => [...svg.querySelectorAll('.flow-node')])
  .flatMap((node) => {
    const box = node.querySelector('.flow-box').getBBox();
    const right = box.x + box.width, bottom = box.y + box.height;
    return [...node.querySelectorAll('text')].filter((words) => {
      const at = words.getBBox();
      return at.x < box.x || at.x + at.width > right || at.y < box.y || at.y + at.height > bottom;
    }).map((words) => words.textContent);
  })"""
SHOWN = """() => [...document.querySelectorAll('.flow-frame')].map((frame) =>
  [...frame.querySelectorAll('.flow-picture')].filter((svg) => svg.getBoundingClientRect().width)
    .map((svg) => svg.classList.contains('is-across') ? 'across' : 'down'))"""


@pytest.fixture
def office(staff):
    staff("maker", "relationship-manager", unit="east")
    staff("risk", "risk-officer")
    staff("first", "approver-1", unit="east")
    staff("second", "approver-2")
    return staff("studio", "business-administrator")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, False), (1440, True)])
def test_words_stay_in_their_boxes_and_one_picture_shows(open_as, office, axe, language, width, dark) -> None:
    page = open_as(office, language=language, width=width, dark=dark)
    for name, address in (("flow", f"{SHORT}?step=review"), ("played", PLAYED)):
        page.goto(address)
        page.evaluate("document.fonts.ready")
        assert page.evaluate(STICKING_OUT) == []
        assert page.evaluate(SHOWN) == [["across" if width == 1440 else "down"]] * 2
        no_sideways(page)
        picture(page, f"flow-{name}-{language}-{width}{'-dark' if dark else ''}")
    if width == 390 or dark:
        assert axe(page) == []


def test_one_plays_with_the_keyboard_and_going_back_undoes(open_as, office) -> None:
    page = open_as(office, language="en")
    page.goto(f"{FLOW}{STATED}")
    page.locator(".flow-choice button[value=approve]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**did=approve*")
    assert "Approval, level 1" in page.locator(".flow-choice").first.inner_text()
    assert "16 working hours" in page.locator("#play").inner_text()
    page.locator(".flow-play-undo button").click()
    expect(page.locator("#play .figures")).to_contain_text("0 working hours")
    assert "did=" not in page.url


def test_it_is_all_there_without_script(open_as, office) -> None:
    page = open_as(office, language="en", script=False)
    page.goto(f"{SHORT}{STATED}")
    assert page.locator(".flow-picture.is-across .flow-node.is-current").count() == 1
    page.locator(".flow-choice button[value=approve]").first.click()
    assert "Ended: approved" in page.locator("#play").inner_text()
