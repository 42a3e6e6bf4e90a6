"""Posting rules: proven to balance before anybody uses them, and complete for the products that use them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanloom.core.ledger.journal import Entry
from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.events import LoanSettled, RepaymentReceived
from loanloom.core.lending.owing.allocation import Applied
from loanloom.engines import posting
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build

D = Decimal
ON = date(2026, 1, 31)

CHART = """
apiVersion: loanloom/v1
kind: chart_of_accounts
key: chart
title: {en: Chart, zh: 科目表}
spec:
  accounts:
    - {code: "1002", title: {en: Bank, zh: 银行存款}, type: asset}
    - {code: "1131", title: {en: Receivable, zh: 应收利息}, type: asset}
    - {code: "1301", title: {en: Loans, zh: 贷款}, type: asset}
    - {code: "2241", title: {en: Kept, zh: 其他应付款}, type: liability}
    - {code: "6011", title: {en: Interest, zh: 利息收入}, type: income}
    - {code: "6021", title: {en: Fees, zh: 手续费收入}, type: income}
"""
RULES = """
apiVersion: loanloom/v1
kind: posting_rules
key: rules
title: {en: Rules, zh: 记账规则}
spec:
  chart: chart
  events:
    loan_disbursed: [{debit: "1301", credit: "1002", amount: principal}]
    interest_accrued: [{debit: "1131", credit: "6011", amount: interest}]
    penalty_accrued: [{debit: "1131", credit: "6011", amount: penalty + compound}]
    repayment_received:
      - {debit: "1002", amount: amount, memo: {en: Received, zh: 收款}}
      - {credit: "1301", amount: principal}
      - {credit: "1131", amount: interest + penalty + compound + damages}
      - {credit: "6021", amount: fee}
      - {credit: "2241", amount: surplus}
"""


def registry(rules: str = RULES) -> Registry:
    documents = [read_document(source, "x.yaml").document for source in (CHART, rules)]
    return build([document for document in documents if document is not None], load_kinds()).registry


def compiled(rules: str = RULES) -> posting.Posting:
    known = registry(rules)
    made = posting.compile_posting(known.require("posting_rules", "rules"), known)
    assert made.posting is not None, made.problems
    return made.posting


BROKEN = {
    "posting.unbalanced": ('      - {credit: "6021", amount: fee}\n', "", "with fee 1 it debits 1 and credits 0"),
    "posting.not_a_sum": ("amount: principal}]", "amount: principal / 3}]", "principal, payable, fee"),
    "posting.unknown_account": ('credit: "6011", amount: interest}', 'credit: "6012", amount: interest}', "6011"),
    "posting.unknown_event": ("interest_accrued:", "interest_acrued:", "interest_accrued"),
}


@pytest.mark.parametrize("code", BROKEN)
def test_rules_that_would_break_the_books_do_not_load(code: str) -> None:
    before, after, words = BROKEN[code]
    assert before in RULES
    known = registry(RULES.replace(before, after))
    made = posting.compile_posting(known.require("posting_rules", "rules"), known)
    assert made.posting is None
    problem = next(each for each in made.problems if each.code == code)
    assert words in problem.in_words("en")
    assert problem.line
    assert problem in posting.check(known)


def test_an_amount_that_the_event_does_not_have_is_named() -> None:
    known = registry(RULES.replace("amount: fee}", "amount: fees}"))
    problem = posting.compile_posting(known.require("posting_rules", "rules"), known).problems[0]
    assert "fee" in problem.in_words("en")
    assert (problem.line, problem.column) == (16, 34)


@given(st.fixed_dictionaries(dict.fromkeys((*COMPONENTS, "surplus"), st.decimals(-10_000, 10_000, places=2))))
def test_every_entry_balances_whatever_the_amounts(parts: dict[str, Decimal]) -> None:
    made = posting.entry_for(compiled_once(), "repayment_received", parts, ON)
    if made is None:
        assert not any(parts.values())
        return
    assert isinstance(made, Entry)
    assert sum(line.debit for line in made.lines) == sum(line.credit for line in made.lines)


KNOWN: list[posting.Posting] = []


def compiled_once() -> posting.Posting:
    if not KNOWN:
        KNOWN.append(compiled())
    return KNOWN[0]


def test_a_receipt_becomes_one_entry_with_its_parts() -> None:
    applied = (Applied(1, "interest", D("1000")), Applied(1, "principal", D("7884.88")), Applied(1, "penalty", D("1")))
    events = (RepaymentReceived(on=ON, amount=D("8885.88"), applied=applied), LoanSettled(on=ON))
    (entry,) = posting.entries(compiled(), events)
    assert [(line.account, line.debit, line.credit) for line in entry.lines] == [
        ("1002", D("8885.88"), D(0)), ("1301", D(0), D("7884.88")), ("1131", D(0), D("1001")),
    ]  # fmt: skip
    assert entry.lines[0].memo == {"en": "Received", "zh": "收款"}


def test_a_negative_accrual_changes_sides() -> None:
    entry = posting.entry_for(compiled(), "interest_accrued", {"interest": D(-5)}, ON)
    assert entry is not None
    assert [(line.account, line.debit, line.credit) for line in entry.lines] == [
        ("6011", D(5), D(0)),
        ("1131", D(0), D(5)),
    ]


def test_a_product_whose_events_are_not_booked_is_told() -> None:
    product = """
apiVersion: loanloom/v1
kind: product
key: loan
title: {en: Loan, zh: 贷款}
spec:
  class: business
  currency: CNY
  amount: {min: 1, max: 2}
  term: {unit: month, min: 1, max: 2}
  rate: {fixed: 0.1}
  draw: once
  schedule: {methods: [equal_principal], every: 1, unit: month, due_day: same}
  day_count: 30/360
  rounding: {digits: 2, mode: half_up, residual: last}
  penalty: {uplift: 0.5, year_days: 360, grace_days: 0, compound: true}
  allocation: a
  overpayment: keep
  forms: {application: f}
  flows: {application: f}
  posting_rules: rules
"""
    sources = (CHART, RULES.replace("amount: penalty + compound}]", "amount: penalty}]"), product)
    documents = [read_document(source, "x.yaml").document for source in sources]
    known = build([document for document in documents if document is not None], load_kinds()).registry
    assert known.get("product", "loan"), "the product itself is sound"
    said = [problem.in_words("en") for problem in posting.check(known) if problem.code == "posting.not_posted"]
    assert any("compound of the event 'penalty_accrued'" in words for words in said)
    assert any("'surplus_applied'" in words for words in said)
    assert not any("damages" in words or " tax " in words for words in said)
