"""Two pairs of hands for one and the same way through the screens: the mouse alone, the keyboard alone.

The mouse never presses Tab or Enter. The keyboard never clicks; what it goes to must be in the order of Tab, and must
show that it is there (`:focus-visible`). Words and numbers are typed by both.
"""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

_REACHED = """box => {
    box.focus();
    return document.activeElement === box && box.tabIndex >= 0 && box.matches(":focus-visible");
}"""


class Hand(Protocol):
    """What a hand does."""

    name: str

    def press(self, thing: Locator) -> None:
        """A link, a button, something that opens, a box to be ticked."""

    def put(self, thing: Locator, place: Locator) -> None:
        """Something of a palette onto a drawing or a form."""

    def write(self, box: Locator, words: str) -> None:
        """Words in the place of those that stand there."""

    def choose(self, select: Locator, value: str, words: str) -> None:
        """One of the things to choose from: a value, and what people read."""


def _is_searched(select: Locator) -> bool:
    return select.get_attribute("data-search-select") is not None


def _search_box(select: Locator) -> Locator:
    return select.page.locator(f"[id='{select.get_attribute('id')}-ts-control']")


class Mouse:
    """Clicks and drags."""

    name = "mouse"

    def press(self, thing: Locator) -> None:
        thing.click()

    def put(self, thing: Locator, place: Locator) -> None:
        thing.scroll_into_view_if_needed()
        page = thing.page
        page.mouse.move(*middle(thing))
        page.mouse.down()
        page.mouse.move(*middle(place), steps=6)
        page.mouse.up()

    def write(self, box: Locator, words: str) -> None:
        box.click(click_count=3)
        box.fill(words)

    def choose(self, select: Locator, value: str, words: str) -> None:
        if not _is_searched(select):
            select.select_option(value)
            return
        select.page.locator(".ts-control", has=_search_box(select)).click()
        select.page.locator(f".ts-dropdown:visible [data-value='{value}']").first.click()


class Keys:
    """Goes there by Tab, presses Enter, Space and letters."""

    name = "keyboard"

    def _go(self, thing: Locator) -> None:
        thing.wait_for(state="attached")
        if not thing.evaluate(_REACHED):
            raise AssertionError(f"cannot be reached by the keyboard: {thing}")

    def press(self, thing: Locator) -> None:
        self._go(thing)
        ticked = thing.evaluate("box => box.matches('input[type=checkbox], input[type=radio]')")
        thing.press("Space" if ticked else "Enter")  # goes there once more: a box left before may call the focus back

    def put(self, thing: Locator, place: Locator) -> None:
        expect(place).to_be_attached()
        self.press(thing)

    def write(self, box: Locator, words: str) -> None:
        self._go(box)
        box.page.keyboard.press("Control+A")
        box.page.keyboard.insert_text(words)

    def choose(self, select: Locator, value: str, words: str) -> None:
        if not _is_searched(select):
            self._go(select)
            select.page.keyboard.press("Home")
            for _ in range(select.locator("option").count()):
                if select.input_value() == value:
                    return
                select.page.keyboard.press("ArrowDown")
            raise AssertionError(f"{words} cannot be chosen by the keyboard")
        self._go(_search_box(select))
        select.page.keyboard.insert_text(words)
        select.page.keyboard.press("Enter")
        assert select.input_value() == value, f"{words} cannot be chosen by the keyboard"


def middle(thing: Locator) -> tuple[float, float]:
    """Where the middle of something is."""
    box = thing.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def seen(thing: Locator) -> None:
    """Wait until it is there. Looked for in every frame that is drawn, where `expect` looks again after a second."""
    thing.first.wait_for(state="attached")


def settled(page: Page) -> None:
    """Wait until what was asked for is in the page."""
    page.locator("form.htmx-request, .htmx-swapping, .htmx-settling").first.wait_for(state="detached")


def quiet(page: Page) -> None:
    """Wait for the check that goes on behind, too: before one goes to another page."""
    page.locator(".htmx-request, .htmx-swapping, .htmx-settling").first.wait_for(state="detached")
