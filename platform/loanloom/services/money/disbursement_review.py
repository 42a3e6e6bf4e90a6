"""The review before money goes out 放款审核: each condition as a line with a tick or a reason. Reads; changes nothing.

Everything for many contracts is read in a handful of statements. `blocking` lines stop the disbursement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Row, RowMapping, any_, bindparam, func, select

from loanloom.engines.products import Preview
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Refused
from loanloom.services.money import disbursement_checks as checks
from loanloom.services.money import lending_rules
from loanloom.services.money.cashier import payee_rules, payees, trustors
from loanloom.services.money.disbursement_checks import Check
from loanloom.services.origination import quotes
from loanloom.services.parties import group_loans
from loanloom.store import tables


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
    around = {
        found[0]: _split(found[3:]) | {"loan": found[1], "conditions": found[2] or ()}
        for found in connection.execute(_AROUND, ids)
    }
    for contract_id, planned in payees.planned(ctx, connection, ids["ids"]).items():
        around[contract_id]["payees"] = tuple(planned)
    return [_case(ctx, connection, row, tuple(security[row["id"]]), around[row["id"]]) for row in contracts]


_CONTRACT, _LOAN = tables.contract, tables.loan
_OF_CONTRACTS = bindparam("ids", type_=ARRAY(BigInteger))
_SECURITY = select(_CONTRACT).where(_CONTRACT.c.main_contract_id == any_(_OF_CONTRACTS)).order_by(_CONTRACT.c.id)
_BESIDE = (tables.application, tables.customer, tables.sanction)
_CONDITION = tables.sanction_condition
_CONDITIONS = (
    select(
        func.jsonb_agg(
            func.jsonb_build_object(
                "words", _CONDITION.c.words, "state", _CONDITION.c.state, "by", _CONDITION.c.settled_by
            )
        )
    )
    .where(_CONDITION.c.sanction_id == _CONTRACT.c.sanction_id)
    .correlate(_CONTRACT)
    .scalar_subquery()
)
_AROUND = (
    select(_CONTRACT.c.id, _LOAN.c.id, _CONDITIONS, *(column for table in _BESIDE for column in table.c))
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
    found = (
        checks.signed(contract),
        checks.security_signed(security),
        *_sealed(ctx, connection, contract, security),
        checks.not_yet(loan_id),
        checks.within_sanction(contract, sanction),
        checks.customer_active(customer),
        *checks.conditions(around["conditions"]),
        checks.another_hand(ctx, contract, application, around["conditions"]),
        checks.computable(preview),
        _within_caps(ctx, releases.pinned(ctx, connection, contract["release_id"]), contract, preview),
        checks.whole(preview),
        *_group(ctx, connection, contract),
        _payees(ctx, connection, contract, around["payees"]),
        *_trustor(ctx, connection, contract),
        _bookable(ctx, contract),
    )
    return Case(
        contract, security, application, customer, sanction, loan_id, preview, found, around["payees"]
    )  # fmt: skip


def _sealed(
    ctx: Context, connection: Connection, contract: RowMapping, security: Sequence[RowMapping]
) -> tuple[Check, ...]:
    """Where the product asks for it, the lender's seal stands on everything before money goes out."""
    spec = releases.pinned(ctx, connection, contract["release_id"]).require("product", contract["product_key"]).spec
    asked = (spec.get("contracting") or {}).get("sealed")
    return (checks.sealed(contract, security),) if asked else ()


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
    shown = f"{max(cost.simple, cost.compound) * 100:.2f}%" if cost else "–"
    return Check("above_cap", title, True, text(f"{shown} a year", f"年化 {shown}"))


def _bookable(ctx: Context, contract: RowMapping) -> Check:
    title = text("Can be booked", "可以记账")
    try:
        lending_rules.posting_for(ctx, contract["product_key"])
    except Refused as refused:
        return Check("not_bookable", title, False, refused.problems[0].message)
    return Check("not_bookable", title, True, text("posting rules in force", "记账规则有效"))
