"""The review before money goes out 放款审核: each condition as a line with a tick or a reason. Reads; changes nothing.

Everything for many contracts is read in a handful of statements. `blocking` lines stop the disbursement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Row, RowMapping, any_, bindparam, select

from loanloom.core.lending.pricing.upfront import upfront_problems
from loanloom.engines.products import Preview
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules
from loanloom.services.money.cashier import payee_rules, payees, trustors
from loanloom.services.origination import quotes
from loanloom.services.parties import group_loans
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
    application: Mapping[str, Any]
    customer: Mapping[str, Any]
    sanction: Mapping[str, Any]
    loan_id: int | None
    preview: Preview
    checks: tuple[Check, ...]
    payees: tuple[RowMapping, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why money may not go out; empty when it may."""
        return tuple(check.problem for check in self.checks if not check.passed)


def cases(ctx: Context, connection: Connection, contract_ids: Iterable[int]) -> list[Case]:
    """The cases of these loan contracts, reviewed."""
    table = tables.contract
    query = select(table).where(table.c.id.in_(sorted(set(contract_ids)))).order_by(table.c.id)
    return cases_of(ctx, connection, connection.execute(query).mappings().all())


def cases_of(ctx: Context, connection: Connection, rows: Sequence[RowMapping]) -> list[Case]:
    """The cases of contracts whose rows are at hand (locked, before money goes out), in three statements."""
    contracts = [row for row in rows if row["kind"] == "loan"]
    ids = {"ids": [row["id"] for row in contracts]}
    if not contracts:
        return []
    security: dict[int, list[RowMapping]] = {row["id"]: [] for row in contracts}
    for row in connection.execute(_SECURITY, ids).mappings():
        security[row["main_contract_id"]].append(row)
    around = {found[0]: _split(found[2:]) | {"loan": found[1]} for found in connection.execute(_AROUND, ids)}
    for contract_id, planned in payees.planned(ctx, connection, ids["ids"]).items():
        around[contract_id]["payees"] = tuple(planned)
    return [_case(ctx, connection, row, tuple(security[row["id"]]), around[row["id"]]) for row in contracts]


_CONTRACT, _LOAN = tables.contract, tables.loan
_OF_CONTRACTS = bindparam("ids", type_=ARRAY(BigInteger))
_SECURITY = select(_CONTRACT).where(_CONTRACT.c.main_contract_id == any_(_OF_CONTRACTS)).order_by(_CONTRACT.c.id)
_BESIDE = (tables.application, tables.customer, tables.sanction)
_AROUND = (
    select(_CONTRACT.c.id, _LOAN.c.id, *(column for table in _BESIDE for column in table.c))
    .join(tables.application, tables.application.c.id == _CONTRACT.c.application_id)
    .join(tables.customer, tables.customer.c.id == _CONTRACT.c.customer_id)
    .join(tables.sanction, tables.sanction.c.id == _CONTRACT.c.sanction_id)
    .outerjoin(_LOAN, tables.is_loan_of(_CONTRACT.c.id))
    .where(_CONTRACT.c.id == any_(_OF_CONTRACTS))
)


def _split(values: Sequence[Any]) -> dict[str, Any]:
    """The joined columns as one mapping for each table."""
    found, start = {}, 0
    for table in _BESIDE:
        names = table.c.keys()
        found[table.name] = dict(zip(names, values[start : start + len(names)], strict=True))
        start += len(names)
    return found


def _case(
    ctx: Context,
    connection: Connection,
    contract: RowMapping,
    security: tuple[RowMapping, ...],
    around: Mapping[str, Any],
) -> Case:
    application, customer, sanction = around["application"], around["customer"], around["sanction"]
    loan_id: int | None = around["loan"]
    preview = preview_of(ctx, connection, contract)
    checks = (
        _signed(contract),
        _security_signed(security),
        _not_yet(loan_id),
        _within_sanction(contract, sanction),
        _customer_active(customer),
        _another_hand(ctx, contract, application),
        _computable(preview),
        _within_caps(ctx, releases.pinned(ctx, connection, contract["release_id"]), contract, preview),
        _whole(preview),
        *_group(ctx, connection, contract),
        _payees(ctx, connection, contract, around["payees"]),
        *_trustor(ctx, connection, contract),
        _bookable(ctx, contract),
    )
    return Case(
        contract, security, application, customer, sanction, loan_id, preview, checks, around["payees"]
    )  # fmt: skip


def _payees(ctx: Context, connection: Connection, contract: RowMapping, planned: Sequence[RowMapping]) -> Check:
    title = text("Payees as the product says", "收款人符合产品规定")
    registry = releases.pinned(ctx, connection, contract["release_id"])
    rule = lending_rules.offer_of(registry, contract["product_key"]).payout
    why = payee_rules.refusal(rule, contract["amount"], [row["payee_kind"] for row in planned])
    if why is not None:
        return Check("wrong_payees", title, False, why)
    names = [row["payee_name"] for row in planned]
    return Check(
        "wrong_payees", title, True, text(", ".join(names) or "the borrower", "、".join(names) or "借款人")
    )  # fmt: skip


def _trustor(ctx: Context, connection: Connection, contract: RowMapping) -> tuple[Check, ...]:
    registry = releases.pinned(ctx, connection, contract["release_id"])
    if lending_rules.offer_of(registry, contract["product_key"]).business != trustors.KIND:
        return ()
    title = text("The trustor's money is there", "委托资金已到位")
    found = trustors.of_contracts(connection, [contract["id"]]).get(contract["id"])
    why = trustors.refusal(found, contract["amount"])
    name = found.trustor["name"] if found else ""
    return (Check("trustor", title, why is None, why or text(name, name)),)


def preview_of(ctx: Context, connection: Connection, contract: RowMapping | Row[Any]) -> Preview:
    """Terms, schedule and cost of a contract if it were paid out today: exactly what disbursement books."""
    row = contract if isinstance(contract, Mapping) else contract._mapping
    return quotes.of_agreed(ctx, releases.pinned(ctx, connection, row["release_id"]), row)


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


def _within_sanction(contract: RowMapping, sanction: Mapping[str, Any]) -> Check:
    title = text("As sanctioned", "与批复一致")
    of_another = "draw_id" in (contract["extra"] or {}) and contract["product_key"] != sanction["product_key"]
    same = contract["amount"] <= sanction["amount"] and (
        of_another  # a draw on a shared line: rate and term are its own product's, decided when it was approved
        or (contract["annual_rate"] == sanction["annual_rate"] and contract["term_months"] <= sanction["term_months"])
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


def _customer_active(customer: Mapping[str, Any]) -> Check:
    title = text("Customer active", "客户状态正常")
    if customer["state"] == "active":
        return Check("customer_blocked", title, True, text(customer["name"], customer["name"]))
    return Check(
        "customer_blocked",
        title,
        False,
        text(f"{customer['name']} is not an active customer.", f"客户 {customer['name']} 状态异常。"),
    )


def _another_hand(ctx: Context, contract: RowMapping, application: Mapping[str, Any]) -> Check:
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


def _group(ctx: Context, connection: Connection, contract: RowMapping) -> tuple[Check, ...]:
    """A group's loan: so many members may have drawn, and nobody draws while another is late."""
    offer = lending_rules.offer_of(releases.pinned(ctx, connection, contract["release_id"]), contract["product_key"])
    if offer.grouping is None:
        return ()
    passed, why = group_loans.release(connection, offer, contract["customer_id"])
    return (Check("group", text("The group's turn", "联保分批放款"), passed, why),)


def _within_caps(ctx: Context, registry: Registry, contract: RowMapping, preview: Preview) -> Check:
    title = text("Cost within the price cap", "综合成本不超上限")
    problems = quotes.price_problems(ctx, registry, contract["product_key"], preview)
    if problems:
        return Check("above_cap", title, False, problems[0].message)
    cost = preview.cost
    shown = f"{max(cost.simple, cost.compound) * 100:.2f} %" if cost else "–"
    return Check("above_cap", title, True, text(f"{shown} a year", f"年化 {shown}"))


def _whole(preview: Preview) -> Check:
    """砍头息: nothing is taken out of the principal up front."""
    title = text("Paid out whole", "足额放款（无砍头息）")
    found: tuple[Problem, ...] = ()
    if preview.terms is not None and preview.schedule is not None:
        found = upfront_problems(preview.terms, preview.schedule.instalments)
    if found:
        return Check("taken_from_principal", title, False, found[0].message)
    return Check("taken_from_principal", title, True, text("nothing kept back", "未预先扣收"))


def _bookable(ctx: Context, contract: RowMapping) -> Check:
    title = text("Can be booked", "可以记账")
    try:
        lending_rules.posting_for(ctx, contract["product_key"])
    except Refused as refused:
        return Check("not_bookable", title, False, refused.problems[0].message)
    return Check("not_bookable", title, True, text("posting rules in force", "记账规则有效"))
