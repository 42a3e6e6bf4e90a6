"""Booking: what every movement of money does in its one transaction, for one loan or a thousand.

The day must be open and stay open to the end (`open_day`); then loans, events and balanced journal entries are saved
together with audit and outbox (`book`). Knows no use case; disbursements, repayments and the end of day call it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from loanloom.core.lending.events import EVENT_NAMES, Event, LoanDisbursed
from loanloom.core.lending.records import to_record
from loanloom.engines import posting
from loanloom.engines.posting import NO_FACTS, Facts
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules, loan_rows
from loanloom.services.money.books import reversing
from loanloom.services.money.books.accruing import Posted
from loanloom.services.money.books.postings import postings
from loanloom.services.money.cashier import subsidy_items, trustors
from loanloom.services.money.loan_rows import Change
from loanloom.services.money.open_day import hold_open as open_day
from loanloom.store import bulk, tables

__all__ = [
    "CHANNELS",
    "Posted",
    "book",
    "check_channel",
    "open_day",
    "post",
    "post_event",
    "posted_for",
    "reverse_source",
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


def post(ctx: Context, connection: Connection, posted: Sequence[Posted]) -> list[int]:
    """Write journal entries with their lines; their ids, in order."""
    made = bulk.insert(
        connection,
        tables.journal_entry,
        [
            {
                "number": each.number,
                "business_date": each.entry.on,
                "event": each.entry.event,
                "source_kind": each.source[0],
                "source_id": each.source[1],
                "loan_id": each.loan_id,
                "sequence": each.sequence,
                "reverses_id": each.reverses_id,
                "currency": each.currency,
                "memo": _kept(each),
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
                "unit": line.unit or each.unit,
                "memo": line.memo,
            }
            for entry_id, each in zip(ids, posted, strict=True)
            for number, line in enumerate(each.entry.lines, 1)
        ],
    )
    return ids


def _kept(posted: Posted) -> dict[str, Any]:
    """What an entry keeps of how it came about, to be taken back the same way."""
    kept: dict[str, Any] = {"facts": dict(posted.facts)} if posted.facts else {}
    if posted.claims is not None:
        kept["claims"] = {name: str(amount) for name, amount in posted.claims.items()}
    return kept


def posted_for(ctx: Context, change: Change, facts: Facts = NO_FACTS) -> list[Posted]:
    """The entries that `book` posts for a change of a loan, without the reversals of what it takes the place of."""
    return list(postings(ctx, change, facts).posted)


def book(ctx: Context, connection: Connection, changes: Sequence[Change], facts: Facts = NO_FACTS) -> None:
    """Save changes of loans with their entries. `facts` (such as the channel) hold for all of them."""
    undone = reversing.reversals(ctx, connection, changes)
    made = {change.kept.id: postings(ctx, change, facts, undone.get(change.kept.id, ())) for change in changes}
    taken = trustors.settle(ctx, connection, changes, undone, {key: each.posted for key, each in made.items()})
    with bulk.together(connection):
        loan_rows.save(ctx, connection, changes, {loan_id: each.columns for loan_id, each in made.items()})
        post(ctx, connection, [*(entry for each in made.values() for entry in each.posted), *taken])
        tell(ctx, connection, [(change.kept.id, change.kept.row["event_count"], change.events) for change in changes])
    subsidy_items.keep(ctx, connection, changes)


def post_event(
    ctx: Context,
    connection: Connection,
    event: str,
    amounts: Mapping[str, Decimal],
    facts: Facts = NO_FACTS,
    *,
    source: tuple[str, int],
    unit: str | None = None,
    currency: str | None = None,
    loan_id: int | None = None,
    product_key: str | None = None,
) -> int | None:
    """Post an event that is none of a loan: by the rules of a product, or by the general ones. The entry's id."""
    rules = lending_rules.posting_for(ctx, product_key) if product_key else lending_rules.general_posting(ctx)
    problem = posting.unserved(rules, event, amounts)
    if problem is not None:
        raise Refused(problem)
    entry = posting.entry_for(rules, event, amounts, ctx.business_date, facts)
    if entry is None:
        return None
    posted = Posted(entry, source, loan_id, unit, currency or ctx.company.currency, facts=facts)
    return post(ctx, connection, [posted])[0]


def reverse_source(ctx: Context, connection: Connection, source: tuple[str, int]) -> list[int]:
    """Take back everything that was posted for a source and is not taken back yet; the ids of the entries."""
    return post(ctx, connection, reversing.of_source(ctx, connection, source))


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
