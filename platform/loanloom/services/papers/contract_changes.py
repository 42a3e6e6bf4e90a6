"""A signed contract changed before it is paid out: asked for, decided by the product's flow for contract changes (else
by another person), written as a supplementary agreement 补充协议 with its own number, and in force once that is signed.

What is granted stays the bound: never more money, never longer, than the sanction says. Order of locks: the contract,
the change, its case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from loanloom.problems import Problem, text
from loanloom.services import numbers
from loanloom.services.approval import sanctions
from loanloom.services.context import Context
from loanloom.services.definitions import compiled, releases
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import case as kept_cases
from loanloom.services.flows import cases
from loanloom.services.origination import quotes
from loanloom.services.papers import agreed_facts, contracts, documents
from loanloom.store import audit, tables

TABLE, CONTRACT = tables.contract_change, tables.contract
CHANGE = text("contract change", "合同变更")
FIELDS = ("amount", "term_months", "method")
LONGEST = 1_000


def listing(connection: Connection, contract_id: int) -> Sequence[Row[Any]]:
    """The changes of a contract, the newest first. The caller has checked that it may be seen."""
    return connection.execute(select(TABLE).where(TABLE.c.contract_id == contract_id).order_by(TABLE.c.id.desc())).all()


def asked(ctx: Context, subject: str, change_id: int | None) -> Row[Any] | None:
    """What a case's change of a contract asks for; None for a case about something else. The caller has checked that
    the case may be seen."""
    if subject != "contract_change" or change_id is None:
        return None
    with ctx.transaction() as connection:
        return connection.execute(
            select(TABLE, CONTRACT.c.number.label("contract_number"))
            .join(CONTRACT, CONTRACT.c.id == TABLE.c.contract_id)
            .where(TABLE.c.id == change_id)
        ).one()


def request(ctx: Context, contract_id: int, changes: Mapping[str, Any], reason: str, *, version: int) -> int:
    """Ask for another amount, term or way of repaying."""
    ctx.require("contract.prepare")
    with ctx.transaction() as connection:
        row = contracts.read(ctx, connection, contract_id, lock=True)
        if row.version != version:
            raise Conflict()
        asked = {name: value for name, value in changes.items() if value is not None and value != getattr(row, name)}
        problems = _faults(ctx, connection, row, asked, reason)
        if problems:
            raise Refused(problems)
        spec = releases.pinned(ctx, connection, row.release_id).require("product", row.product_key).spec
        numbering = spec.get("numbering") or {}
        key = numbering.get("contract_change") or numbering.get("contract")
        values = {
            "contract_id": row.id, "number": numbers.issue(ctx, connection, key, unit=row.unit), "state": "requested",
            "changes": asked, "before": {name: getattr(row, name) for name in asked}, "reason": reason.strip(),
            "contract_version": row.version, "unit": row.unit, "requested_by": ctx.actor.user_id,
        }  # fmt: skip
        change_id = int(connection.execute(insert(TABLE).values(values).returning(TABLE.c.id)).scalar_one())
        _tell(ctx, connection, row.id, "requested", values["before"], asked | {"number": values["number"]})
        flow = (spec.get("flows") or {}).get("contract_change")
        if flow is not None:
            cases.start(ctx, connection, flow, ("contract_change", change_id))
        return change_id


def decide(ctx: Context, change_id: int, approve: bool, reason: str = "") -> None:
    """Somebody else agrees or not, where no flow decides it."""
    ctx.require("contract.sign")
    with ctx.transaction() as connection:
        contract, row = locked(ctx, connection, change_id)
        if row.state != "requested":
            raise Conflict()
        if connection.execute(kept_cases.ids_of("contract_change", change_id)).first() is not None:
            raise Refused(_in_flow())
        if row.requested_by == ctx.actor.user_id:
            raise Forbidden(_own())
        if not approve and not reason.strip():
            raise Refused(_say_why())
        settle(ctx, connection, contract, row, "approved" if approve else "refused", reason)


def settle(
    ctx: Context, connection: Connection, contract: Row[Any], row: Row[Any], state: str, reason: str
) -> None:  # fmt: skip
    """What was decided: an approval writes the supplementary agreement. What is signed or withdrawn stays as it is; a
    refusal may be turned by a reconsideration, as long as no other change is under way."""
    if row.state not in ("requested", "refused"):
        raise Conflict()
    if state == "approved":
        problems = _faults(ctx, connection, contract, row.changes, row.reason, itself=row.id)
        if contract.version != row.contract_version:
            raise Conflict()
        if problems:
            raise Refused(problems)
        _write(ctx, connection, contract, row)
    values = {
        "state": state, "decided_by": ctx.actor.user_id, "decided_at": ctx.now, "decision_reason": reason or None
    }  # fmt: skip
    _move(connection, row, values)
    _tell(ctx, connection, contract.id, state, {"state": row.state}, {"number": row.number, "state": state})


def sign(ctx: Context, change_id: int, signed_on: date, *, version: int) -> None:
    """The supplementary agreement is signed: the contract says so from now on. Never by who asked for it."""
    ctx.require("contract.sign")
    with ctx.transaction() as connection:
        contract, row = locked(ctx, connection, change_id)
        if row.state != "approved" or row.version != version or contract.version != row.contract_version:
            raise Conflict()
        if row.requested_by == ctx.actor.user_id:
            raise Forbidden(_own())
        problems = _faults(ctx, connection, contract, row.changes, row.reason, itself=row.id)
        if not row.decided_at or signed_on > ctx.business_date or signed_on < contract.signed_on:
            problems.append(_fault("signed_on", "This cannot be the day of signing.", "签订日期不正确。"))
        if problems:
            raise Refused(problems)
        made = {name: _value(name, value) for name, value in row.changes.items()}
        connection.execute(
            update(CONTRACT).where(CONTRACT.c.id == contract.id).values(**made, version=contract.version + 1)
        )
        _move(connection, row, {"state": "in_force", "signed_on": signed_on, "signed_by": ctx.actor.user_id})
        audit.write(
            connection, ctx.actor, "contract.changed", ("contract", contract.id), before=dict(row.before), after=made,
            at=ctx.now,
        )  # fmt: skip


def locked(ctx: Context, connection: Connection, change_id: int) -> tuple[Row[Any], Row[Any]]:
    """The contract and its change, both locked, if the actor may see them."""
    of = connection.execute(select(TABLE.c.contract_id).where(TABLE.c.id == change_id)).scalar_one_or_none()
    if of is None:
        raise NotFound(CHANGE)
    contract = contracts.read(ctx, connection, int(of), lock=True)
    return contract, connection.execute(select(TABLE).where(TABLE.c.id == change_id).with_for_update()).one()


def _write(ctx: Context, connection: Connection, contract: Row[Any], row: Row[Any]) -> None:
    """The supplementary agreement, filled as if the contract said so already."""
    registry = releases.pinned(ctx, connection, contract.release_id)
    key = (registry.require("product", contract.product_key).spec.get("templates") or {}).get("contract_change")
    if key is None:
        return
    now = {name: _value(name, value) for name, value in row.changes.items()}
    preview = quotes.of_agreed(ctx, registry, {**contract._mapping, **now})
    if preview.schedule is None:
        raise Refused(preview.problems)
    said = agreed_facts.of_preview(registry, contract.product_key, preview)
    known = contracts.facts_of(ctx, connection, contract.id) | said
    known["contract"] = {**known["contract"], **{name: now[name] for name in ("amount",) if name in now}}
    known["sanction"] = {**known["sanction"], **now}
    documents.make(ctx, connection, registry, key, ("contract", contract.id), known, number=row.number)


def _faults(
    ctx: Context, connection: Connection, row: Row[Any], asked: Mapping[str, Any], reason: str, *, itself: int = 0
) -> list[Problem]:
    found = []
    if row.main_contract_id is not None or row.kind != "loan" or row.state != "signed":
        return [_fault("state", "Only a signed loan contract is changed.", "仅已签订的借款合同可以变更。")]
    loan = tables.loan
    if connection.execute(select(loan.c.id).where(tables.is_loan_of(row.id))).first() is not None:
        return [_fault("paid_out", "It is paid out; ask for a change of the loan.", "合同已放款，请申请贷后变更。")]
    under_way = TABLE.c.state.in_(("requested", "approved")), TABLE.c.id != itself
    pending = select(TABLE.c.id).where(TABLE.c.contract_id == row.id, *under_way)
    if connection.execute(pending).first() is not None:
        return [_fault("open", "Another change is under way.", "已有未完成的合同变更。")]
    if not asked or set(asked) - set(FIELDS):
        found.append(_fault("nothing", "Say what is to change.", "请填写变更内容。"))
    if not reason.strip() or len(reason) > LONGEST:
        found.append(_fault("reason", "Say why.", "请填写变更原因。"))
    sanction = sanctions.find(connection, row.sanction_id)
    offer = compiled.offer(releases.pinned(ctx, connection, row.release_id), row.product_key)
    if "amount" in asked:
        amount = Decimal(asked["amount"])
        if not offer.amount.holds(amount) or amount > sanction.amount:
            found.append(
                _fault("amount", "The sanction or the product does not allow it.", "超出批复或产品允许的金额。")
            )
    if "term_months" in asked:
        term = Decimal(asked["term_months"])
        if not offer.months.holds(term) or term > sanction.term_months:
            found.append(
                _fault("term_months", "The sanction or the product does not allow it.", "超出批复或产品允许的期限。")
            )
    if "method" in asked and asked["method"] not in offer.methods:
        found.append(_fault("method", "The product is not repaid in this way.", "该产品不支持此还款方式。"))
    return found


def _value(name: str, value: Any) -> Any:
    return {"amount": Decimal, "term_months": int}.get(name, str)(value)


def _move(connection: Connection, row: Row[Any], values: Mapping[str, Any]) -> None:
    connection.execute(update(TABLE).where(TABLE.c.id == row.id).values(**values, version=row.version + 1))


def _tell(
    ctx: Context,
    connection: Connection,
    contract_id: int,
    step: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    audit.write(
        connection, ctx.actor, f"contract.change_{step}", ("contract", contract_id), before=before, after=after,
        at=ctx.now,
    )  # fmt: skip


def _fault(field: str, en: str, zh: str) -> Problem:
    return Problem(code=f"contract_change.{field}", field=field, message=text(en, zh))


def _in_flow() -> Problem:
    return _fault("in_flow", "This change is decided in its flow.", "该变更须在其审批流程中办理。")


def _own() -> Problem:
    return _fault("own", "Who asked for a change neither decides nor signs it.", "申请人不得审批或登记签订。")


def _say_why() -> Problem:
    return _fault("reason", "Say why.", "请填写原因。")
