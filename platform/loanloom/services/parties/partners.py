"""Those a lender deals with besides its customers: merchants, suppliers, partners, trustors, guarantors, subsidisers.

The minimum record: number, name, account, agreement, state. Identity, telephone and account numbers are kept closed,
found by a keyed hash, shown masked; a field left empty when changing keeps what is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, or_, select
from sqlalchemy.exc import IntegrityError

from loanloom.problems import Problem, Text, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.once import Once
from loanloom.store import audit, names, saving, tables
from loanloom.store.vault import masked

PARTY = text("partner", "合作方")
TABLE = tables.party
KINDS: Mapping[str, Text] = {
    "merchant": text("Merchant", "商户"),
    "supplier": text("Supplier", "供应商"),
    "partner": text("Partner", "合作机构"),
    "trustor": text("Trustor", "委托人"),
    "guarantor": text("Guarantor", "担保人"),
    "subsidiser": text("Subsidiser", "贴息补贴方"),
}
STATES = ("active", "stopped")
FIELDS: Mapping[str, Text] = {
    "number": text("Number", "编号"),
    "kind": text("Kind", "类别"),
    "name": text("Name", "名称"),
    "customer_id": text("Customer", "客户"),
    "id_number_masked": text("Identity or licence number", "证件号码"),
    "phone_masked": text("Telephone", "电话"),
    "bank_name": text("Bank", "开户行"),
    "account_masked": text("Account number", "账号"),
    "agreement_number": text("Agreement", "协议编号"),
    "agreed_on": text("Agreed on", "签订日期"),
    "agreement_ends_on": text("Agreement ends on", "协议到期日"),
    "fee_rate": text("Fee rate", "费率"),
    "state": text("State", "状态"),
    "note": text("Note", "备注"),
    "unit": text("Branch", "机构"),
    "manager_user_id": text("Manager", "负责人"),
    "created_by": text("Entered by", "录入人"),
}
"""What the columns of a party are called where its record is shown."""
CLOSED = ("id_number", "phone", "account")
LONGEST = {
    "name": 200, "id_number": 40, "phone": 40, "bank_name": 200, "account": 60, "agreement_number": 100, "note": 1000,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is written about a party. None among the closed fields leaves them as they are."""

    kind: str
    name: str
    id_number: str | None = None
    phone: str | None = None
    bank_name: str | None = None
    account: str | None = None
    agreement_number: str | None = None
    agreed_on: date | None = None
    agreement_ends_on: date | None = None
    fee_rate: Decimal = Decimal(0)
    state: str = "active"
    note: str | None = None


def create(ctx: Context, details: Details, *, idempotency_key: str | None = None) -> int:
    """Take on a party; its id."""
    ctx.require("party.write")
    _check(details)
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, "party.create", f"{details.kind}:{details.name}")
        if first.answer is not None:
            return int(first.answer["party_id"])
        row = {
            "number": numbers.issue_or_plain(ctx, connection, "party", "P", 1)[0],
            "unit": ctx.actor.unit,
            "manager_user_id": ctx.actor.user_id,
            "created_by": ctx.actor.user_id,
            **_columns(ctx, details),
        }
        try:
            made = int(connection.execute(insert(TABLE).values(row).returning(TABLE.c.id)).scalar_one())
        except IntegrityError as error:
            raise Refused(_twice()) from error
        audit.write(connection, ctx.actor, "party.created", ("party", made), after=_shown(row), at=ctx.now)
        first.keep({"party_id": made})
        return made


def update(ctx: Context, party_id: int, details: Details, *, version: int) -> None:
    """Change a party; refused when somebody else changed it meanwhile."""
    ctx.require("party.write")
    _check(details)
    with ctx.transaction() as connection:
        before = read_in(ctx, connection, party_id)
        new = _columns(ctx, details)
        try:
            changed = saving.update_if_unchanged(connection, TABLE, party_id, version, new)
        except IntegrityError as error:
            raise Refused(_twice()) from error
        if not changed:
            raise Conflict()
        was, now = audit.changes(_shown({name: before[name] for name in new}), _shown(new))
        audit.write(connection, ctx.actor, "party.changed", ("party", party_id), before=was, after=now, at=ctx.now)


def read(ctx: Context, party_id: int) -> RowMapping:
    """A party, if the actor may see it."""
    ctx.require("party.write", "money.read", "customer.read")
    with ctx.transaction() as connection:
        return read_in(ctx, connection, party_id)


def read_in(ctx: Context, connection: Connection, party_id: int) -> RowMapping:
    """A party inside a transaction."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == party_id)).mappings().one_or_none()
    scope.check_visible(ctx, row, PARTY)
    assert row is not None
    return row


def listing(
    ctx: Context, *, kind: str | None = None, words: str = "", active_only: bool = False, limit: int = 200
) -> Sequence[RowMapping]:
    """Parties by number, perhaps of one kind, perhaps found by name, pinyin or number."""
    ctx.require("party.write", "money.read", "customer.read")
    query = select(TABLE).where(scope.visible(ctx, TABLE))
    if kind is not None:
        query = query.where(TABLE.c.kind == kind)
    if active_only:
        query = query.where(TABLE.c.state == "active")
    if words.strip():
        query = query.where(or_(names.like_name(TABLE, words), TABLE.c.number == words.strip().upper()))
    with ctx.transaction() as connection:
        return connection.execute(query.order_by(TABLE.c.id).limit(limit)).mappings().all()


def account_of(ctx: Context, row: Mapping[Any, Any]) -> str | None:
    """The account number of a party, opened: for the one who pays, never for a page."""
    closed = row["account_cipher"]
    return ctx.database.vault.decrypt(ctx.company.id, "party.account", closed) if closed else None


def _columns(ctx: Context, details: Details) -> dict[str, Any]:
    vault, company = ctx.database.vault, ctx.company.id
    row: dict[str, Any] = {
        "kind": details.kind,
        "name": details.name.strip(),
        **names.name_columns(details.name),
        "bank_name": details.bank_name,
        "agreement_number": details.agreement_number,
        "agreed_on": details.agreed_on,
        "agreement_ends_on": details.agreement_ends_on,
        "fee_rate": details.fee_rate,
        "state": details.state,
        "note": details.note,
    }
    for name in CLOSED:
        if value := getattr(details, name):
            row[f"{name}_cipher"] = vault.encrypt(company, f"party.{name}", value)
            row[f"{name}_hash"] = vault.search_hash(company, f"party.{name}", value)
            row[f"{name}_masked"] = masked(value)
    return row


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit keeps: no closed field, no search columns."""
    hidden = ("_cipher", "_hash", "_grams", "_pinyin")
    shown = {name: value for name, value in row.items() if not name.endswith(hidden)}
    return {name: str(value) if isinstance(value, Decimal | date) else value for name, value in shown.items()}


def _check(details: Details) -> None:
    problems = [
        _problem("party.too_long", f"At most {most} characters.", f"最多{most}个字符。", name)
        for name, most in LONGEST.items()
        if len(getattr(details, name) or "") > most
    ]
    if not details.name.strip():
        problems.append(_problem("party.no_name", "Enter a name.", "请填写名称。", "name"))
    if details.kind not in KINDS:
        problems.append(_problem("party.unknown_kind", "Choose a kind.", "请选择类别。", "kind"))
    if details.state not in STATES:
        problems.append(_problem("party.unknown_state", "Choose a state.", "请选择状态。", "state"))
    if not 0 <= details.fee_rate < 1:
        problems.append(
            _problem(
                "party.bad_fee_rate", "The fee rate is from 0 % to below 100 %.", "费率须在0%至100%之间。", "fee_rate"
            )
        )
    if details.agreed_on and details.agreement_ends_on and details.agreement_ends_on < details.agreed_on:
        problems.append(
            _problem(
                "party.agreement_reversed", "The agreement ends before it begins.", "协议到期日早于签订日。",
                "agreement_ends_on",
            )
        )  # fmt: skip
    if problems:
        raise Refused(problems)


def _problem(code: str, en: str, zh: str, field: str) -> Problem:
    return Problem(code=code, message=text(en, zh), field=field)


def _twice() -> Problem:
    en = "A party of this kind with this identity number is there already."
    return _problem("party.twice", en, "该类别下已有相同证件号码的合作方。", "id_number")
