"""Conditions precedent 放款条件 of a sanction, one by one: met with evidence, or waived by who granted the loan.

The release review before a disbursement reads the same rows; while one is open, no money goes out. Who ticked one
off does not pay the loan out either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from loanloom.problems import Problem, text
from loanloom.services.approval import sanctions
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.origination import uploads
from loanloom.store import audit, tables

TABLE = tables.sanction_condition
CONDITION = text("condition", "放款条件")
LONGEST = 2_000
File = tuple[str, bytes]
"""Name and content."""


def listing(connection: Connection, sanction_id: int) -> Sequence[Row[Any]]:
    """The conditions of a sanction, in order. The caller has checked that it may be seen."""
    return connection.execute(select(TABLE).where(TABLE.c.sanction_id == sanction_id).order_by(TABLE.c.position)).all()


def meet(ctx: Context, condition_id: int, *, version: int, evidence: str, file: File | None = None) -> None:
    """Tick one off: what shows that it is met, and the paper where there is one."""
    ctx.require("contract.prepare")
    with ctx.transaction() as connection:
        row, sanction = _open(ctx, connection, condition_id, version)
        upload_id = None
        if file is not None:
            name, content = file
            upload_id = uploads.keep(ctx, connection, ("sanction", sanction.id), name, content, material="condition")
        _settle(ctx, connection, row, "met", evidence, upload_id)


def waive(ctx: Context, condition_id: int, *, version: int, reason: str) -> None:
    """Let one go; only who granted the loan may."""
    ctx.require("application.decide")
    with ctx.transaction() as connection:
        row, sanction = _open(ctx, connection, condition_id, version)
        if ctx.actor.user_id not in [int(one) for one in (sanction.extra or {}).get("approvers", ())]:
            raise Forbidden(_not_theirs())
        _settle(ctx, connection, row, "waived", reason, None)


def open_again(ctx: Context, condition_id: int, *, version: int, reason: str) -> None:
    """It turned out not to be met: open it again, as long as nothing was paid out on it."""
    ctx.require("contract.prepare", "money.disburse", "application.decide")
    with ctx.transaction() as connection:
        row, _ = _locked(ctx, connection, condition_id)
        if row.state == "open" or row.version != version:
            raise Conflict()
        _hold_contracts(connection, row.sanction_id)
        if paid_out(connection, row.sanction_id):
            raise Refused(_too_late())
        _settle(ctx, connection, row, "open", reason, None)


def _hold_contracts(connection: Connection, sanction_id: int) -> None:
    """Whoever pays out holds the contract: with it locked here, nobody pays out on what is opened again meanwhile."""
    contract = tables.contract
    asked = select(contract.c.id).where(contract.c.sanction_id == sanction_id).order_by(contract.c.id)
    connection.execute(asked.with_for_update())


def _open(ctx: Context, connection: Connection, condition_id: int, version: int) -> tuple[Row[Any], Row[Any]]:
    row, sanction = _locked(ctx, connection, condition_id)
    if row.state != "open" or row.version != version:
        raise Conflict()
    return row, sanction


def _locked(ctx: Context, connection: Connection, condition_id: int) -> tuple[Row[Any], Row[Any]]:
    row = connection.execute(select(TABLE).where(TABLE.c.id == condition_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(CONDITION)
    return row, sanctions.read(ctx, connection, row.sanction_id)


def _settle(ctx: Context, connection: Connection, row: Row[Any], state: str, words: str, upload_id: int | None) -> None:
    said = words.strip()
    if not said or len(said) > LONGEST:
        raise Refused(_words_missing() if not said else _too_long())
    settled = state != "open"
    values: Mapping[str, Any] = {
        "state": state,
        "evidence": said if settled else None,
        "upload_id": upload_id,
        "settled_by": ctx.actor.user_id if settled else None,
        "settled_name": ctx.actor.name if settled else None,
        "settled_at": ctx.now if settled else None,
    }
    connection.execute(update(TABLE).where(TABLE.c.id == row.id).values(**values, version=row.version + 1))
    what = {"condition": row.words, "state": state, "evidence": said, "upload": upload_id}
    audit.write(
        connection, ctx.actor, f"sanction.condition_{state}", ("sanction", row.sanction_id),
        before={"condition": row.words, "state": row.state}, after=what, at=ctx.now,
    )  # fmt: skip


def paid_out(connection: Connection, sanction_id: int) -> bool:
    """Whether money went out on a sanction: what was met then stays as it is."""
    contract, loan = tables.contract, tables.loan
    paid = select(loan.c.id).join(contract, tables.is_loan_of(contract.c.id)).where(
        contract.c.sanction_id == sanction_id
    )  # fmt: skip
    return connection.execute(paid.limit(1)).first() is not None


def _not_theirs() -> Problem:
    return Problem(
        code="condition.not_approver",
        message=text("Only who approved this case may waive its conditions.", "只有该业务的审批人才能豁免放款条件。"),
    )


def _words_missing() -> Problem:
    return Problem(
        code="condition.evidence_missing",
        field="evidence",
        message=text("Say what shows it.", "请填写依据。"),
        hint=text("For example: the register's number, a receipt.", "例如：登记编号、收据号。"),
    )


def _too_long() -> Problem:
    return Problem(
        code="condition.too_long",
        field="evidence",
        message=text(f"At most {LONGEST} characters.", f"不得超过 {LONGEST} 字。"),
    )


def _too_late() -> Problem:
    return Problem(
        code="condition.paid_out",
        message=text("The loan was paid out already.", "该笔贷款已放款。"),
    )
