"""The ledger on screen: trial balance of a period, one account line by line, journal entries; each as Excel too."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from loanloom.core.ledger.accounts import Chart
from loanloom.problems import say
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules
from loanloom.services.money.books import ledger
from loanloom.services.reading import spreadsheets
from loanloom.services.reading.spreadsheets import Heading
from loanloom.web import excel, formats, inputs
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import money_words

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")
MOST_ROWS = 100_000


@blueprint.app_template_filter()
def account_title(code: str) -> str:
    """What an account is called today."""
    chart = lending_rules.charts(current_context().registry)
    return say(chart[code].title, language()) if code in chart else ""


@blueprint.app_template_global()
def account_options(chart: Chart) -> list[tuple[str, str]]:
    """All accounts for a choice."""
    return [(code, f"{code} {say(account.title, language())}") for code, account in sorted(chart.accounts.items())]


@blueprint.app_template_global()
def entry_lines(page: ledger.Entries) -> list[tuple[Any, Any]]:
    """Entries with their lines."""
    return [(each.row, each.lines) for each in page.entries]


@blueprint.app_template_global()
def ledger_units(units: list[str]) -> list[tuple[str, str]]:
    """Branches for a choice."""
    return [(unit, formats.unit_title(unit)) for unit in units]


@blueprint.app_template_global()
def ledger_currencies(currencies: list[str]) -> list[tuple[str, str]]:
    """Currencies for a choice."""
    return [(currency, currency) for currency in currencies]


def _asked() -> dict[str, Any]:
    """Branch and currency, as chosen."""
    return {"unit": request.args.get("unit") or None, "currency": request.args.get("currency") or None}


def _narrowing() -> dict[str, Any]:
    """What the page offers to narrow by: branches and currencies that the books have seen."""
    ctx = current_context()
    units, currencies = ledger.units_and_currencies(ctx)
    return {"units": units, "currencies": currencies, "asked": _asked()}


@blueprint.get("/")
@requires("money.read")
def index() -> str | tuple[str, int]:
    """The trial balance; the month so far unless a period was chosen."""
    ctx = current_context()
    (first, last), problems = inputs.asked_days("from", "to")
    try:
        balance = ledger.trial_balance(ctx, first, last, **_asked())
    except Refused as refused:
        balance, problems, first, last = ledger.trial_balance(ctx), refused.problems, None, None
    first, last = ledger.period(ctx, first, last)
    shown = render_template(
        "workspace/ledger/index.html", balance=balance, first=first, last=last, problems=problems, **_narrowing()
    )
    return (shown, 422) if problems else shown


@blueprint.get("/trial-balance.xlsx")
@requires("money.read")
def export() -> Response:
    """The trial balance as Excel."""
    ctx = current_context()
    first, last = ledger.period(ctx, inputs.asked_day("from"), inputs.asked_day("to"))
    balance = ledger.trial_balance(ctx, first, last, **_asked())
    headings = [
        Heading(_("Account")),
        Heading(_("Account name")),
        *(Heading(each, "money") for each in (
            _("Opening balance"), _("Debits"), _("Credits"), _("Closing debit"), _("Closing credit"),
        )),
    ]  # fmt: skip
    rows = [
        [
            row.account.code, say(row.account.title, language()), row.opening, row.debits, row.credits,
            row.closing_debit, row.closing_credit,
        ]
        for row in balance.rows
    ]  # fmt: skip
    totals = [
        _("Total"), None, None, balance.debits, balance.credits, balance.closing_debits, balance.closing_credits,
    ]  # fmt: skip
    content = spreadsheets.workbook(
        _("Trial balance"), headings, rows, notes=[_period_words(first, last)], totals=[totals]
    )
    return excel.answer(content, f"trial-balance-{last.isoformat()}.xlsx")


@blueprint.get("/accounts/<code>/")
@requires("money.read")
def account(code: str) -> str | tuple[str, int]:
    """One account line by line, with what it holds after each."""
    ctx = current_context()
    start = max(request.args.get("start", 0, type=int), 0)
    (first, last), problems = inputs.asked_days("from", "to")
    try:
        shown = ledger.statement(ctx, code, first, last, start=start, **_asked())
    except Refused as refused:
        shown, problems = ledger.statement(ctx, code, **_asked()), refused.problems
    page = render_template("workspace/ledger/account.html", shown=shown, start=start, problems=problems, **_narrowing())
    return (page, 422) if problems else page


@blueprint.get("/accounts/<code>/statement.xlsx")
@requires("money.read")
def account_export(code: str) -> Response:
    """The whole statement of an account as Excel."""
    ctx = current_context()
    first, last = ledger.period(ctx, inputs.asked_day("from"), inputs.asked_day("to"))
    shown = ledger.statement(ctx, code, first, last, limit=MOST_ROWS, **_asked())
    headings = [
        Heading(_("Date"), "date"), Heading(_("Entry")), Heading(_("Event")), Heading(_("Loan")), Heading(_("Memo")),
        Heading(_("Debit"), "money"), Heading(_("Credit"), "money"), Heading(_("Balance"), "money"),
    ]  # fmt: skip
    rows: list[list[Any]] = [[None, None, _("Opening balance"), None, None, None, None, shown.opening]]
    rows += [
        [
            each.row["business_date"], str(each.row["journal_entry_id"]), money_words.event(each.row["event"]),
            each.row["loan_number"], say(each.row["memo"], language()) if each.row["memo"] else None,
            each.row["debit"] or None, each.row["credit"] or None, each.balance,
        ]
        for each in shown.lines
    ]  # fmt: skip
    totals = [_("Total"), None, None, None, None, shown.debits, shown.credits, shown.closing]
    title = f"{shown.account.code} {say(shown.account.title, language())}"
    notes = [title, _period_words(first, last)]
    content = spreadsheets.workbook(_("Lines of the account"), headings, rows, notes=notes, totals=[totals])
    return excel.answer(content, f"account-{code}-{last.isoformat()}.xlsx")


@blueprint.get("/entries/")
@requires("money.read")
def entries() -> str | tuple[str, int]:
    """Journal entries, the newest first."""
    account = request.args.get("account") or None
    (on,), problems = inputs.asked_days("on")
    loan_id = request.args.get("loan", type=int)
    before = request.args.get("before", type=int)
    page = ledger.entries(current_context(), account=account, on=on, loan_id=loan_id, before=before)
    shown = render_template(
        "workspace/ledger/entries.html", page=page, account=account, on=on, loan_id=loan_id, problems=problems
    )
    return (shown, 422) if problems else shown


@blueprint.get("/entries.xlsx")
@requires("money.read")
def entries_export() -> Response:
    """The journal as Excel, as filtered on the page."""
    ctx = current_context()
    account, on = request.args.get("account") or None, inputs.asked_day("on")
    loan_id = request.args.get("loan", type=int)
    page = ledger.entries(ctx, account=account, on=on, loan_id=loan_id, limit=MOST_ROWS // 4)
    headings = [
        Heading(_("Date"), "date"), Heading(_("Entry")), Heading(_("Event")), Heading(_("Loan")), Heading(_("Account")),
        Heading(_("Account name")), Heading(_("Debit"), "money"), Heading(_("Credit"), "money"), Heading(_("Memo")),
    ]  # fmt: skip
    rows = (
        [
            each.row["business_date"], str(each.row["id"]), money_words.event(each.row["event"]), each.loan_number,
            line["account_code"], account_title(line["account_code"]), line["debit"] or None, line["credit"] or None,
            say(line["memo"], language()) if line["memo"] else None,
        ]
        for each in reversed(page.entries)
        for line in each.lines
    )  # fmt: skip
    notes = [f"{ctx.company.name} · {_('Business date')} {formats.day(ctx.business_date)}"]
    content = spreadsheets.workbook(_("Journal"), headings, rows, notes=notes)
    return excel.answer(content, f"journal-{ctx.business_date.isoformat()}.xlsx")


def _period_words(first: date, last: date) -> str:
    ctx = current_context()
    return f"{ctx.company.name} · {formats.day(first)} – {formats.day(last)} · {ctx.actor.name}"
