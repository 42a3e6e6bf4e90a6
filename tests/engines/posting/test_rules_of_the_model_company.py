"""The model company's rules: every event of a loan balances, whatever its amounts and wherever the loan stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanloom.core.money import ZERO
from loanloom.engines import posting
from loanloom.engines.posting import Posting
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build

ROOT = Path(__file__).parents[3] / "metadata"
ON = date(2026, 1, 31)
CHANNELS = ("bank", "cash", "counter", "online", "suspense", "deposit", "payout", "renewal")
KINDS = ("repayment", "goodwill", "merchant_refund", "interest_refund", "interest_waiver", "down_payment")


@cache
def rules(key: str) -> Posting:
    files = [*(ROOT / "posting_rules").glob("*.yaml"), *(ROOT / "charts_of_accounts").glob("*.yaml")]
    read = [read_document(file.read_text(encoding="utf-8"), file.name).document for file in files]
    registry = build([each for each in read if each is not None], load_kinds()).registry
    made = posting.compile_posting(registry.require("posting_rules", key), registry)
    assert made.posting is not None, made.problems
    return made.posting


@pytest.fixture(autouse=True, scope="module")
def _read_once() -> None:
    """Reading the documents is no part of any example's time."""
    rules("loans"), rules("entrusted")


def happenings(events: tuple[str, ...]):
    """An event with amounts of two or three digits after the point, positive or negative, and facts."""
    amounts = st.sampled_from([0, 2, 3]).flatmap(lambda places: st.decimals(-99_999, 99_999, places=places))
    return st.sampled_from(events).flatmap(
        lambda event: st.tuples(
            st.just(event),
            st.fixed_dictionaries(dict.fromkeys(posting.AMOUNTS[event], amounts)),
            st.fixed_dictionaries(
                {
                    "accounting": st.sampled_from(posting.ACCOUNTING),
                    "channel": st.sampled_from(CHANNELS),
                    "kind": st.sampled_from(KINDS),
                }
            ),
        )
    )


def balance(entry, noted: bool, chart) -> Decimal:
    lines = [line for line in entry.lines if (chart[line.account].type == "off_balance") == noted]
    return sum((line.debit - line.credit for line in lines), ZERO)


@given(happenings(tuple(posting.AMOUNTS)))
def test_the_journal_balances_for_any_event(happening) -> None:
    event, amounts, facts = happening
    made = rules("loans")
    entry = posting.entry_for(made, event, amounts, ON, facts)
    if entry is None:
        assert not any(amounts.values()) or posting.moved(event, amounts) == {}
        return
    assert balance(entry, False, made.chart) == balance(entry, True, made.chart) == 0


@given(happenings(tuple(event for event in posting.AMOUNTS if event not in posting.GENERAL)))
def test_entrusted_loans_balance_too_and_never_become_an_asset(happening) -> None:
    event, amounts, facts = happening
    made = rules("entrusted")
    entry = posting.entry_for(made, event, amounts, ON, facts)
    if entry is None:
        return
    assert balance(entry, False, made.chart) == balance(entry, True, made.chart) == 0
    assert not {"130301", "113201", "601101"} & {line.account for line in entry.lines}


@given(happenings(tuple(posting.AMOUNTS)))
def test_taking_an_event_back_leaves_nothing(happening) -> None:
    event, amounts, facts = happening
    there = posting.entry_for(rules("loans"), event, amounts, ON, facts)
    back = posting.entry_for(rules("loans"), event, {name: -value for name, value in amounts.items()}, ON, facts)
    sums: dict[str, Decimal] = {}
    for entry in (there, back):
        for line in entry.lines if entry else ():
            sums[line.account] = sums.get(line.account, ZERO) + line.debit - line.credit
    assert not any(sums.values())


@pytest.mark.parametrize("accounting", ["performing", "suspended"])
def test_what_is_owed_grows_and_shrinks_in_the_same_account(accounting: str) -> None:
    made, facts = rules("loans"), {"accounting": accounting}
    for part in posting.CLAIMS:
        kept = made.kept_at(part, accounting)
        paid = posting.entry_for(made, "repayment_received", {part: Decimal(1)}, ON, facts)
        assert kept is not None
        assert paid is not None
        assert kept in {line.account for line in paid.lines if line.credit}, part


def test_a_penalty_of_a_loan_in_suspense_is_no_income_until_it_is_paid() -> None:
    made, suspended = rules("loans"), {"accounting": "suspended"}
    grown = posting.entry_for(made, "penalty_accrued", {"penalty": Decimal(5)}, ON, suspended)
    paid = posting.entry_for(made, "repayment_received", {"penalty": Decimal(5)}, ON, suspended)
    assert {(line.account, line.debit - line.credit) for line in grown.lines} == {("9001", 5), ("9099", -5)}
    assert {(line.account, line.debit - line.credit) for line in paid.lines} == {
        ("1002", 5), ("601102", -5), ("9099", 5), ("9001", -5),
    }  # fmt: skip


def test_tax_within_a_receipt_is_owed_to_the_state_and_no_income() -> None:
    entry = posting.entry_for(rules("loans"), "repayment_received", {"interest": Decimal(106), "tax": Decimal(6)}, ON)
    assert {line.account: line.debit - line.credit for line in entry.lines} == {
        "1002": 106, "113201": -106, "601101": 6, "222101": -6,
    }  # fmt: skip
