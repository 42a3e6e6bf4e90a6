"""Finds a Chromium to drive: the one named in LOANLOOM_CHROMIUM, Playwright's own, or the system's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
VARIABLE = "LOANLOOM_CHROMIUM"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"]


def executable(own: str | None = None) -> str | None:
    """The path of a browser, or None; `own` is what Playwright would start by itself."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    if own and Path(own).exists():
        return own
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), None) or next(
        (place for place in PLACES if Path(place).exists()), None
    )
