"""What axe-core finds wrong with a page for people who see, hear or move otherwise."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "platform/loanloom/web/frontend/node_modules/axe-core/axe.min.js"


def serious(page: Page, part: str | None = None) -> list[str]:
    """What it finds serious or critical on this page, or in the part of it that a selector names, one line each."""
    page.evaluate(SOURCE.read_text(encoding="utf-8"))
    found = page.evaluate("part => axe.run(part ?? document, {resultTypes: ['violations']})", part)
    return [
        f"{violation['id']} ({violation['impact']}): {violation['nodes'][0]['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
