"""Vouchers made by hand 手工凭证: what an accountant books that no business of the house brings about.

Bodies of the desk's orders: a second person always registers one, and its reversal. Only accounts that the chart marks
`manual` can be moved, in a month that is not closed for good; numbers have no gaps, for they are taken with the entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from loanloom.core.ledger import journal
from loanloom.core.ledger.accounts import Chart
from loanloom.core.money import CURRENCY_DIGITS, ZERO, is_writable, total
from loanloom.problems import Problem, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules
from loanloom.services.money.books import booking, closing_problems, ledger_balances, reversing
from loanloom.services.money.books.accruing import Posted
from loanloom.services.money.cashier import orders, payees
from loanloom.services.money.cashier.order_shapes import About
from loanloom.store import tables

EVENT = "voucher"
NUMBERING = "manual-voucher"
MOST_LINES = 200
ENTRY, PERIOD = tables.journal_entry, tables.ledger_period


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherLine:
    """One account debited or credited."""

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    memo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """A voucher as it is made: what for, its day (today unless said), its lines; `unit` is the branch of them all."""

    memo: str
    lines: tuple[VoucherLine, ...]
    dated: date | None = None
    currency: str | None = None
    unit: str | None = None


def about(ctx: Context, connection: Connection, asked: Voucher) -> About:
    """How much it moves; every fault of what was written at once."""
    currency = asked.currency or ctx.company.currency
    found = [*_faults(ctx, asked), *_faults_of_lines(lending_rules.charts(ctx.registry), asked, currency)]
    if found:
        raise Refused(found)
    debits = total(line.debit for line in asked.lines)
    return About(amount=debits, currency=currency, unit=asked.unit or ctx.actor.unit)


def book(ctx: Context, connection: Connection, asked: Voucher, order_id: int) -> Mapping[str, Any]:
    """Into the books, with the next number of its month."""
    on = asked.dated or ctx.business_date
    _refuse_closed(ctx, connection, on)
    lines = [
        journal.Line(line.account, line.debit, line.credit, text(words, words))
        for line in asked.lines
        for words in [line.memo or asked.memo]
    ]
    made = journal.entry(on, EVENT, lines)
    if isinstance(made, Problem):
        raise Refused(made)
    currency = asked.currency or ctx.company.currency
    posted = Posted(made, (orders.SOURCE, order_id), unit=asked.unit, currency=currency)
    entry_id, number = _post(ctx, connection, posted)
    return {"entry_id": entry_id, "voucher_number": number}


def undo(ctx: Context, connection: Connection, result: Mapping[str, Any], reason: str) -> None:
    """The same with sides changed, today, under a number of its own."""
    source = select(ENTRY.c.source_kind, ENTRY.c.source_id).where(ENTRY.c.id == result["entry_id"])
    kind, order_id = connection.execute(source).one()
    for mirror in reversing.of_source(ctx, connection, (kind, order_id)):
        _post(ctx, connection, mirror)


def _post(ctx: Context, connection: Connection, posted: Posted) -> tuple[int, str]:
    """The entry with its number, and the balances of days closed before; its id and number."""
    (number,) = numbers.issue_or_plain(ctx, connection, NUMBERING, "JV", 1, on=posted.entry.on)
    (entry_id,) = booking.post(ctx, connection, [replace(posted, number=number)])
    ledger_balances.shift(connection, [posted])
    return entry_id, number


def _refuse_closed(ctx: Context, connection: Connection, on: date) -> None:
    """A voucher lies within the books: not ahead of today, not before they began, not in a month closed for good."""
    began = connection.execute(select(func.min(ENTRY.c.business_date))).scalar_one() or ctx.business_date
    if on < began.replace(day=1):
        raise Refused(replace(closing_problems.no_such_month(on), field="dated"))
    closed = PERIOD.c.first_on <= on, PERIOD.c.last_on >= on, PERIOD.c.state == "hard"
    if connection.execute(select(PERIOD.c.id).where(*closed)).first() is not None:
        raise Refused(replace(closing_problems.closed_for_good(on.replace(day=1)), field="dated"))


def _faults(ctx: Context, asked: Voucher) -> Iterator[Problem]:
    """What is wrong beside the lines."""
    if not asked.memo.strip():
        yield _problem("voucher.no_memo", "Say what it is for.", "请填写摘要。", "memo")
    for place, words in enumerate((asked.memo, *(line.memo for line in asked.lines))):
        if words is not None and len(words) > orders.LONGEST_WORDS:
            field = f"lines.{place - 1}.memo" if place else "memo"
            most = orders.LONGEST_WORDS
            yield _problem("order.words_too_long", f"At most {most} characters.", f"最多{most}个字符。", field)
    if asked.dated is not None and asked.dated > ctx.business_date:
        yield _problem(
            "voucher.in_future", "The day of the voucher lies in the future.", "凭证日期晚于营业日期。", "dated"
        )
    if asked.currency is not None and asked.currency not in CURRENCY_DIGITS:
        yield _problem(
            "receipt.unknown_currency", "Choose a currency, such as CNY.", "请选择币种，例如 CNY。", "currency"
        )
    seen = scope.units_in_scope(ctx)
    if (asked.unit is not None and asked.unit not in scope.units_of(ctx)) or (
        seen is not None and asked.unit not in seen
    ):
        yield _problem("voucher.unknown_unit", "Choose one of your branches.", "请选择您有权限的机构。", "unit")


def _faults_of_lines(chart: Chart, asked: Voucher, currency: str) -> Iterator[Problem]:
    """What is wrong with the lines: accounts, amounts, balance on and off the balance sheet each by itself."""
    if not 2 <= len(asked.lines) <= MOST_LINES:
        yield _problem(
            "voucher.lines", f"A voucher has 2 to {MOST_LINES} lines.", f"凭证须有 2 至 {MOST_LINES} 行分录。", "lines"
        )
    sums = {True: ZERO, False: ZERO}
    for place, line in enumerate(asked.lines):
        code = line.account
        if code not in chart or not chart[code].manual:
            yield _problem(
                "voucher.account", f"No voucher by hand may move account {code[:20]}.",
                f"科目 {code[:20]} 不允许手工记账。", f"lines.{place}.account",
            )  # fmt: skip
        elif not _is_one_side(line, currency):
            yield _problem(
                "voucher.amount",
                "Give one positive amount, debit or credit, without more decimals than its currency has.",
                "请填写借方或贷方其中一项金额，须大于零且小数位数不超过币种规定。", f"lines.{place}.debit",
            )  # fmt: skip
        else:
            sums[chart[code].type == "off_balance"] += line.debit - line.credit
    for difference in filter(None, sums.values()):
        yield _problem(
            "voucher.unbalanced", f"Debits and credits differ by {abs(difference)}.",
            f"借贷不平，差额 {abs(difference)}。", "lines",
        )  # fmt: skip


def _is_one_side(line: VoucherLine, currency: str) -> bool:
    amount = line.debit + line.credit
    return (
        is_writable(line.debit) and is_writable(line.credit) and min(line.debit, line.credit) == 0 and amount > 0
        and (currency not in CURRENCY_DIGITS or payees.rounding_of(currency).holds(amount))
    )  # fmt: skip


def _problem(code: str, en: str, zh: str, field: str) -> Problem:
    return Problem(code=code, message=text(en, zh), field=field)
