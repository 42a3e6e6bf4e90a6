"""Booking: what every movement of money does in its one transaction, for one loan or a thousand.

The day must be open and stay open to the end (`open_day`); then loans, events and balanced journal entries are saved
together with audit and outbox (`book`). Knows no use case; disbursements, repayments and the end of day call it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection

from loanloom.core.ledger.journal import Entry
from loanloom.core.lending.events import EVENT_NAMES, Event, LoanDisbursed
from loanloom.core.lending.records import to_record
from loanloom.engines import posting
from loanloom.problems import Problem, text
from loanloom.services import numbers
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules, loan_rows
from loanloom.services.money.loan_rows import Change
from loanloom.services.money.open_day import hold_open as open_day
from loanloom.store import bulk, tables

__all__ = [
    "CHANNELS",
    "Posted",
    "book",
    "check_channel",
    "numbers_for",
    "open_day",
    "post",
    "posted_for",
    "summary",
    "tell",
]

CHANNELS = ("bank", "cash", "counter", "online")


def check_channel(channel: str) -> str:
    """The channel money came or goes by, if it is one of ours."""
    if channel not in CHANNELS:
        raise Refused(
            Problem(
                code="money.unknown_channel",
                message=text(f"There is no channel “{channel[:40]}”.", f"没有收付款渠道“{channel[:40]}”。"),
                field="channel",
            )
        )
    return channel


@dataclass(frozen=True, slots=True)
class Posted:
    """A journal entry to write, and what it belongs to."""

    entry: Entry
    source: tuple[str, int]
    loan_id: int | None = None
    unit: str | None = None
    currency: str = "CNY"


def post(ctx: Context, connection: Connection, posted: Sequence[Posted]) -> list[int]:
    """Write journal entries with their lines; their ids, in order."""
    made = bulk.insert(
        connection,
        tables.journal_entry,
        [
            {
                "business_date": each.entry.on,
                "event": each.entry.event,
                "source_kind": each.source[0],
                "source_id": each.source[1],
                "loan_id": each.loan_id,
                "currency": each.currency,
                "release_id": ctx.company.release_id,
                "created_by": ctx.actor.user_id,
            }
            for each in posted
        ],
        returning=["id"],
    )
    ids = [int(row["id"]) for row in made]
    bulk.insert(
        connection,
        tables.journal_line,
        [
            {
                "journal_entry_id": entry_id,
                "line_number": number,
                "business_date": each.entry.on,
                "currency": each.currency,
                "account_code": line.account,
                "debit": line.debit,
                "credit": line.credit,
                "loan_id": each.loan_id,
                "unit": each.unit,
                "memo": line.memo,
            }
            for entry_id, each in zip(ids, posted, strict=True)
            for number, line in enumerate(each.entry.lines, 1)
        ],
    )
    return ids


def posted_for(ctx: Context, change: Change) -> list[Posted]:
    """The entries that `book` posts for a change of a loan; penalties the ledger does not hold yet come first."""
    row, on = change.kept.row, ctx.business_date
    rules = lending_rules.posting_for(ctx, row["product_key"])
    owed = loan_rows.penalties_accrued(change.after, on)
    missing = {"penalty": owed[0] - row["penalty_booked"], "compound": owed[1] - row["compound_booked"]}
    accrued = posting.entry_for(rules, "penalty_accrued", missing, on) if any(missing.values()) else None
    entries = [*([accrued] if accrued else []), *posting.entries(rules, change.events)]
    return [Posted(entry, ("loan", change.kept.id), change.kept.id, row["unit"], row["currency"]) for entry in entries]


def book(ctx: Context, connection: Connection, changes: Sequence[Change]) -> None:
    """Save changes of loans with their entries."""
    booked = {change.kept.id: loan_rows.penalties_accrued(change.after, ctx.business_date) for change in changes}
    posted = [each for change in changes for each in posted_for(ctx, change)]
    with bulk.together(connection):
        loan_rows.save(ctx, connection, changes, booked)
        post(ctx, connection, posted)
        tell(ctx, connection, [(change.kept.id, change.kept.row["event_count"], change.events) for change in changes])


def tell(ctx: Context, connection: Connection, happened: Sequence[tuple[int, int, Sequence[Event]]]) -> None:
    """Audit and outbox for events of loans: (loan, how many events it had, the new ones)."""
    audits: list[dict[str, Any]] = []
    outgoing: list[dict[str, Any]] = []
    for loan_id, count, events in happened:
        for place, event in enumerate(events, 1):
            name = EVENT_NAMES[type(event)]
            audits.append(
                {
                    "at": ctx.now.isoformat(),
                    "actor_id": ctx.actor.user_id,
                    "actor": ctx.actor.username,
                    "ip": ctx.actor.ip,
                    "correlation_id": ctx.actor.correlation_id,
                    "action": f"loan.{name}",
                    "subject_kind": "loan",
                    "subject_id": str(loan_id),
                    "after": summary(event),
                    "release_id": ctx.company.release_id,
                }
            )
            outgoing.append(
                {
                    "topic": f"application.{name}",
                    "key": f"{loan_id}-{count + place}",
                    "payload": {"loan_id": loan_id, "sequence": count + place, "on": event.on.isoformat()},
                    "correlation_id": ctx.actor.correlation_id,
                }
            )
    bulk.insert(connection, tables.audit_log, audits)
    bulk.insert(connection, tables.outbox, outgoing)


def summary(event: Event) -> dict[str, Any]:
    """What the audit keeps of an event: everything but the schedule and the terms, which the event itself holds."""
    if isinstance(event, LoanDisbursed):
        said = {"on": event.on, "principal": event.terms.principal, "annual_rate": event.terms.annual_rate}
    else:
        said = {each.name: getattr(event, each.name) for each in fields(event) if each.name != "instalments"}
    return {name: to_record(value) for name, value in said.items()}


def numbers_for(ctx: Context, connection: Connection, keys: Sequence[tuple[str | None, str | None]]) -> list[str]:
    """A number for each (numbering document, unit), asked for once for each pair that is alike."""
    given: dict[tuple[str | None, str | None], list[str]] = {}
    for key in sorted(set(keys), key=str):
        given[key] = numbers.issue_many(ctx, connection, key[0], keys.count(key), unit=key[1])[::-1]
    return [given[key].pop() for key in keys]
