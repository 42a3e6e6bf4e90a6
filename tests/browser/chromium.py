"""How the Chromium of browser tests is started; which one it is, loanloom.testing.browser says."""

from __future__ import annotations

ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
