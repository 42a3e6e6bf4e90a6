"""The review before money goes out 放款审核: each condition as a line with a tick or a reason. Reads; changes nothing.

Everything for many contracts is read in a handful of statements. `blocking` lines stop the disbursement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, select

from loanloom.engines import products
from loanloom.engines.products import Preview
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules
from loanloom.store import tables


@dataclass(frozen=True, slots=True)
class Check:
    """One condition: what it is, whether it holds, and what was found."""

    key: str
    title: Text
    passed: bool
    detail: Text

    @property
    def problem(self) -> Problem:
        """The reason why money may not go out."""
        return Problem(code=f"disbursement.{self.key}", message=self.detail)


@dataclass(frozen=True, slots=True)
class Case:
    """A contract with all that its disbursement rests on."""

    contract: RowMapping
    security: tuple[RowMapping, ...]
    application: RowMapping
    customer: RowMapping
    sanction: RowMapping
    loan_id: int | None
    preview: Preview
    checks: tuple[Check, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why money may not go out; empty when it may."""
        return tuple(check.problem for check in self.checks if not check.passed)


def cases(ctx: Context, connection: Connection, contract_ids: Iterable[int], *, lock: bool = False) -> list[Case]:
    """The cases of these loan contracts, reviewed; contracts locked in order of id when asked."""
    table = tables.contract
    query = select(table).where(table.c.id.in_(sorted(set(contract_ids))), table.c.kind == "loan").order_by(table.c.id)
    contracts = connection.execute(query.with_for_update() if lock else query).mappings().all()
    if not contracts:
        return []
    ids = [row["id"] for row in contracts]
    beside = select(table).where(table.c.main_contract_id.in_(ids)).order_by(table.c.id)
    security: dict[int, list[RowMapping]] = {each: [] for each in ids}
    for row in connection.execute(beside).mappings():
        security[row["main_contract_id"]].append(row)
    related = {name: _related(connection, name, contracts) for name in ("application", "customer", "sanction")}
    loans: dict[int, int] = {
        row.contract_id: row.id
        for row in connection.execute(
            select(tables.loan.c.contract_id, tables.loan.c.id).where(tables.loan.c.contract_id.in_(ids))
        )
    }
    return [_case(ctx, connection, row, tuple(security[row["id"]]), related, loans.get(row["id"])) for row in contracts]


def _related(connection: Connection, name: str, contracts: Sequence[RowMapping]) -> Mapping[int, RowMapping]:
    table = tables.metadata.tables[name]
    wanted = sorted({row[f"{name}_id"] for row in contracts})
    rows = connection.execute(select(table).where(table.c.id.in_(wanted))).mappings()
    return {row["id"]: row for row in rows}


def _case(
    ctx: Context,
    connection: Connection,
    contract: RowMapping,
    security: tuple[RowMapping, ...],
    related: Mapping[str, Mapping[int, RowMapping]],
    loan_id: int | None,
) -> Case:
    application = related["application"][contract["application_id"]]
    customer = related["customer"][contract["customer_id"]]
    sanction = related["sanction"][contract["sanction_id"]]
    preview = preview_of(ctx, connection, contract)
    checks = (
        _signed(contract),
        _security_signed(security),
        _not_yet(loan_id),
        _within_sanction(contract, sanction),
        _customer_active(customer),
        _another_hand(ctx, contract, application),
        _computable(preview),
        _bookable(ctx, contract),
    )
    return Case(contract, security, application, customer, sanction, loan_id, preview, checks)


def preview_of(ctx: Context, connection: Connection, contract: RowMapping | Row[Any]) -> Preview:
    """Terms, schedule and cost of a contract if it were paid out today: exactly what disbursement books."""
    row = contract if isinstance(contract, Mapping) else contract._mapping
    offer = lending_rules.offer_of(releases.pinned(ctx, connection, row["release_id"]), row["product_key"])
    agreed = products.terms(
        offer,
        amount=row["amount"],
        months=row["term_months"],
        method=row["method"],
        start_on=ctx.business_date,
        annual_rate=row["annual_rate"],
        due_day=(row["terms"] or {}).get("due_day"),
        within_limits=False,
    )
    if agreed.terms is None:
        return Preview(problems=agreed.problems)
    return products.preview_terms(agreed.terms, products.calendar_of(ctx.registry, offer.calendar))


def _signed(contract: RowMapping) -> Check:
    title = text("Contract signed", "合同已签订")
    if contract["state"] == "signed":
        return Check("not_signed", title, True, text(f"on {contract['signed_on']}", f"{contract['signed_on']} 签订"))
    number = contract["number"]
    return Check("not_signed", title, False, text(f"Contract {number} is not signed yet.", f"合同 {number} 尚未签订。"))


def _security_signed(security: Sequence[RowMapping]) -> Check:
    title = text("Guarantees and mortgages signed", "担保合同已签订")
    missing = [row["number"] for row in security if row["state"] != "signed"]
    if missing:
        said = text(f"Not signed yet: {', '.join(missing)}.", f"尚未签订：{'、'.join(missing)}。")
        return Check("security_not_signed", title, False, said)
    count = len(security)
    return Check("security_not_signed", title, True, text(f"{count} contracts", f"共 {count} 份"))


def _not_yet(loan_id: int | None) -> Check:
    title = text("Not paid out before", "尚未放款")
    if loan_id is None:
        return Check("already_disbursed", title, True, text("no loan on this contract", "该合同项下无借据"))
    return Check(
        "already_disbursed", title, False, text("This contract has been paid out already.", "该合同已经放款。")
    )


def _within_sanction(contract: RowMapping, sanction: RowMapping) -> Check:
    title = text("As sanctioned", "与批复一致")
    same = (
        contract["amount"] <= sanction["amount"]
        and contract["annual_rate"] == sanction["annual_rate"]
        and contract["term_months"] <= sanction["term_months"]
    )
    if same:
        return Check("not_as_sanctioned", title, True, text(sanction["number"], sanction["number"]))
    return Check(
        "not_as_sanctioned",
        title,
        False,
        text(
            f"Amount, rate or term of the contract go beyond sanction {sanction['number']}.",
            f"合同的金额、利率或期限超出批复 {sanction['number']}。",
        ),
    )


def _customer_active(customer: RowMapping) -> Check:
    title = text("Customer active", "客户状态正常")
    if customer["state"] == "active":
        return Check("customer_blocked", title, True, text(customer["name"], customer["name"]))
    return Check(
        "customer_blocked",
        title,
        False,
        text(f"{customer['name']} is not an active customer.", f"客户 {customer['name']} 状态异常。"),
    )


def _another_hand(ctx: Context, contract: RowMapping, application: RowMapping) -> Check:
    title = text("Maker is not payer", "经办与放款分离")
    typed = application["draft"].get("by", ())
    makers = {contract["created_by"], contract["signed_by"], application["created_by"], application["updated_by"]}
    makers |= {*typed}
    makers.discard(None)
    if ctx.actor.is_system or ctx.actor.user_id not in makers:
        return Check("same_person", title, True, text(ctx.actor.name, ctx.actor.name))
    return Check(
        "same_person",
        title,
        False,
        text(
            "You made this application, or made or signed its contract; somebody else must pay it out.",
            "您是本笔业务的经办人或合同签署人，须由他人放款。",
        ),
    )


def _computable(preview: Preview) -> Check:
    title = text("Schedule can be computed", "还款计划可生成")
    if preview.schedule is not None:
        rows = len(preview.schedule.instalments)
        return Check("no_schedule", title, True, text(f"{rows} instalments", f"共 {rows} 期"))
    reason = preview.problems[0].message if preview.problems else text("No terms.", "缺少要素。")
    return Check("no_schedule", title, False, reason)


def _bookable(ctx: Context, contract: RowMapping) -> Check:
    title = text("Can be booked", "可以记账")
    try:
        lending_rules.posting_for(ctx, contract["product_key"])
    except Refused as refused:
        return Check("not_bookable", title, False, refused.problems[0].message)
    return Check("not_bookable", title, True, text("posting rules in force", "记账规则有效"))
