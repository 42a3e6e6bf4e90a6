"""Booking a take-over: customers, the papers that a loan hangs on, loans with their schedules, opening entries.

Set by set, each in one transaction with a number of statements that does not depend on the number of loans. A set is
in or not; who was brought in before is passed over. Sets of a company are booked one after the other, so that two
people booking at once bring nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from loanloom.core.lending.events import Event
from loanloom.core.money import ZERO, total
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.money import loan_fields, loan_rows
from loanloom.services.money.books import booking, postings
from loanloom.services.money.takeover import judging, rows
from loanloom.services.money.takeover.hands import MAY_LOOK, other_hands
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
LOCK = 0x4C4F544F
"""First half of the advisory lock under which a company's take-overs are booked, one set after the other."""
Progress = Callable[[int, int], None]


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
            key: blobs.keep(ctx, connection, content, name=name, media_type="text/csv", by=ctx.actor.user_id)
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
    ctx.require(*MAY_LOOK)
    query = select(RUN).where(RUN.c.mapping_key == KEY).order_by(RUN.c.id.desc()).limit(MOST_SHOWN)
    with ctx.transaction() as connection:
        return connection.execute(query).mappings().all()


@dataclass(frozen=True, slots=True)
class Opened:
    """A run as one looks at it. `judged`: what it would bring as of now, until it is booked; `refusal`: why the actor
    may not book it."""

    row: RowMapping
    judged: Judged | None = None
    refusal: Problem | None = None


def opened(ctx: Context, run_id: int) -> Opened:
    """A run, with what it would bring as of now while it is not booked."""
    ctx.require(*MAY_LOOK)
    with ctx.transaction() as connection:
        row = _row(connection, run_id)
        given = _files(ctx, connection, row)
    if row["state"] != "read":
        return Opened(row)
    judged = judging.judge(ctx, *given)
    return Opened(row, judged, other_hands(ctx, row, _principal(judged)))


def book(ctx: Context, run_id: int, on_progress: Progress | None = None) -> TakenOver:
    """Book what was read, by another person where the role says so: every sound loan, set by set; the others are told
    with their lines. A run that is booked stays as it is."""
    ctx.require(*MAY_LOOK)
    with ctx.transaction() as connection:
        row = _row(connection, run_id)
        given = _files(ctx, connection, row)
    if row["state"] != "read":
        return TakenOver(run_id, 0, row["accepted"] + row["skipped"], ())
    judged = judging.judge(ctx, *given)
    refusal = other_hands(ctx, row, _principal(judged))
    if refusal is not None:
        raise Forbidden(refusal)
    booked, known = 0, dict[str, int]()
    for ready in judging.chunks(judged.ready, SET):
        booked += _book(ctx, run_id, ready, known)
        if on_progress is not None:
            on_progress(booked, len(judged.ready))
    _finish(ctx, run_id, judged)
    there = len(judged.already_there) + len(judged.ready) - booked
    return TakenOver(run_id, booked, there, tuple(judged.problems))


def _principal(judged: Judged) -> Decimal:
    return total(sums.principal for sums in judged.totals.values()) if judged.totals else ZERO


def _row(connection: Connection, run_id: int) -> RowMapping:
    query = select(RUN).where(RUN.c.id == run_id, RUN.c.mapping_key == KEY)
    found = connection.execute(query).mappings().first()
    if found is None:
        raise NotFound(text("take-over", "接管批次"))
    return found


def _files(ctx: Context, connection: Connection, row: RowMapping) -> tuple[File, File]:
    kept = row["figures"]["files"]
    made = [(str(kept[key][0]), blobs.content(ctx, connection, int(kept[key][1]))) for key in ("loans", "schedule")]
    return made[0], made[1]


def _book(ctx: Context, run_id: int, ready: Sequence[Ready], entered: dict[str, int]) -> int:
    """One set; how many of it were new. `entered`: customers that earlier sets of the run have entered, by key."""
    try:
        return _book_alone(ctx, run_id, ready, entered)
    except IntegrityError as error:
        raise Conflict(
            Problem(
                code="takeover.entered_meanwhile",
                message=text(
                    "Somebody entered one of these customers or loans at this moment.",
                    "其中的客户或借据刚刚已由他人录入。",
                ),
                hint=text("Book again: what is in stays in.", "请重新入账，已入账的不会重复。"),
            )
        ) from error


def _book_alone(ctx: Context, run_id: int, ready: Sequence[Ready], entered: dict[str, int]) -> int:
    with ctx.transaction() as connection:
        booking.open_day(ctx, connection)
        connection.execute(select(func.pg_advisory_xact_lock(LOCK, ctx.company.id)))
        known = select(tables.loan.c.number).where(tables.loan.c.number.in_([one.brought.number for one in ready]))
        there = set(connection.execute(known).scalars())
        fresh = [one for one in ready if one.brought.number not in there]
        if not fresh:
            return 0
        owners = _customers(ctx, connection, fresh, entered)
        applications = _added(connection, tables.application, [rows.application(ctx, *each) for each in owners])
        made = [(*pair, number) for pair, number in zip(owners, applications, strict=True)]
        sanctions = _added(connection, tables.sanction, [rows.sanction(ctx, *each) for each in made])
        agreed = [rows.contract(ctx, *each, sanction) for each, sanction in zip(made, sanctions, strict=True)]
        contracts = _added(connection, tables.contract, agreed)
        loans = [rows.loan(ctx, *each, contract) for each, contract in zip(made, contracts, strict=True)]
        ids = _added(connection, tables.loan, loans)
        _write(ctx, connection, list(zip(ids, fresh, loans, strict=True)))
        connection.execute(update(RUN).where(RUN.c.id == run_id).values(accepted=RUN.c.accepted + len(fresh)))
    entered |= {_key(one): customer_id for one, customer_id in owners}
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


def _customers(
    ctx: Context, connection: Connection, ready: Sequence[Ready], entered: Mapping[str, int]
) -> list[tuple[Ready, int]]:
    """Each loan with its customer; who is not here yet is entered once, by identity number or by name."""
    unknown = [one for one in ready if one.customer_id is None]
    ids = {**_here_by_now(ctx, connection, unknown), **entered}
    new: dict[str, Ready] = {}
    for one in unknown:
        if _key(one) not in ids:
            new.setdefault(_key(one), one)
    added = []
    numbers = customers.next_numbers(ctx, connection, len(new)) if new else []
    for one, number in zip(new.values(), numbers, strict=True):
        head = one.brought.loan.values
        values = {"kind": one.customer_kind, "name": head["customer_name"]} | {
            name: head[name] for name in ("id_number", "phone")
        }
        added.append(
            {
                "number": number,
                "since_on": head["disbursed_on"],
                "unit": head["unit"] or ctx.actor.unit,
                "manager_user_id": one.manager_user_id,
                "created_by": ctx.actor.user_id,
                **customers.columns(ctx, ctx.registry, values),
            }
        )
    ids |= dict(zip(new, _added(connection, tables.customer, added), strict=True))
    return [(one, one.customer_id if one.customer_id is not None else ids[_key(one)]) for one in ready]


def _here_by_now(ctx: Context, connection: Connection, unknown: Sequence[Ready]) -> dict[str, int]:
    """Customers who have come since the files were judged, by identity number."""
    table = tables.customer
    identities = {
        judging.identity(ctx, str(number)): str(number)
        for one in unknown
        if (number := one.brought.loan.values["id_number"])
    }
    query = select(table.c.id, table.c.id_number_hash).where(table.c.id_number_hash.in_(identities))
    return {identities[bytes(row.id_number_hash)]: row.id for row in connection.execute(query)}


def _key(one: Ready) -> str:
    head = one.brought.loan.values
    return str(head["id_number"] or f"{one.customer_kind} {head['customer_name']}")


def _finish(ctx: Context, run_id: int, judged: Judged) -> None:
    """Tell what became of the run; what it brought was counted set by set."""
    kept = [
        {"file": one.file, "line": one.line, "field": one.field, "code": one.code, "message": dict(one.message)}
        for one in judged.problems[:MOST_KEPT]
    ]
    refused = len({(one.file, one.line) for one in judged.problems})
    sound = len(judged.ready) + len(judged.already_there)
    values = {
        "state": "done", "rows": sound + refused, "skipped": sound - RUN.c.accepted, "refused": refused,
        "problems": kept, "finished_at": ctx.now,
    }  # fmt: skip
    with ctx.transaction() as connection:
        of = update(RUN).where(RUN.c.id == run_id, RUN.c.state == "read")
        done = connection.execute(of.values(values).returning(RUN.c.accepted, RUN.c.skipped)).one_or_none()
        if done is not None:
            after = {"booked": done.accepted, "already_there": done.skipped, "lines_with_problems": refused}
            audit.write(connection, ctx.actor, "takeover.finished", ("import", run_id), after=after, at=ctx.now)
