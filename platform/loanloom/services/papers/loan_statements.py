"""The account statement of a loan as PDF and Excel, for staff and borrower alike, in the language asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, select

from loanloom.core.money import CURRENCY_DIGITS, formatted
from loanloom.engines.documents import Column, FactList, NeutralDocument, Paragraph, TableBlock
from loanloom.problems import Problem, Text, say, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money.page import event_words, loans, statements, transactions
from loanloom.services.money.page.statements import Line, Statement
from loanloom.services.papers import documents
from loanloom.services.papers.blobs import File
from loanloom.services.reading import spreadsheets
from loanloom.services.reading.spreadsheets import Heading
from loanloom.store import tables

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = text("Account statement", "贷款对账单")
COLUMNS: tuple[tuple[str, Text], ...] = (
    ("on", text("Date", "日期")),
    ("what", text("Particulars", "摘要")),
    ("reference", text("Receipt", "凭证")),
    ("charged", text("Lent and charged", "借出及应收")),
    ("credited", text("Paid and let off", "偿还及减免")),
    ("principal", text("Principal left", "剩余本金")),
    ("owed", text("Balance", "余额")),
)
DUE = text("Instalment %s: interest and fees due", "第 %s 期利息费用到期")
SUBSIDISED = text("Instalment %s: interest borne by a subsidy, not billed", "第 %s 期贴息，不向借款人收取")
FELL_DUE = text("Interest and fees due", "利息费用到期")
LATE = text("Penalties for late payment to the day", "截至当日的逾期罚息")
OPENING = text("Balance brought forward", "期初余额")
CLOSING = text("Balance on the last day", "期末余额")
FOOT = text(
    "The balance is all principal not yet repaid, with interest, fees and penalties that have fallen due, less money "
    "kept for the borrower. Interest of the running period falls due with its instalment.",
    "余额为未还本金，加已到期的利息、费用和罚息，减留存款项。当期利息于当期还款日计入。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A statement with what its head says."""

    statement: Statement
    loan: RowMapping
    customer: str
    references: dict[int, str]
    product: Text

    @property
    def digits(self) -> int:
        """Decimals of the loan's currency."""
        return CURRENCY_DIGITS.get(self.loan["currency"], 2)


def read(ctx: Context, loan_id: int, since: date | None = None, until: date | None = None) -> Drawn:
    """The statement of a loan the actor may see; the whole life up to today unless days are given."""
    ctx.require("loan.read", "money.read", "portal.use")
    with ctx.transaction() as connection:
        kept = loans.seen(ctx, connection, loan_id)
        first, last = since or kept.row["disbursed_on"], until or ctx.business_date
        _check(first, last, ctx.business_date)
        events = loans.numbered_events(connection, loan_id)
        found = transactions.of(connection, loan_id, until=last)
        name = select(tables.customer.c.name).where(tables.customer.c.id == kept.row["customer_id"])
        return Drawn(
            statement=statements.statement(events, first, last, kept.loan.terms),
            loan=kept.row,
            customer=connection.execute(name).scalar_one(),
            references={one.sequence: one.receipt_number for one in found if one.receipt_number},
            product=_title(ctx, kept.row["product_key"]),
        )


def _title(ctx: Context, product_key: str) -> Text:
    return {language: ctx.registry.label("product", product_key, language) for language in ("en", "zh")}


def _check(since: date, until: date, today: date) -> None:
    if since <= until <= today:
        return
    raise Refused(
        Problem(
            code="statement.bad_days",
            message=text(
                f"Choose a first day not after the last, and a last day not after {today}.",
                f"起始日不得晚于截止日，截止日不得晚于 {today}。",
            ),
            field="until",
        )
    )


def words_of(line: Line) -> Text:
    """What a line is for."""
    if line.what == "late":
        return LATE
    if line.what == "due":
        if line.number is None:
            return FELL_DUE
        return {language: words % line.number for language, words in DUE.items()}
    if line.what == "interest_subsidised":
        return {language: words % line.number for language, words in SUBSIDISED.items()}
    return event_words.event(line.what)


def rows(drawn: Drawn, language: str) -> Iterator[Sequence[Any]]:
    """The lines as values, the opening balance first."""
    opening = drawn.statement.opening
    if any(opening.values()):
        before = drawn.statement.since
        yield before, say(OPENING, language), "", None, None, opening["principal"], sum(opening.values(), Decimal(0))
    for line in drawn.statement.lines:
        reference = drawn.references.get(line.sequence or 0, "")
        yield (
            line.on,
            say(words_of(line), language),
            reference,
            line.charged or None,
            line.credited or None,
            line.balance["principal"],
            line.owed,
        )


def pdf(ctx: Context, drawn: Drawn, language: str) -> File:
    """The statement on paper."""
    digits = drawn.digits

    def shown(value: Any) -> str:
        return formatted(value, digits) if isinstance(value, Decimal) else str(value if value is not None else "")

    sides = ("left", "left", "left", "right", "right", "right", "right")
    table = TableBlock(
        tuple(Column(say(title, language), side) for (_, title), side in zip(COLUMNS, sides, strict=True)),  # type: ignore[arg-type]  # sides are Align
        tuple(tuple(shown(value) for value in row) for row in rows(drawn, language)),
    )
    document = NeutralDocument(
        title=say(TITLE, language),
        language="zh" if language.startswith("zh") else "en",
        number=drawn.loan["number"],
        blocks=(FactList(_head(ctx, drawn, language)), table, Paragraph(say(FOOT, language))),
    )
    name = f"{drawn.loan['number']}-{drawn.statement.until.isoformat()}.pdf"
    return File(name, "application/pdf", documents.rendered(document, "pdf"))


def excel(ctx: Context, drawn: Drawn, language: str) -> File:
    """The statement as a sheet."""
    kinds = ("date", "text", "text", "money", "money", "money", "money")
    headings = [
        Heading(say(title, language), kind)  # type: ignore[arg-type]  # kinds are Kind
        for (_, title), kind in zip(COLUMNS, kinds, strict=True)
    ]
    done = drawn.statement
    totals = [None, say(CLOSING, language), "", done.charged, done.credited, done.closing["principal"], _owed(done)]
    notes = [f"{label}: {value}" for label, value in _head(ctx, drawn, language)]
    content = spreadsheets.workbook(
        say(TITLE, language), headings, rows(drawn, language), notes=notes, totals=[totals]
    )  # fmt: skip
    return File(f"{drawn.loan['number']}-{done.until.isoformat()}.xlsx", EXCEL, content)


def _owed(done: Statement) -> Decimal:
    return sum(done.closing.values(), Decimal(0))


def _head(ctx: Context, drawn: Drawn, language: str) -> tuple[tuple[str, str], ...]:
    done, loan, digits = drawn.statement, drawn.loan, drawn.digits
    said = (
        (text("Lender", "贷款人"), ctx.company.name),
        (text("Borrower", "借款人"), drawn.customer),
        (text("Loan", "借据编号"), loan["number"]),
        (text("Product", "产品"), say(drawn.product, language)),
        (text("Principal lent", "借款本金"), f"{formatted(loan['principal'], digits)} {loan['currency']}"),
        (text("Period", "期间"), f"{done.since} – {done.until}"),
        (text("Lent and charged in all", "借出及应收合计"), formatted(done.charged, digits)),
        (text("Paid and let off in all", "偿还及减免合计"), formatted(done.credited, digits)),
        (CLOSING, formatted(_owed(done), digits)),
    )
    return tuple((say(label, language), str(value)) for label, value in said)
