"""The Chromium that browser tests drive: the system's, looked for in the usual places."""

from __future__ import annotations

import shutil
from pathlib import Path

from loanloom.settings import load

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_chromium() -> str | None:
    """Its executable: LOANLOOM_CHROMIUM, else on the PATH, in the usual places, or the one Playwright brought."""
    given = load().chromium
    if given:
        return given
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    found = found or next((place for place in PLACES if Path(place).exists()), None)
    return found or _playwrights_own()


def _playwrights_own() -> str | None:
    caches = (Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright")
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*/Contents/MacOS/*")
    found = sorted(path for cache in caches for pattern in patterns for path in cache.glob(pattern))
    return str(found[-1]) if found else None
