"""Prepayment (PP), extension (EX), waiver (WV), entrusted loans (EN) and credit lines (LN) through the core."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from loanloom.core.lending.agreed.charges import ChargeTerms
from loanloom.core.lending.agreed.late_terms import PenaltyTerms
from loanloom.core.lending.agreed.plan_terms import Phase
from loanloom.core.lending.agreed.terms import PrepaymentTerms
from loanloom.core.lending.business.entrusted import EntrustedTerms, pass_on, risk_share
from loanloom.core.lending.business.extensions import GENERAL_RULES, ExtensionTerms, TermTier, allowed
from loanloom.core.lending.business.lines import Line, freeze, release, restore, use
from loanloom.core.lending.decisions import Extend, PrepayPartially, SettleEarly, Waive, decide, payoff
from loanloom.core.lending.events.relief import Waived
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed
from loanloom.core.lending.pricing.charging import planned_charges
from loanloom.core.money import CENTS, EXACT, ZERO, total
from loanloom.testing.cn_practice.case import START, Case, after, disbursed, paid_up_to
from loanloom.testing.cn_practice.lateness import overdue_loan


def _running(case: Case, **more: Any) -> Loan:
    """The loan of the case with its first instalments paid."""
    loan = disbursed(case.terms(Phase(periods=case.count("periods")), **more))
    return paid_up_to(loan, case.count("after_period"))


def prepaid(case: Case) -> dict[str, Any]:
    """PP-01, both ways; money comes on the due date of the last instalment paid."""
    loan, paid, early = _running(case), case.count("after_period"), case.money("prepay_principal")
    on = loan.accounts[paid - 1].instalment.due_on
    before = loan.principal_outstanding

    def left(keep: Literal["term", "instalment"]) -> list[Any]:
        changed = after(loan, PrepayPartially(on=on, amount=early, keep=keep))
        return [account for account in changed.accounts if account.instalment.number > paid]

    def payment(account: Any) -> Decimal:
        return Decimal(account.principal_unpaid + account.interest_unpaid)

    term, short = left("term"), left("instalment")
    interest = total(account.interest_unpaid for account in loan.accounts)
    return {
        "balance_before": before,
        "balance_after": total(account.principal_unpaid for account in term),
        "keep_term_instalment": payment(term[0]),
        "keep_instalment_periods": len(short),
        "keep_instalment_last_payment": payment(short[-1]),
        "interest_saved_keep_instalment": interest - total(account.interest_unpaid for account in short),
    }


def settled_early(case: Case) -> dict[str, Any]:
    """PP-02: quoted, and then really settled by that amount."""
    loan = _running(case, prepayment=PrepaymentTerms(fee_rate=case.money("prepay_fee_rate")))
    on = loan.accounts[case.count("after_period") - 1].instalment.due_on + timedelta(
        days=case.count("days_into_period")
    )
    quote = payoff(loan, on)
    if after(loan, SettleEarly(on=on, amount=quote.total)).settled_on != on:
        raise ValueError("the quoted amount did not settle the loan")
    return {
        "balance": quote.amounts["principal"],
        "accrued": quote.amounts["interest"],
        "fee": quote.amounts["fee"],
        "payoff": quote.total,
    }


def extension_limits(case: Case) -> dict[str, Any]:
    """EX-01: asked of the rule, and of a loan that is to be extended."""
    rows = [(int(row["term_months"]), int(row["requested_total_extension"])) for row in case.inputs["rows"]]
    found = [allowed(GENERAL_RULES, term, months) for term, months in rows]
    for (term, months), answer in zip(rows, found, strict=True):
        terms = case.terms(
            Phase(periods=term, principal="bullet"), principal=Decimal(100_000), annual_rate=Decimal("0.12")
        )
        loan = disbursed(terms)
        if bool(decide(loan, Extend(on=START, months=months)).events) is not answer:
            raise ValueError("the loan answers otherwise than the rule")
    return {"allowed": found}


def extended(case: Case) -> dict[str, Any]:
    """EX-02: a loan with monthly interest, extended when all but its last instalment have been paid."""
    tiers = tuple(_tier(words, Decimal(rate)) for words, rate in case.inputs["rate_table"].items())
    term = case.count("term_months")
    before = next(tier.rate for tier in tiers if tier.up_to is None or term <= tier.up_to)
    terms = case.terms(
        Phase(periods=term, principal="bullet"), annual_rate=before, extension=ExtensionTerms(tiers=tiers)
    )
    loan = paid_up_to(disbursed(terms), term - 1)
    on = loan.accounts[term - 2].instalment.due_on if term > 1 else START
    rows = [
        account.instalment for account in after(loan, Extend(on=on, months=case.count("extension_months"))).accounts
    ]
    return {
        "rate_before": rows[term - 1].annual_rate,
        "rate_from_extension": rows[term].annual_rate,
        "monthly_interest_after": rows[term].interest,
    }


def _tier(words: str, rate: Decimal) -> TermTier:
    """`<=12` and `12-60` end at their last number, `>60` has no end."""
    numbers = [int(number) for number in re.findall(r"\d+", words)]
    return TermTier(up_to=None if ">" in words else numbers[-1], rate=rate)


def waived(case: Case) -> dict[str, Any]:
    """WV-01: a loan that owes what the case says, thirty days late, and the waiver booked on it."""
    dues = {name: Decimal(amount) for name, amount in case.inputs["dues"].items()}
    days, principal, interest = 30, dues["principal"], dues["interest"]
    penalty = PenaltyTerms(
        annual_rate=EXACT.divide(dues["penalty"] * 360, principal * days),
        compound=True,
        compound_rate=EXACT.divide(dues["compound"] * 360, interest * days),
    )
    fee = ChargeTerms(key="service", event="instalment", amount=dues["fee"])
    loan = overdue_loan(START, principal, penalty, interest=interest, charges=(fee,))
    on = START + timedelta(days=days)
    if {name: amount for name, amount in owed(loan, on)[0].amounts.items() if amount} != dues:
        raise ValueError("the loan does not owe what the case says")
    shares = {name: Decimal(share) for name, share in case.inputs["waive"].items()}
    decision = decide(loan, Waive(on=on, shares=shares))
    parts = [part for event in decision.events if isinstance(event, Waived) for part in event.applied]
    left = after(loan, Waive(on=on, shares=shares))
    return {
        "waived": {part.component: part.amount for part in parts},
        "receivable": total(due.total for due in owed(left, on)),
    }


def entrusted(case: Case) -> dict[str, Any]:
    """EN-01: interest passes on, the fee at drawdown is the agent's, and so is none of the risk."""
    agreed = EntrustedTerms(trustor="trustor")
    fee = ChargeTerms(
        key="handling", event="disbursement", rate=case.money("fee_rate"), payer="trustor", settled="invoiced"
    )
    end = case.day("start") + timedelta(days=case.count("days"))
    terms = case.terms(
        Phase(periods=1, unit="day", every=case.count("days"), principal="bullet", interest="at_maturity"),
        day_count="act/360", charges=(fee,), entrusted=agreed,
    )  # fmt: skip
    loan = disbursed(terms)
    row = loan.accounts[0].instalment
    if row.due_on != end:
        raise ValueError("the loan does not run so many days")
    passing = pass_on({"principal": row.principal, "interest": row.interest}, agreed, CENTS)
    fees = planned_charges(terms, (row,))
    return {
        "interest_to_trustor": passing.to_trustor["interest"],
        "agent_fee": total(made.amount for made in fees) + passing.to_agent,
        "agent_provision": terms.principal * risk_share(terms.entrusted),
    }


# --- credit lines ------------------------------------------------------------------------


def line_steps(case: Case) -> dict[str, Any]:
    """LN-01."""
    line = Line(limit=case.money("limit"), revolving=bool(case.inputs["revolving"]))
    steps = {"apply": freeze, "disburse": use, "reject": release, "repay": restore}
    found = []
    for said in case.expected["steps"]:
        move = steps[said["action"]](line, Decimal(said["amount"]))
        line = move.line
        found.append({
            "action": said["action"], "amount": Decimal(said["amount"]), "accepted": move.accepted,
            "used": line.used, "frozen": line.frozen, "available": line.available,
        })  # fmt: skip
    return {"steps": found}


def line_used_up(case: Case) -> dict[str, Any]:
    """LN-02."""
    line = Line(limit=case.money("limit"), revolving=bool(case.inputs["revolving"]))
    line = use(line, case.money("disbursed_cumulative"), frozen=False).line
    repaid = case.money("repaid")
    return {"available": restore(line, repaid).line.available if repaid > ZERO else line.available}
