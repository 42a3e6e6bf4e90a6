"""Disbursement 放款: from a signed contract to a running loan 借据, its schedule, voucher number and journal entry.

Finance alone; a contract is paid out once, whoever clicks how often from how many places: the contract's row is locked
and the database holds one loan a contract. The voucher is filled when first asked for, so that paper never holds money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from loanloom.core.lending.decisions import Disburse, decide
from loanloom.core.lending.events import Event, LoanDisbursed
from loanloom.core.lending.evolution import evolve, evolve_all
from loanloom.core.money import total
from loanloom.engines import products
from loanloom.problems import Problem, text
from loanloom.services import numbers, once, scope
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money import (
    disbursement_review,
    disbursement_rows,
    holding,
    lending_rules,
    loan_rows,
    offers,
)
from loanloom.services.money.books import booking, postings
from loanloom.services.money.books.booking import Posted
from loanloom.services.money.cashier import charged_items, payees, trustors
from loanloom.services.money.cashier.charged_items import Drawn
from loanloom.services.money.disbursement_review import Case
from loanloom.services.money.disbursement_rows import Payout
from loanloom.services.money.lines import line_usage
from loanloom.store import bulk, tables

CONTRACT = text("contract", "合同")
NEW = ((tables.loan, 1), (tables.journal_entry, 1))
"""Ids that a disbursement needs."""


@dataclass(frozen=True, slots=True)
class Disbursed:
    """A loan that was paid out. `replayed`: this is the first answer given again."""

    loan_id: int
    loan_number: str
    voucher_number: str
    replayed: bool = False


def review(ctx: Context, contract_id: int) -> Case:
    """What the cashier sees before paying out: conditions, terms, schedule, cost."""
    ctx.require("money.disburse", "money.read")
    with ctx.transaction() as connection:
        found = disbursement_review.cases(ctx, connection, [contract_id])
        scope.check_visible(ctx, found[0].contract if found else None, CONTRACT)
        return found[0]


def waiting(ctx: Context, *, limit: int = 200) -> Sequence[RowMapping]:
    """Signed contracts without a loan, the oldest first, with the customer's name."""
    ctx.require("money.disburse", "money.read")
    contract, customer, loan = tables.contract, tables.customer, tables.loan
    query = (
        select(contract, customer.c.name.label("customer_name"))
        .join(customer, customer.c.id == contract.c.customer_id)
        .outerjoin(loan, tables.is_loan_of(contract.c.id))
        .where(
            contract.c.kind == "loan", contract.c.state == "signed", loan.c.id.is_(None), scope.visible(ctx, contract)
        )
        .order_by(contract.c.signed_on, contract.c.id)
        .limit(limit)
    )
    with ctx.transaction() as connection:
        return connection.execute(query).mappings().all()


def disburse(ctx: Context, contract_id: int, *, channel: str = "bank", idempotency_key: str | None = None) -> Disbursed:
    """Pay a contract out today."""
    ctx.require("money.disburse")
    asked = once.asked(ctx, idempotency_key, "disbursement", contract_id, {"channel": booking.check_channel(channel)})
    with ctx.transaction() as connection:
        held = holding.hold(ctx, connection, tables.contract, [contract_id], asked, NEW)
        if held.answer is not None:
            return Disbursed(**{**held.answer, "replayed": True})
        found = _may_go_out(ctx, connection, held.rows)
        if in_flow(ctx, found[0].contract):
            raise Refused([_by_its_flow()])
        with bulk.together(connection, held.ids):
            (made,) = _pay_out(ctx, connection, found, channel)
            once.keep(connection, asked, {name: value for name, value in asdict(made).items() if name != "replayed"})
        return made


def disburse_in(ctx: Context, connection: Connection, contract_id: int, channel: str) -> Disbursed:
    """Pay a contract out inside the caller's transaction."""
    held = holding.hold(ctx, connection, tables.contract, [contract_id], reserve=NEW)
    found = _may_go_out(ctx, connection, held.rows)
    with bulk.together(connection, held.ids):
        (made,) = _pay_out(ctx, connection, found, booking.check_channel(channel))
    return made


def _may_go_out(ctx: Context, connection: Connection, rows: Sequence[RowMapping]) -> list[Case]:
    """The one contract, reviewed; refused where its money may not go out."""
    found = disbursement_review.cases_of(ctx, connection, rows)
    scope.check_visible(ctx, found[0].contract if found else None, CONTRACT)
    if found[0].loan_id is not None:
        raise Conflict(next(each for each in found[0].problems if each.code == "disbursement.already_disbursed"))
    if found[0].problems:
        raise Refused(found[0].problems)
    return found


def disburse_many(
    ctx: Context, contract_ids: Iterable[int], *, channel: str = "bank"
) -> tuple[list[Disbursed], dict[int, tuple[Problem, ...]]]:
    """Pay out many contracts in one transaction; what may not go out is told by contract id. Repeating does nothing.

    What stops one only as the money moves (a line frozen since, a trustor's money used up) holds up no other."""
    ctx.require("money.disburse")
    booking.check_channel(channel)
    with ctx.transaction() as connection:
        held = holding.hold(ctx, connection, tables.contract, contract_ids)
        found = disbursement_review.cases_of(ctx, connection, held.rows)
        fine = [case for case in found if not case.problems and scope.sees(ctx, case.contract)]
        refused = {case.contract["id"]: case.problems for case in found if case.problems and case.loan_id is None}
        refused |= {case.contract["id"]: (_by_its_flow(),) for case in fine if in_flow(ctx, case.contract)}
        fine = [case for case in fine if case.contract["id"] not in refused]
        try:
            return _paid_together(ctx, connection, fine, channel), refused
        except Refused:
            pass
        made: list[Disbursed] = []
        for case in fine:
            try:
                made += _paid_together(ctx, connection, [case], channel)
            except Refused as stopped:
                refused[case.contract["id"]] = stopped.problems
        return made, refused


def in_flow(ctx: Context, contract: Mapping[Any, Any]) -> bool:
    """Whether the product has its disbursements approved in a flow 放款审核: then an order of the desk starts it."""
    product = ctx.registry.get("product", contract["product_key"])
    return product is not None and "disburse" in (product.spec.get("flows") or {})


def _by_its_flow() -> Problem:
    return Problem(
        code="disbursement.in_flow",
        message=text(
            "This product's disbursements are approved in a flow.", "该产品放款须经审批流程（放款审核）。"
        ),
        hint=text("Enter the disbursement at the cashier's desk.", "请在收付柜台录入放款。"),
    )  # fmt: skip


def _paid_together(ctx: Context, connection: Connection, found: Sequence[Case], channel: str) -> list[Disbursed]:
    """All of them or, where one is refused, none, and nothing is left behind."""
    if not found:
        return []
    with (
        connection.begin_nested(),
        bulk.together(connection, bulk.ids(connection, {table: len(found) for table, _ in NEW})),
    ):
        return _pay_out(ctx, connection, found, channel)


def _pay_out(ctx: Context, connection: Connection, found: Sequence[Case], channel: str) -> list[Disbursed]:
    if not found:
        return []
    payouts = [_payout(ctx, connection, case) for case in found]
    plans = {case.contract["id"]: list(case.payees) for case in found}
    numbered = _numbers(ctx, connection, found)
    loan_numbers, vouchers = numbered[::2], numbered[1::2]
    rows = [disbursement_rows.loan(ctx, payout, number) for payout, number in zip(payouts, loan_numbers, strict=True)]
    loan_ids = [int(row["id"]) for row in bulk.insert(connection, tables.loan, rows, returning=["id"])]
    line_usage.paid_out(ctx, connection, list(zip(rows, loan_ids, strict=True)))
    bulk.insert(
        connection,
        tables.instalment,
        [
            loan_rows.instalment_values(loan_id, account)
            for loan_id, payout in zip(loan_ids, payouts, strict=True)
            for account in payout.loan.accounts
        ],
    )
    happened = [(loan_id, 0, payout.events) for loan_id, payout in zip(loan_ids, payouts, strict=True)]
    loan_rows.write_events(ctx, connection, happened)
    paid = zip(loan_ids, payouts, vouchers, strict=True)
    drawn = [disbursement_rows.disbursement(ctx, channel, *each) for each in paid]
    bulk.insert(connection, tables.disbursement, drawn)
    cases = [payout.case for payout in payouts]
    fees = [kept_back(payout.events) for payout in payouts]
    merchant_fees = [charged_items.merchants_part(payout.loan) for payout in payouts]
    payees.at_disbursement(ctx, connection, drawn, cases, plans, fees, merchant_fees)
    made = list(zip(loan_ids, payouts, strict=True))
    trustors.lend(ctx, connection, [_lent(*each) for each in made if _entrusted(ctx, connection, each[1])])
    charged_items.write(ctx, connection, [_drawn(plans, *each) for each in zip(loan_ids, payouts, strict=True)])
    booking.post(
        ctx,
        connection,
        [
            each
            for loan_id, payout in zip(loan_ids, payouts, strict=True)
            for each in _posted(ctx, loan_id, payout, payees.payable(plans[payout.case.contract["id"]]), channel)
        ],
    )
    booking.tell(ctx, connection, happened)
    return [
        Disbursed(loan_id, number, voucher)
        for loan_id, number, voucher in zip(loan_ids, loan_numbers, vouchers, strict=True)
    ]


def kept_back(events: Sequence[Event]) -> Decimal:
    """What of a draw stays with us as fees."""
    return total(event.fee for event in events if isinstance(event, LoanDisbursed))


def _entrusted(ctx: Context, connection: Connection, payout: Payout) -> bool:
    return offers.offer_for(ctx, connection, payout.case.contract).business == trustors.KIND


def _lent(loan_id: int, payout: Payout) -> tuple[int, int, Decimal]:
    return loan_id, payout.case.contract["id"], payout.loan.terms.principal


def _drawn(plans: Mapping[int, Sequence[RowMapping]], loan_id: int, payout: Payout) -> Drawn:
    contract, manager = payout.case.contract, payout.case.customer["manager_user_id"]
    return Drawn(loan_id, payout.loan, contract, manager, plans[contract["id"]])


def _payout(ctx: Context, connection: Connection, case: Case) -> Payout:
    offer = lending_rules.offer_of(
        releases.pinned(ctx, connection, case.contract["release_id"]), case.contract["product_key"]
    )
    assert case.preview.terms is not None
    calendar = products.calendar_of(ctx.registry, offer.calendar)
    decision = decide(None, Disburse(terms=case.preview.terms, methods=offer.rules, calendar=calendar))
    if decision.problems:
        raise Refused(decision.problems)
    first, *charged = decision.events
    assert isinstance(first, LoanDisbursed)
    return Payout(case, decision.events, evolve_all(evolve(None, first), charged))


def _numbers(ctx: Context, connection: Connection, found: Sequence[Case]) -> list[str]:
    """For each case the loan's number and the voucher's, all of them asked for at once and last of all."""
    wanted = []
    for case in found:
        offer = offers.offer_for(ctx, connection, case.contract)
        wanted += [(offer.numbering.get(what), case.contract["unit"]) for what in ("loan", "voucher")]
    return numbers.issue_all(ctx, connection, wanted)


def _posted(ctx: Context, loan_id: int, payout: Payout, payable: Decimal, channel: str) -> Sequence[Posted]:
    """The entries of a draw; `payable` is what of it waits to be paid to others than the borrower."""
    contract = payout.case.contract
    row = {"id": loan_id, "currency": payout.loan.terms.currency} | {
        name: contract[name] for name in ("product_key", "unit")
    }
    made = postings.opening(ctx, row, payout.loan, payout.events, {"channel": channel}, {"payable": payable})
    return made.posted
