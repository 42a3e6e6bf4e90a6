"""The view of a score card over real cases: bands with a histogram, the share in each, the grades that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext

from loanloom.engines.scoring.indicators import sound_indicators
from loanloom.metadata.document import Document
from loanloom.problems import say
from loanloom.services.context import Context
from loanloom.services.definitions import recent_cases, score_bands, spreads, working
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.spreads import Histogram
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.studio.editors.views import View

WIDE: Final = 720
HIGH: Final = 110
ROOM: Final = 44
"""What the name of a border needs."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A histogram as it is drawn: bars (x, y, width, height, from, to, count), and lines at the borders with whether
    there is room for their name.
    """

    bars: tuple[tuple[int, int, int, int, Decimal, Decimal, int], ...]
    borders: tuple[tuple[int, Decimal, bool], ...]
    wide: int = WIDE
    high: int = HIGH


def drawn(histogram: Histogram | None) -> Drawing | None:
    """A histogram as a picture of WIDE by HIGH."""
    if histogram is None:
        return None
    low, spread = histogram.low, histogram.high - histogram.low
    most = max(bar.count for bar in histogram.bars)

    def across(value: Decimal) -> int:
        return int((value - low) * WIDE / spread)

    bars = []
    for bar in histogram.bars:
        tall = max(bar.count * HIGH // most, 2 if bar.count else 0)
        left = across(bar.low)
        bars.append((left, HIGH - tall, max(across(bar.high) - left - 1, 1), tall, bar.low, bar.high, bar.count))
    lines, named = [], -ROOM
    for border in histogram.borders:
        at = across(border)
        has_room = at - named >= ROOM
        named = at if has_room else named
        lines.append((at, border, has_room))
    return Drawing(tuple(bars), tuple(lines))


def short_number(value: Decimal) -> str:
    """A number as it stands beside a picture: separators, and no more digits than say something."""
    if value == value.to_integral_value():
        return f"{value:,.0f}"
    digits = max(3 - value.adjusted(), 0) if value.adjusted() < 3 else 1
    rounded = round(value, min(digits, 6)).normalize()
    return f"{rounded:,f}"


def looked_back() -> int:
    """Over how many applications somebody wants to look back."""
    asked = request.values.get("last", type=int)
    return asked if asked in recent_cases.CHOICES else recent_cases.LAST


def parts_of(ctx: Context, page: Page, document: Document, typed: Mapping[str, str]) -> dict[str, Any]:
    """Everything that is shown of a card; `typed` is what was typed for one of its characteristics."""
    registry, last = working.registry_of(ctx), looked_back()
    cases = recent_cases.of_card(ctx, registry, (document, page.live), last)
    return {
        "characteristics": score_bands.characteristics(document, registry, cases),
        "totals": score_bands.totals(document, page.live, registry, cases),
        "cases": len(cases), "last": last, "last_choices": recent_cases.CHOICES, "drawn": drawn,
        "typed": typed, "typed_at": typed.get("place"),
        "sold": [one for one in registry.all("product") if one.spec.get("scorecard") == page.key],
    }  # fmt: skip


def _parts(page: Page) -> dict[str, Any]:
    assert page.shown is not None, "asked only where it can be read"
    return parts_of(current_context(), page, page.shown, request.form)


def _spread(page: Page) -> dict[str, Any]:
    """One indicator over real cases, and the cards that have bands or options for it."""
    ctx, last = current_context(), looked_back()
    registry = working.registry_of(ctx)
    cases = recent_cases.of_indicator(ctx, registry, page.key, last)
    known = sound_indicators(registry, None).by_key(page.key)
    cards = []
    for card in registry.all("scorecard"):
        of_it = (one for one in score_bands.characteristics(card, registry, cases) if one.indicator == page.key)
        cards += [(card, one) for one in of_it]
    return {
        "spread": spreads.spread(page.key, cases), "cards": cards, "cases": len(cases), "last": last,
        "last_choices": recent_cases.CHOICES, "drawn": drawn, "typed": {}, "typed_at": None,
        "words_of": lambda value: say(known.value_words(value), language()) if known else str(value),
    }  # fmt: skip


VIEW = View("bands", lazy_gettext("Bands over real cases"), _parts, "studio/editors/score_bands.html")
INDICATOR = View("spread", lazy_gettext("How it is spread"), _spread, "studio/editors/indicator_spread.html")
