"""Why money was applied as it was: for each part of a transaction what was owed and how that amount came about. Pure.

The words name the rule, the rate, the days and the base, in both languages; the figures come from the loan as it stood
just before the event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.dates import DAY_COUNTS, WHOLE_MONTHS
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.owing.arrears import due_of
from loanloom.core.lending.owing.penalties import compound_rate, counted, overdue_rate
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replanning.loans import standing
from loanloom.core.money import ZERO, formatted, total
from loanloom.problems import Text, text

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a transaction: what was owed before it, what it got, and how the debt came about."""

    number: int
    component: str
    owed: Decimal
    amount: Decimal
    why: Text


def reasons(before: Loan, applied: tuple[Applied, ...], on: date) -> tuple[Reason, ...]:
    """The parts of a transaction, explained by the loan before it."""
    loan = standing(before, on)
    accounts = {account.instalment.number: account for account in loan.accounts}
    return tuple(_reasons(loan, accounts, applied, on))


def _reasons(loan: Loan, accounts: dict[int, Account], applied: tuple[Applied, ...], on: date) -> Iterator[Reason]:
    for part in applied:
        account = accounts.get(part.number)
        if account is None:
            yield Reason(part.number, part.component, part.amount, part.amount, _by_this())
            continue
        owed = due_of(account, loan.terms, on).amounts.get(part.component, ZERO)
        english, chinese = _why(loan, account, part.component, on)
        if part.amount < owed:
            english += " The money did not reach for all of it."
            chinese += "款项不足以全部偿还。"
        yield Reason(part.number, part.component, owed, part.amount, text(english, chinese))


def _by_this() -> Text:
    return text("Brought about by this transaction itself.", "由本笔业务产生。")


def _why(loan: Loan, account: Account, component: str, on: date) -> Words:
    match component:
        case "interest":
            return _interest(loan, account)
        case "principal":
            return _principal(account, on)
        case "penalty" | "compound" | "damages":
            return _late(loan, account, component, on)
    return _fee(account)


def _interest(loan: Loan, account: Account) -> Words:
    row, digits = account.instalment, loan.terms.rounding.digits
    base, interest = formatted(row.base, digits), formatted(row.interest, digits)
    rate = _percent(row.annual_rate)
    english = (
        f"Interest of {row.start_on} to {row.due_on}: {base} at {rate} a year, {_days(loan, row)} days by "
        f"{loan.terms.day_count}, is {interest}."
    )
    chinese = (
        f"{row.start_on} 至 {row.due_on} 的利息：{base} × 年利率 {rate}，{_days(loan, row)} 天，"
        f"按 {loan.terms.day_count} 计，为 {interest}。"
    )
    if row.carried:
        carried = formatted(loan.terms.rounding.apply(row.carried), digits)
        english += f" Of it {carried} from an earlier balance, up to {row.counted_from}."
        chinese += f"其中 {carried} 为 {row.counted_from} 前按原余额计算的部分。"
    return english, chinese


def _days(loan: Loan, row: Instalment) -> int:
    """The days of a period as the agreed count sees them: a month of thirty days has thirty."""
    counted, _of = DAY_COUNTS[loan.terms.day_count](row.start_on, row.due_on)
    return counted if loan.terms.day_count in WHOLE_MONTHS else row.days


def _principal(account: Account, on: date) -> Words:
    row = account.instalment
    planned = formatted(row.principal)
    if row.due_on > on:
        return (
            f"Principal of {planned} planned for {row.due_on}, paid before it was due.",
            f"计划于 {row.due_on} 归还的本金 {planned}，提前归还。",
        )
    return f"Principal of {planned} due on {row.due_on}.", f"{row.due_on} 到期的本金 {planned}。"


def _fee(account: Account) -> Words:
    charged = formatted(account.fee)
    due = account.instalment.due_on
    return f"Fees of {charged} charged with this instalment ({due}).", f"本期（{due}）收取费用共 {charged}。"


def _late(loan: Loan, account: Account, component: str, on: date) -> Words:
    """Overdue amount x rate x days since the balance last changed, and what earlier balances bore."""
    terms, row = loan.terms, account.instalment
    penalty, digits = terms.penalty, terms.rounding.digits
    start = account.late.counted_to or row.due_on
    days = max((on - start).days, 0)
    after = counted(account, penalty, terms.rounding, on)
    if component == "damages":
        came = formatted(total(after.damages), digits)
        return (
            f"Liquidated damages as agreed, {(on - row.due_on).days} days after {row.due_on}: {came}.",
            f"按约定计收违约金，自 {row.due_on} 起逾期 {(on - row.due_on).days} 天：{came}。",
        )
    if component == "penalty":
        base, rate = account.principal_unpaid, overdue_rate(row.annual_rate, penalty)
        if penalty.base == "instalment":
            base += account.interest_unpaid
        earlier = account.late.penalty_weight / penalty.year_days
    else:
        base, rate = account.interest_unpaid, compound_rate(row.annual_rate, penalty)
        earlier = account.late.compound_weight / penalty.year_days + account.late.rolled
    amount, percent = formatted(base, digits), _percent(rate)
    english = f"Overdue since {row.due_on}: {amount} × {percent} × {days} days / {penalty.year_days}"
    chinese = f"自 {row.due_on} 起逾期：{amount} × {percent} × {days} 天 ÷ {penalty.year_days}"
    if earlier:
        sum_before = formatted(terms.rounding.apply(earlier), digits)
        english += f", and {sum_before} on balances before {start}"
        chinese += f"，另加 {start} 前按原余额计算的 {sum_before}"
    return english + ".", chinese + "。"


def _percent(rate: Decimal) -> str:
    scaled = rate * 100
    return f"{scaled.normalize():f}%"
