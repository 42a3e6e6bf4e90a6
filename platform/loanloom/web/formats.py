"""How values look on screen: amounts, dates, rates, states. Filters of every template; they round nothing silently.

Amounts keep the digits they were stored with; rates are yearly fractions shown as percentages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g

from loanloom.core.lending.agreed.charges import Subsidy
from loanloom.engines import products
from loanloom.engines.products.wording import COUNTS
from loanloom.problems import Text, say, text
from loanloom.services.money.page import event_words
from loanloom.services.scope import units_of
from loanloom.web.flow_states import STEPS
from loanloom.web.language import language
from loanloom.web.states import ACTIONS, RECORDS, STATES, Shown


def money(value: Decimal | int | None, digits: int = 2) -> str:
    """1234.5 -> "1,234.50"; more digits than asked are shown, never cut."""
    if value is None:
        return ""
    amount = Decimal(value)
    kept = max(digits, -int(amount.normalize().as_tuple().exponent)) if amount else digits
    return f"{amount:,.{kept}f}"


def number(value: Any) -> str:
    """Separators and the digits it has."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return str(value)


def percent(value: Decimal | int | None, digits: int | None = None) -> str:
    """0.0725 -> "7.25%"; without `digits` as many as needed, at least two."""
    if value is None:
        return ""
    scaled = Decimal(value) * 100
    kept = digits if digits is not None else max(2, -int(scaled.normalize().as_tuple().exponent))
    return f"{scaled:,.{kept}f}%"


def day(value: date | None) -> str:
    """A date as people here write it: 2026-01-31 in Chinese, 31 Jan 2026 in English."""
    if value is None:
        return ""
    if language() == "zh":
        return value.strftime("%Y-%m-%d")
    return f"{value.day} {value.strftime('%b')} {value.year}"


def moment(value: datetime | None) -> str:
    """An instant in the company's time zone."""
    if value is None:
        return ""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    context = g.get("context")
    local = aware.astimezone(ZoneInfo(context.company.time_zone if context else "Asia/Shanghai"))
    return f"{day(local.date())} {local:%H:%M}"


def state_words(value: str | None) -> Mapping[str, str]:
    """Words and tone of a record's state; an unknown state shows itself."""
    shown = STATES.get(value or "", Shown({"en": value or "", "zh": value or ""}, ""))
    return {"words": say(shown.words, language()), "tone": shown.tone}


def spoken(value: Text | str | None) -> str:
    """A text of metadata, a service or a problem in the language of the request."""
    return say(value, language())


SCOPES: Mapping[str, Text] = {
    "own": text("Own cases", "本人"),
    "department": text("The department's", "本部门"),
    "branch": text("The branch's", "本机构"),
    "all": text("The whole company", "全公司"),
}


def first_sentence(words: str) -> str:
    """Enough of a text to tell what a thing is; the rest is for those who open it."""
    return re.split(r"(?<=。)|(?<=\.)\s", words, maxsplit=1)[0]


def unit_title(key: str | None) -> str:
    """The name of a branch or department."""
    context = g.get("context")
    unit = units_of(context).get(key or "") if context else None
    return say(unit["title"], language()) if unit else key or ""


def title_of(key: str | None, kind: str) -> str:
    """The title of a live document, such as a product or a role; the key where there is none."""
    context = g.get("context")
    return context.registry.label(kind, key, language()) if context and key else key or ""


def code(key: Any, code_list: str) -> str:
    """The label of a code."""
    context = g.get("context")
    return context.registry.code_title(code_list, key, language()) if context and key is not None else key or ""


def day_count(key: str) -> str:
    """How the days of a loan are counted, in words."""
    return say(COUNTS.get(key, key), language())


def subsidy_words(shares: Sequence[Subsidy]) -> str:
    """Who bears which part of a loan's interest, and until when."""
    return "; ".join(say(products.subsidy_words(share), language()) for share in shares)


def event(key: str) -> str:
    """What a journal entry was booked for."""
    return say(event_words.event(key), language())


def action_words(action: str) -> str:
    """What an audit action says to people; an unknown one shows itself."""
    return say(ACTIONS.get(action) or STEPS.get(action.partition(".")[2]), language()) or action


def record_words(kind: str | None, number: str | None) -> Mapping[str, str | None]:
    """What an audit entry speaks of, in words, and its address where it has a page."""
    if not kind:
        return {"words": "–", "url": None}
    title, address = RECORDS.get(kind, (kind, None))
    kept, _, key = (number or "").partition("/")
    if kind == "definition" and key:
        context = g.get("context")
        held = context.registry.kinds.get(kept) if context else None
        return {"words": f"{say(held.title, language()) if held else kept} {title_of(key, kept)}", "url": None}
    url = address.format(id=number) if address and number else None
    return {"words": f"{say(title, language())} {number or ''}".strip(), "url": url}


def scope_words(key: str) -> str:
    """How far a role sees."""
    return say(SCOPES.get(key, key), language())


def install(app: Flask) -> None:
    """Give every template these filters. They speak the language of the request: a template must not work one out
    while it is compiled, or whoever opens a page first fixes its words for everybody."""
    app.jinja_env.optimized = False
    app.jinja_env.filters.update(
        money=money,
        number=number,
        percent=percent,
        day=day,
        moment=moment,
        say=spoken,
        state_words=state_words,
        unit_title=unit_title,
        title_of=title_of,
        code=code,
        day_count=day_count,
        event=event,
        first_sentence=first_sentence,
        scope_words=scope_words,
        action_words=action_words,
        record_words=record_words,
        subsidy_words=subsidy_words,
    )
