"""What every page must look like, and pictures of pages where LOANLOOM_PICTURES names a folder for them."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

PICTURES = os.environ.get("LOANLOOM_PICTURES")


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, where asked to."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True, caret="initial")


def no_sideways(page: Page) -> None:
    """Nothing sticks out to the right."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
