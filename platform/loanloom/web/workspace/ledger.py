"""The ledger on screen: trial balance of a period, journal entries of an account, a day or a loan."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from loanloom.core.ledger.accounts import Chart
from loanloom.problems import Problem, say
from loanloom.services.errors import Refused
from loanloom.services.money import ledger, lending_rules
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")


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


def _date(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


@blueprint.get("/")
@requires("money.read")
def index() -> str | tuple[str, int]:
    """The trial balance; the month so far unless a period was chosen."""
    ctx = current_context()
    first, last = _date("from"), _date("to")
    problems: tuple[Problem, ...] = ()
    try:
        balance = ledger.trial_balance(ctx, first, last)
    except Refused as refused:
        balance, problems, first, last = ledger.trial_balance(ctx), refused.problems, None, None
    last = last or ctx.business_date
    shown = render_template(
        "workspace/ledger/index.html", balance=balance, first=first or last.replace(day=1), last=last, problems=problems
    )
    return (shown, 422) if problems else shown


@blueprint.get("/entries/")
@requires("money.read")
def entries() -> str:
    """Journal entries, the newest first."""
    account, on = request.args.get("account") or None, _date("on")
    loan_id = request.args.get("loan", type=int)
    before = request.args.get("before", type=int)
    page = ledger.entries(current_context(), account=account, on=on, loan_id=loan_id, before=before)
    return render_template(
        "workspace/ledger/entries.html", page=page, account=account, on=on, loan_id=loan_id, before=before
    )
