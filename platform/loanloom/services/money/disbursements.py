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
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.receivable import receivable
from loanloom.core.lending.records import to_record
from loanloom.core.money import total
from loanloom.engines import products
from loanloom.problems import Problem, text
from loanloom.services import numbers, once, scope
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money import disbursement_review, holding, lending_rules, loan_fields, loan_rows, offers
from loanloom.services.money.books import booking, postings
from loanloom.services.money.books.booking import Posted
from loanloom.services.money.cashier import charged_items, payees, trustors
from loanloom.services.money.cashier.charged_items import Drawn
from loanloom.services.money.disbursement_review import Case
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


@dataclass(frozen=True, slots=True)
class _Payout:
    """A case on its way: the loan it becomes, and why not."""

    case: Case
    events: tuple[Event, ...]
    loan: Loan


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
    """Pay out many contracts in one transaction; what may not go out is told by contract id. Repeating does nothing."""
    ctx.require("money.disburse")
    booking.check_channel(channel)
    with ctx.transaction() as connection:
        held = holding.hold(ctx, connection, tables.contract, contract_ids)
        found = disbursement_review.cases_of(ctx, connection, held.rows)
        fine = [case for case in found if not case.problems and scope.sees(ctx, case.contract)]
        refused = {case.contract["id"]: case.problems for case in found if case.problems and case.loan_id is None}
        with bulk.together(connection, bulk.ids(connection, {table: len(fine) for table, _ in NEW} if fine else {})):
            return _pay_out(ctx, connection, fine, channel), refused


def _pay_out(ctx: Context, connection: Connection, found: Sequence[Case], channel: str) -> list[Disbursed]:
    if not found:
        return []
    payouts = [_payout(ctx, connection, case) for case in found]
    plans = {case.contract["id"]: list(case.payees) for case in found}
    numbered = _numbers(ctx, connection, found)
    loan_numbers, vouchers = numbered[::2], numbered[1::2]
    rows = [_loan_row(ctx, payout, number) for payout, number in zip(payouts, loan_numbers, strict=True)]
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
    drawn = [_disbursement_row(ctx, channel, *each) for each in paid]
    bulk.insert(connection, tables.disbursement, drawn)
    cases = [payout.case for payout in payouts]
    fees = [kept_back(payout.events) for payout in payouts]
    merchant_fees = [charged_items.merchants_part(payout.loan) for payout in payouts]
    payees.at_disbursement(ctx, connection, drawn, cases, plans, fees, merchant_fees)
    trustors.lend(
        ctx, connection, [_lent(*each) for each in zip(loan_ids, payouts, strict=True) if _entrusted(ctx, each[1])]
    )
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


def _entrusted(ctx: Context, payout: _Payout) -> bool:
    offer = lending_rules.live_offer(ctx, payout.case.contract["product_key"])
    return offer is not None and offer.business == trustors.KIND


def _lent(loan_id: int, payout: _Payout) -> tuple[int, int, Decimal]:
    return loan_id, payout.case.contract["id"], payout.loan.terms.principal


def _drawn(plans: Mapping[int, Sequence[RowMapping]], loan_id: int, payout: _Payout) -> Drawn:
    contract, manager = payout.case.contract, payout.case.customer["manager_user_id"]
    return Drawn(loan_id, payout.loan, contract, manager, plans[contract["id"]])


def _payout(ctx: Context, connection: Connection, case: Case) -> _Payout:
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
    return _Payout(case, decision.events, evolve_all(evolve(None, first), charged))


def _numbers(ctx: Context, connection: Connection, found: Sequence[Case]) -> list[str]:
    """For each case the loan's number and the voucher's, all of them asked for at once and last of all."""
    wanted = []
    for case in found:
        offer = offers.offer_for(ctx, connection, case.contract)
        wanted += [(offer.numbering.get(what), case.contract["unit"]) for what in ("loan", "voucher")]
    return numbers.issue_all(ctx, connection, wanted)


def _loan_row(ctx: Context, payout: _Payout, number: str) -> dict[str, Any]:
    contract, loan = payout.case.contract, payout.loan
    return {
        "number": number,
        "contract_id": contract["id"],
        "application_id": contract["application_id"],
        "customer_id": contract["customer_id"],
        "release_id": contract["release_id"],
        "product_key": contract["product_key"],
        "currency": loan.terms.currency,
        "principal": loan.terms.principal,
        "annual_rate": loan.terms.annual_rate,
        "method": contract["method"],
        "term_months": contract["term_months"],
        "terms": to_record(loan.terms),
        "status": "active",
        "disbursed_on": ctx.business_date,
        "matures_on": loan.matures_on,
        "event_count": len(payout.events),
        "credit_line_id": (contract["extra"] or {}).get("credit_line_id"),
        "unit": contract["unit"],
        "manager_user_id": payout.case.customer["manager_user_id"] or payout.case.application["created_by"],
        "created_by": ctx.actor.user_id,
        **loan_fields.loan_values(loan),
        **loan_rows.figures(loan, ctx.business_date),
        **postings.columns(loan, ctx.business_date, "performing", receivable(loan, ctx.business_date)),
    }


def _disbursement_row(ctx: Context, channel: str, loan_id: int, payout: _Payout, voucher: str) -> dict[str, Any]:
    contract = payout.case.contract
    extra = contract["extra"] or {}
    return {
        "number": voucher,
        "loan_id": loan_id,
        "contract_id": contract["id"],
        "amount": payout.loan.terms.principal,
        "currency": payout.loan.terms.currency,
        "disbursed_on": ctx.business_date,
        "payee_name": extra.get("payee_name") or payout.case.customer["name"],
        "payee_account_masked": extra.get("payee_account_masked"),
        "channel": channel,
        "checks": [{"key": check.key, "title": check.title, "detail": check.detail} for check in payout.case.checks],
        "created_by": ctx.actor.user_id,
    }


def _posted(ctx: Context, loan_id: int, payout: _Payout, payable: Decimal, channel: str) -> Sequence[Posted]:
    """The entries of a draw; `payable` is what of it waits to be paid to others than the borrower."""
    contract = payout.case.contract
    row = {"id": loan_id, "currency": payout.loan.terms.currency} | {
        name: contract[name] for name in ("product_key", "unit")
    }
    made = postings.opening(ctx, row, payout.loan, payout.events, {"channel": channel}, {"payable": payable})
    return made.posted
