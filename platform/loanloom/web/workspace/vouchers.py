"""Vouchers by hand on screen: those made so far, and the form of a new one. What becomes of one stands at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from loanloom.problems import Problem, say
from loanloom.services import scope
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules
from loanloom.services.money.cashier import desk, orders
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.web import formats, order_forms
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import cashier

blueprint = Blueprint("vouchers", __name__, url_prefix="/ledger/vouchers")
KIND = KINDS["voucher"]
ROWS, AT_FIRST, PAGE = 20, 4, 50
"""Lines that the form offers, those it shows at first, vouchers on a page."""
LINE = ("account", "debit", "credit", "memo")


@blueprint.get("/")
@requires(*desk.LOOK)
def index() -> str:
    """Vouchers by hand, the newest first."""
    before = request.args.get("before", type=int)
    rows = desk.of_kind(current_context(), KIND.key, before=before, limit=PAGE)
    return render_template(
        "workspace/ledger/vouchers.html", rows=rows, more=len(rows) == PAGE, dated=date.fromisoformat
    )


@blueprint.get("/new")
@requires(KIND.function)
def new() -> str:
    """The form of a new one."""
    return _form({})


@blueprint.post("/new")
@requires(KIND.function)
def make() -> Response | tuple[str, int]:
    """Enter it; another person registers it."""
    form = request.form
    written = [{name: form.get(f"{name}.{place}", "") for name in LINE} for place in range(ROWS)]
    last = max((place for place, each in enumerate(written) if any(each.values())), default=-1)
    try:
        asked = order_forms.parameters(KIND.parameters, {**form, "lines": written[: last + 1]})
        key = form.get("idempotency_key") or None
        made = orders.enter(current_context(), KIND, asked, idempotency_key=key)
    except Refused as refused:
        return _form(form, refused.problems), 422
    return redirect(cashier.done(KIND, made))


def _form(typed: Mapping[str, Any], problems: tuple[Problem, ...] = ()) -> str:
    ctx, spoken = current_context(), language()
    chart = lending_rules.charts(ctx.registry)
    accounts = [
        (code, f"{code} {say(account.title, spoken)}") for code, account in sorted(chart.accounts.items())
        if account.manual
    ]  # fmt: skip
    seen = scope.units_in_scope(ctx)
    units = [(key, formats.unit_title(key)) for key in scope.units_of(ctx) if seen is None or key in seen]
    shown = max((place + 1 for place in range(ROWS) if typed.get(f"account.{place}")), default=AT_FIRST)
    return render_template(
        "workspace/ledger/voucher_new.html", typed=typed, problems=problems, accounts=accounts, units=units,
        rows=ROWS, shown=max(shown, AT_FIRST), whole_company=seen is None,
    )  # fmt: skip
