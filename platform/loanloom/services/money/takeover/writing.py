"""Booking a take-over: customers, the papers that a loan hangs on, loans with their schedules, opening entries.

Set by set, each in one transaction with a number of statements that does not depend on the number of loans. A set is
in or not; who was brought in before is passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.lending.events import Event
from loanloom.core.lending.owing.receivable import receivable
from loanloom.core.lending.records import to_record
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money import loan_fields, loan_rows
from loanloom.services.money.books import booking, postings
from loanloom.services.money.takeover import judging
from loanloom.services.money.takeover.judging import Judged, Ready
from loanloom.services.papers import blobs
from loanloom.services.parties import customers
from loanloom.store import audit, bulk, tables

RUN = tables.import_run
KEY = "take-over"
SET = 200
MOST_SHOWN = 50
MOST_BYTES = 50_000_000
File = tuple[str, bytes]
MOST_KEPT = 200
Progress = Callable[[int, int], None]
PREFIX = "TO-"
"""In front of the loan's number: the numbers of the papers made for it."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a take-over brought."""

    run_id: int
    booked: int
    already_there: int
    problems: tuple[Problem, ...]


def take_over(
    ctx: Context, loans: File, schedule: File, on_progress: Progress | None = None
) -> TakenOver:  # fmt: skip
    """Read two files, (name, content) each, and book every loan of them that is sound."""
    return book(ctx, read(ctx, loans, schedule), on_progress)


def read(ctx: Context, loans: File, schedule: File) -> int:
    """Keep the two files, so that somebody can look at what they bring before it is booked; the number of the run."""
    ctx.require("loan.take_over")
    too_big = [name for name, content in (loans, schedule) if len(content) > MOST_BYTES]
    if too_big:
        raise Refused(
            Problem(
                code="import.too_big",
                message=text(f"{too_big[0]} is larger than 50 MB.", f"{too_big[0]} 超过 50 MB。"),
            )
        )
    with ctx.transaction() as connection:
        kept = {
            key: blobs.keep(connection, content, name=name, media_type="text/csv", by=ctx.actor.user_id)
            for key, (name, content) in (("loans", loans), ("schedule", schedule))
        }
        values = {
            "mapping_key": KEY,
            "file_name": f"{loans[0]}, {schedule[0]}"[:200],
            "file_digest": hashlib.sha256(loans[1] + b"\0" + schedule[1]).hexdigest(),
            "state": "read",
            "figures": {"files": {"loans": [loans[0], kept["loans"]], "schedule": [schedule[0], kept["schedule"]]}},
            "created_by": ctx.actor.user_id,
            "started_at": ctx.now,
        }
        run_id = int(connection.execute(insert(RUN).values(values).returning(RUN.c.id)).scalar_one())
        after = {"files": values["file_name"]}
        audit.write(connection, ctx.actor, "takeover.read", ("import", run_id), after=after, at=ctx.now)
    return run_id


def runs(ctx: Context) -> Sequence[RowMapping]:
    """Take-overs so far, the newest first."""
    ctx.require("loan.take_over")
    query = select(RUN).where(RUN.c.mapping_key == KEY).order_by(RUN.c.id.desc()).limit(MOST_SHOWN)
    with ctx.transaction() as connection:
        return connection.execute(query).mappings().all()


def opened(ctx: Context, run_id: int) -> tuple[RowMapping, Judged | None]:
    """A run, with what it would bring as of now while it is not booked."""
    ctx.require("loan.take_over")
    with ctx.transaction() as connection:
        row = _row(connection, run_id)
        given = _files(connection, row)
    return row, judging.judge(ctx, *given) if row["state"] == "read" else None


def book(ctx: Context, run_id: int, on_progress: Progress | None = None) -> TakenOver:
    """Book what was read: every sound loan, set by set; the others are told with their lines. A repeat does nothing."""
    ctx.require("loan.take_over")
    with ctx.transaction() as connection:
        given = _files(connection, _row(connection, run_id))
    judged = judging.judge(ctx, *given)
    booked = 0
    for ready in judging.chunks(judged.ready, SET):
        booked += _book(ctx, ready)
        if on_progress is not None:
            on_progress(booked, len(judged.ready))
    there = len(judged.already_there) + len(judged.ready) - booked
    _finish(ctx, run_id, booked, there, judged)
    return TakenOver(run_id, booked, there, tuple(judged.problems))


def _row(connection: Connection, run_id: int) -> RowMapping:
    query = select(RUN).where(RUN.c.id == run_id, RUN.c.mapping_key == KEY)
    found = connection.execute(query).mappings().first()
    if found is None:
        raise NotFound(text("take-over", "接管批次"))
    return found


def _files(connection: Connection, row: RowMapping) -> tuple[File, File]:
    kept = row["figures"]["files"]
    made = [(str(kept[key][0]), blobs.content(connection, int(kept[key][1]))) for key in ("loans", "schedule")]
    return made[0], made[1]


def _book(ctx: Context, ready: Sequence[Ready]) -> int:
    """One set; how many of it were new."""
    with ctx.transaction() as connection:
        booking.open_day(ctx, connection)
        known = select(tables.loan.c.number).where(tables.loan.c.number.in_([one.brought.number for one in ready]))
        there = set(connection.execute(known).scalars())
        fresh = [one for one in ready if one.brought.number not in there]
        if not fresh:
            return 0
        owners = _customers(ctx, connection, fresh)
        applications = _added(connection, tables.application, [_application(ctx, *each) for each in owners])
        made = [(*pair, number) for pair, number in zip(owners, applications, strict=True)]
        sanctions = _added(connection, tables.sanction, [_sanction(ctx, *each) for each in made])
        rows = [_contract(ctx, *each, sanction) for each, sanction in zip(made, sanctions, strict=True)]
        contracts = _added(connection, tables.contract, rows)
        loans = [_loan(ctx, *each, contract) for each, contract in zip(made, contracts, strict=True)]
        ids = _added(connection, tables.loan, loans)
        _write(ctx, connection, list(zip(ids, fresh, loans, strict=True)))
        return len(fresh)


def _added(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    return [int(row["id"]) for row in bulk.insert(connection, table, rows, returning=["id"])]


def _write(ctx: Context, connection: Connection, loans: Sequence[tuple[int, Ready, Mapping[str, Any]]]) -> None:
    """Schedules, events, opening entries, audit and outbox of new loans."""
    instalments = [
        {"loan_id": loan_id, **loan_fields.instalment_values(account)}
        for loan_id, one, _ in loans
        for account in one.loan.accounts
    ]
    happened: list[tuple[int, int, Sequence[Event]]] = [(loan_id, 0, (one.event,)) for loan_id, one, _ in loans]
    posted = [
        each
        for loan_id, one, row in loans
        for each in postings.opening(ctx, {**row, "id": loan_id}, one.loan, (one.event,), {}, {}).posted
    ]
    with bulk.together(connection):
        bulk.insert(connection, tables.instalment, instalments)
        loan_rows.write_events(ctx, connection, happened)
        booking.post(ctx, connection, posted)
        booking.tell(ctx, connection, happened)


def _customers(ctx: Context, connection: Connection, ready: Sequence[Ready]) -> list[tuple[Ready, int]]:
    """Each loan with its customer; who is not here yet is entered once, by identity number or by name."""
    new: dict[str, Ready] = {}
    for one in ready:
        if one.customer_id is None:
            new.setdefault(_key(one), one)
    rows = []
    numbers = customers.next_numbers(ctx, connection, len(new)) if new else []
    for one, number in zip(new.values(), numbers, strict=True):
        head = one.brought.loan.values
        values = {"kind": head["customer_kind"], "name": head["customer_name"]} | {
            name: head[name] for name in ("id_number", "phone")
        }
        rows.append(
            {
                "number": number,
                "since_on": head["disbursed_on"],
                "unit": head["unit"] or ctx.actor.unit,
                "manager_user_id": one.manager_user_id,
                "created_by": ctx.actor.user_id,
                **customers.columns(ctx, ctx.registry, values),
            }
        )
    ids = dict(zip(new, _added(connection, tables.customer, rows), strict=True))
    return [(one, one.customer_id if one.customer_id is not None else ids[_key(one)]) for one in ready]


def _key(one: Ready) -> str:
    head = one.brought.loan.values
    return str(head["id_number"] or f"{head['customer_kind']} {head['customer_name']}")


def _agreed(ctx: Context, one: Ready, customer_id: int) -> dict[str, Any]:
    """What every paper of a loan says alike."""
    head = one.brought.loan.values
    return {
        "number": PREFIX + one.brought.number,
        "customer_id": customer_id,
        "product_key": one.offer.key,
        "release_id": ctx.company.release_id,
        "amount": one.event.terms.principal,
        "currency": one.event.terms.currency,
        "term_months": one.months,
        "method": one.offer.methods[0],
        "unit": head["unit"] or ctx.actor.unit,
        "created_by": ctx.actor.user_id,
    }


def _application(ctx: Context, one: Ready, customer_id: int) -> dict[str, Any]:
    head = one.brought.loan.values
    agreed = _agreed(ctx, one, customer_id)
    return agreed | {"channel": "take_over", "applied_on": head["disbursed_on"], "state": "approved"}


def _sanction(ctx: Context, one: Ready, customer_id: int, application_id: int) -> dict[str, Any]:
    day = one.event.terms.start_on
    return _agreed(ctx, one, customer_id) | {
        "application_id": application_id, "annual_rate": one.event.terms.annual_rate, "sanctioned_on": day,
        "expires_on": day, "state": "used",
    }  # fmt: skip


def _contract(ctx: Context, one: Ready, customer_id: int, application_id: int, sanction_id: int) -> dict[str, Any]:
    return _agreed(ctx, one, customer_id) | {
        "kind": "loan", "application_id": application_id, "sanction_id": sanction_id, "state": "signed",
        "annual_rate": one.event.terms.annual_rate, "signed_on": one.event.terms.start_on,
        "party_name": one.brought.loan.values["customer_name"],
    }  # fmt: skip


def _loan(ctx: Context, one: Ready, customer_id: int, application_id: int, contract_id: int) -> dict[str, Any]:
    loan, on = one.loan, ctx.business_date
    agreed = _agreed(ctx, one, customer_id)
    kept = {name: agreed[name] for name in ("customer_id", "product_key", "release_id", "currency", "method", "unit")}
    return kept | {
        "number": one.brought.number,
        "contract_id": contract_id,
        "application_id": application_id,
        "principal": loan.terms.principal,
        "annual_rate": loan.terms.annual_rate,
        "term_months": one.months,
        "terms": to_record(loan.terms),
        "status": "active",
        "disbursed_on": loan.terms.start_on,
        "matures_on": loan.matures_on,
        "event_count": 1,
        "manager_user_id": one.manager_user_id,
        "created_by": ctx.actor.user_id,
        "extra": {"taken_over_on": on.isoformat()},
        **loan_fields.loan_values(loan),
        **loan_rows.figures(loan, on),
        **postings.columns(loan, on, "performing", receivable(loan, on)),
    }


def _finish(ctx: Context, run_id: int, booked: int, there: int, judged: Judged) -> None:
    kept = [
        {"file": one.file, "line": one.line, "field": one.field, "code": one.code, "message": dict(one.message)}
        for one in judged.problems[:MOST_KEPT]
    ]
    refused = len({(one.file, one.line) for one in judged.problems})
    rows = booked + there + refused
    values = {
        "state": "done", "rows": rows, "accepted": booked, "skipped": there, "refused": refused, "problems": kept,
        "finished_at": ctx.now,
    }  # fmt: skip
    after = {"booked": booked, "already_there": there, "lines_with_problems": refused}
    with ctx.transaction() as connection:
        connection.execute(update(RUN).where(RUN.c.id == run_id).values(values))
        audit.write(connection, ctx.actor, "takeover.finished", ("import", run_id), after=after, at=ctx.now)
