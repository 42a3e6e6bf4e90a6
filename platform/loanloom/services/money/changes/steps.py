"""The life of a change: requested, approved by another person, booked; or refused, withdrawn; and undone.

Whoever agrees says what they saw (its digest): if the loan or the figures moved meanwhile, nothing happens and the new
figures are shown. What takes no money is booked as it is approved; what takes money, when the cashier has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.money.books import booking
from loanloom.services.money.changes import booking_changes, deciding, effects, previewing, records, rules
from loanloom.services.money.changes.deciding import Step
from loanloom.services.money.changes.kinds import kind_of
from loanloom.services.money.changes.previewing import Preview
from loanloom.services.once import Once


def request(
    ctx: Context,
    loan_id: int,
    kind: str,
    written: Mapping[str, Any],
    *,
    reason: str,
    digest: str | None = None,
    undoes_id: int | None = None,
    idempotency_key: str | None = None,
) -> Step:
    """Ask for a change. Where the product wants no second person it is agreed at once, and booked if no money moves."""
    ctx.require("loan.change")
    wanted, said = kind_of(kind), records.reason_of(reason)
    with ctx.transaction() as connection:
        given = {"parameters": dict(written), "reason": said}
        first = Once(ctx, connection, idempotency_key, f"loan_change.{kind}", loan_id, given)
        if first.answer is not None:
            return Step(**{**first.answer, "replayed": True})
        booking.open_day(ctx, connection)
        kept = previewing.seen(ctx, connection, loan_id, lock=True)
        shown = previewing.of(ctx, connection, kept, wanted, written)
        check(shown, digest)
        records.check_none_open(connection, loan_id, wanted)
        change_id = records.add(connection, _values(ctx, shown, said, undoes_id))
        records.tell(ctx, connection, "requested", change_id, kept, wanted, {"reason": said, **shown.record})
        flow = deciding.flow_for(ctx, kept, wanted)
        if flow is not None:
            made = deciding.begin(ctx, connection, flow, change_id, kept.id)
        elif shown.rule.approval == "none":
            made = agreed(ctx, connection, records.locked(connection, change_id), shown, None)
        else:
            to = records.approvers(ctx, connection, shown.rule.approvers)
            title = text("A change waits for your approval", "有一笔贷后变更待审批")
            records.send(connection, to, kept, wanted, change_id, title, "requested")
            made = Step(change_id, loan_id, "requested")
        first.keep(made.answer())
        return made


def approve(
    ctx: Context, change_id: int, *, digest: str, reason: str | None = None, idempotency_key: str | None = None
) -> Step:
    """Agree to a change of somebody else, as shown under `digest`."""
    ctx.require("loan.approve_change")
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, "loan_change.approve", change_id, {"digest": digest})
        if first.answer is not None:
            return Step(**{**first.answer, "replayed": True})
        booking.open_day(ctx, connection)
        row, shown = loaded(ctx, connection, change_id)
        records.check_state(row, "requested")
        deciding.check_not_in_flow(connection, change_id)
        rules.check_approver(ctx, shown.rule, row["requested_by"])
        check(shown, digest)
        made = agreed(ctx, connection, row, shown, records.reason_of(reason, needed=False))
        first.keep(made.answer())
        return made


def refuse(ctx: Context, change_id: int, *, reason: str) -> Step:
    """Say no to a change of somebody else, with the reason."""
    ctx.require("loan.approve_change")
    said = records.reason_of(reason)
    with ctx.transaction() as connection:
        row, shown = loaded(ctx, connection, change_id)
        records.check_state(row, "requested")
        deciding.check_not_in_flow(connection, change_id)
        rules.check_approver(ctx, shown.rule, row["requested_by"])
        return ended(ctx, connection, row, shown, "refused", said)


def withdraw(ctx: Context, change_id: int) -> Step:
    """Take one's own request back while it is not booked."""
    ctx.require("loan.change")
    with ctx.transaction() as connection:
        row, shown = loaded(ctx, connection, change_id)
        records.check_state(row, *records.OPEN)
        if row["requested_by"] != ctx.actor.user_id:
            raise Forbidden(
                Problem(
                    code="change.not_yours",
                    message=text("Only who asked for a change takes it back.", "只有申请人可以撤回申请。"),
                )
            )
        if row["state"] == "requested" and deciding.withdraw(ctx, connection, change_id):
            return Step(change_id, shown.kept.id, "withdrawn")
        return ended(ctx, connection, row, shown, "withdrawn", "")


def book(
    ctx: Context,
    change_id: int,
    *,
    channel: str = "bank",
    reference: str | None = None,
    idempotency_key: str | None = None,
) -> Step:
    """Book an approved change with the money that came for it."""
    ctx.require("money.receive", "money.disburse")
    with ctx.transaction() as connection:
        given = {"channel": channel, "reference": reference}
        first = Once(ctx, connection, idempotency_key, "loan_change.book", change_id, given)
        if first.answer is not None:
            return Step(**{**first.answer, "replayed": True})
        booking.open_day(ctx, connection)
        row, shown = loaded(ctx, connection, change_id)
        records.check_state(row, "approved")
        check(shown, row["digest"], approved=True)
        _check_payer(ctx, row, shown)
        made = _booked(ctx, connection, row, shown, {"channel": channel, "reference": reference})
        first.keep(made.answer())
        return made


# --- what the steps share -------------------------------------------------------------------------------------------


def loaded(ctx: Context, connection: Connection, change_id: int) -> tuple[RowMapping, Preview]:
    """A change and its preview as of now; the loan is locked first, then the change."""
    kept = previewing.seen(ctx, connection, records.loan_of(connection, change_id), lock=True)
    row = records.locked(connection, change_id)
    written = {**row["parameters"], "on": row["effective_on"]}
    return row, previewing.of(ctx, connection, kept, kind_of(row["kind"]), written)


def check(shown: Preview, digest: str | None, *, approved: bool = False) -> None:
    """Refuse what cannot be done, and what is no longer what was shown."""
    if digest is not None and digest != shown.digest:
        raise Conflict(_moved_since_approval() if approved else _moved())
    if shown.problems:
        raise Refused(shown.problems)


def _check_payer(ctx: Context, row: RowMapping, shown: Preview) -> None:
    """Money goes out by the hand of somebody who did not ask for it; each direction needs its own right."""
    rules.check_alone(ctx, "money.disburse" if shown.money_out else "money.receive", shown.money_out or shown.money_in)
    if shown.money_out and row["requested_by"] == ctx.actor.user_id:
        raise Forbidden(
            Problem(
                code="change.own_request",
                message=text("Whoever asked for a draw does not pay it out.", "提款申请人不得办理付款。"),
            )
        )


def _moved() -> Problem:
    return Problem(
        code="change.stale",
        message=text(
            "The loan has moved since this preview was made.", "自生成该预览以来，借据已发生变动。"
        ),
        hint=text("Look at the new figures and confirm again.", "请核对最新结果后重新确认。"),
    )  # fmt: skip


def _moved_since_approval() -> Problem:
    return Problem(
        code="change.stale",
        message=text(
            "The loan has moved since this change was approved.", "自该变更批准以来，借据已发生变动。"
        ),
        hint=text("Withdraw it and ask again with the new figures.", "请撤回后按最新结果重新申请。"),
    )  # fmt: skip


def _values(ctx: Context, shown: Preview, reason: str, undoes_id: int | None) -> dict[str, Any]:
    return {
        "loan_id": shown.kept.id,
        "kind": shown.kind.key,
        "parameters": dict(shown.record),
        "effective_on": shown.on,
        "state": "requested",
        "reason": reason,
        "undoes_id": undoes_id,
        "unit": shown.kept.row["unit"],
        "requested_by": ctx.actor.user_id,
        **_seen(shown),
    }


def _seen(shown: Preview) -> dict[str, Any]:
    """What was agreed to: the digest and the figures it stands for."""
    return {
        "loan_sequence": shown.kept.row["event_count"],
        "digest": shown.digest,
        "shown": {
            "before": shown.before.record(),
            "after": shown.after.record(),
            "money_in": str(shown.money_in),
            "money_out": str(shown.money_out),
            "holder": effects.holder_of(shown.kept.row),
        },
    }


def agreed(
    ctx: Context, connection: Connection, row: RowMapping, shown: Preview, reason: str | None
) -> Step:  # fmt: skip
    """Approved; booked at once where no money has to come first."""
    decided = {"state": "approved", "decided_at": ctx.now, "decision_reason": reason or None, **_seen(shown)}
    if reason is not None:
        decided["decided_by"] = ctx.actor.user_id
    records.move(connection, row, decided)
    records.tell(ctx, connection, "approved", row["id"], shown.kept, shown.kind, {"reason": reason})
    title = text("Your change was approved", "您申请的变更已获批准")
    if row["requested_by"] != ctx.actor.user_id:
        records.send(connection, [row["requested_by"]], shown.kept, shown.kind, row["id"], title, "approved")
    if shown.money_in or shown.money_out:
        return Step(row["id"], shown.kept.id, "approved")
    return _booked(ctx, connection, records.locked(connection, row["id"]), shown, None)


def _booked(
    ctx: Context, connection: Connection, row: RowMapping, shown: Preview, money: Mapping[str, Any] | None
) -> Step:
    done = booking_changes.book(ctx, connection, shown, money, row)
    records.move(
        connection,
        row,
        {
            "state": "booked",
            "booked_by": ctx.actor.user_id,
            "booked_at": ctx.now,
            "booked_on": ctx.business_date,
            "sequences": list(done.sequences),
            "shown": {**row["shown"], **({"payouts": list(done.payouts)} if done.payouts else {})},
        },
    )
    records.tell(ctx, connection, "booked", row["id"], shown.kept, shown.kind, {"sequences": list(done.sequences)})
    return Step(row["id"], shown.kept.id, "booked", done.receipt_number)


def ended(
    ctx: Context, connection: Connection, row: RowMapping, shown: Preview, state: str, reason: str
) -> Step:  # fmt: skip
    values: dict[str, Any] = {"state": state, "decision_reason": reason or None, "decided_at": ctx.now}
    if state == "refused":
        values["decided_by"] = ctx.actor.user_id
        title = text("Your change was refused", "您申请的变更被拒绝")
        records.send(connection, [row["requested_by"]], shown.kept, shown.kind, row["id"], title, state)
    records.move(connection, row, values)
    records.tell(ctx, connection, state, row["id"], shown.kept, shown.kind, {"reason": reason})
    return Step(row["id"], shown.kept.id, state)
