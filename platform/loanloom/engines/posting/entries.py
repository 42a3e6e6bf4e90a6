"""From events to journal entries by the rules of a Posting. Rules were proven when they were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from loanloom.core.ledger.journal import Entry, Line, entry, merged
from loanloom.core.lending.events import Event
from loanloom.engines.posting.events import facts_of, filled, posted
from loanloom.engines.posting.rules import NO_FACTS, Facts, Posting
from loanloom.problems import Problem, text


def entry_for(
    posting: Posting, event: str, parts: Mapping[str, Decimal], on: date, facts: Facts = NO_FACTS
) -> Entry | None:
    """The balanced entry of an event; None where nothing moves. Rules were proven at load, so no imbalance is left."""
    values = filled(event, parts)
    lines: list[Line] = [line for rule in posting.lines(event, facts) for line in rule.lines(values)]
    if not lines:
        return None
    made = entry(on, event, merged(lines))
    if isinstance(made, Problem):
        raise AssertionError(made.in_words())
    return made


def entries(posting: Posting, events: Iterable[Event], facts: Facts = NO_FACTS) -> tuple[Entry, ...]:
    """The entries of what happened to a loan, in order."""
    made = (entry_of(posting, event, facts) for event in events)
    return tuple(each for each in made if each is not None)


def entry_of(posting: Posting, event: Event, facts: Facts = NO_FACTS) -> Entry | None:
    """The entry of one event of a loan; what the event itself says goes before the facts given."""
    what = posted(event)
    if what is None:
        return None
    return entry_for(posting, what[0], what[1], event.on, {**facts, **facts_of(event)})


def unserved(posting: Posting, event: str, parts: Mapping[str, Decimal]) -> Problem | None:
    """Why an event cannot be booked: rules that know nothing of it. None where they do, or nothing moves."""
    if posting.events.get(event) or not any(parts.values()):
        return None
    return Problem(
        code="posting.no_rule",
        message=text(
            f"The posting rules '{posting.key}' say nothing of the event '{event}'.",
            f"记账规则“{posting.key}”未规定业务事件“{event}”如何记账。",
        ),
        hint=text("A business administrator must add it to the rules.", "请业务管理员补充记账规则。"),
    )
