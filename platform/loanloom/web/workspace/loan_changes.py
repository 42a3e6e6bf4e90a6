"""Changes of a loan on screen: asking with a preview, deciding on what is shown, booking with the money, undoing.

Reads forms, calls services, shows pages. Every posting form carries the digest of what its reader saw, and a key that
makes a second click harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem, Text, say
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money import changes
from loanloom.services.money.changes import Opened, Preview
from loanloom.services.money.changes.field_words import field_title
from loanloom.services.money.changes.parameters import Field
from loanloom.services.money.changes.words import GROUPS
from loanloom.services.money.page import loans
from loanloom.web import formats
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import change_forms

blueprint = Blueprint("loan_changes", __name__)
HOUSE = {"why", "digest", "idempotency_key", "csrf_token"}
"""Inputs of every such form that are no parameters."""


@blueprint.app_template_global()
def change_groups() -> Mapping[str, Text]:
    """The groups in which kinds of changes are shown."""
    return GROUPS


@blueprint.app_template_filter("change_kind")
def kind_title(key: str) -> str:
    """The words of a kind of change."""
    kind = changes.kinds().get(key)
    return say(kind.words.title, language()) if kind else key


@blueprint.app_template_global()
def change_parameters(
    kind: changes.Kind, record: Mapping[str, Any], choices: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """The parameters of a change in words: label and value."""
    made = []
    for name, value in record.items():
        field = kind.field(name)
        title = field.title if field else field_title(name)
        made.append((say(title, language()), _named(field, name, value, choices)))
    return made


def _named(field: Field | None, name: str, value: Any, choices: Mapping[str, Any]) -> str:
    """A value in words, the house's own things (people, branches, partners) by their names."""
    if isinstance(value, list) and field is not None and any(one.name in choices for one in field.fields):
        inner = {one.name: one for one in field.fields}
        rows = [" ".join(_named(inner.get(key), key, one, choices) for key, one in row.items()) for row in value]
        return "；".join(rows) if language() == "zh" else "; ".join(rows)
    named = dict(choices.get(name, ())).get(str(value))
    return say(named, language()) if named else _said(field, value)


def _said(field: Field | None, value: Any) -> str:
    if isinstance(value, Mapping):
        inner = {one.name: one for one in field.fields} if field else {}
        parts = [
            f"{say(inner[name].title if name in inner else name, language())} {_said(inner.get(name), one)}"
            for name, one in value.items()
        ]
        return " · ".join(parts)
    if isinstance(value, list):
        rows = [
            _said(None, one) if not isinstance(one, Mapping) else " ".join(_row(field, one)) for one in value
        ]  # fmt: skip
        return "；".join(rows) if language() == "zh" else "; ".join(rows)
    if field is not None and field.options:
        return say(dict(field.options).get(value, value), language())
    if field is not None and field.type == "money":
        return formats.money(_number(value))
    if field is not None and field.type == "percent":
        return formats.percent(_number(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)


def _row(field: Field | None, row: Mapping[str, Any]) -> list[str]:
    inner = {one.name: one for one in field.fields} if field else {}
    return [_said(inner.get(name), value) for name, value in row.items()]


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


@blueprint.get("/loan-changes/")
@requires("loan.read", "loan.approve_change", "loan.change", "money.receive", "money.disburse")
def waiting() -> str:
    """Changes that wait for approval or for their money."""
    return render_template("workspace/loans/changes.html", lines=changes.waiting(current_context()))


@blueprint.get("/loans/<int:loan_id>/changes/new/<kind>")
@requires("loan.change")
def new(loan_id: int, kind: str) -> str:
    """The form of a change, with what the values typed so far would do."""
    typed = request.args
    wanted = changes.kind_of(kind)
    asked = "preview" in typed or not any(field.required for field in wanted.fields)
    preview = changes.preview(current_context(), loan_id, kind, _written(wanted, typed)) if asked else None
    return _form(loan_id, wanted, typed, preview, preview.problems if preview else ())


def _written(kind: changes.Kind, typed: Any) -> dict[str, Any]:
    return change_forms.written(kind.fields, typed)


def _form(
    loan_id: int, kind: changes.Kind, typed: Any, preview: Preview | None, problems: tuple[Problem, ...]
) -> str:  # fmt: skip
    page = loans.page(current_context(), loan_id, parts=frozenset())
    return render_template(
        "workspace/loans/change_new.html",
        page=page,
        kind=kind,
        inputs=change_forms.inputs(kind.fields, typed, problems),
        typed={name: value for name, value in typed.items(multi=True) if name not in HOUSE | {"preview"}},
        why=typed.get("why", ""),
        choices=changes.choices_for(current_context(), loan_id, kind.key),
        preview=preview if preview is not None and not preview.problems else None,
        problems=problems,
    )


@blueprint.post("/loans/<int:loan_id>/changes/new/<kind>")
@requires("loan.change")
def ask(loan_id: int, kind: str) -> str | Response | tuple[str, int]:
    """Ask for the change that was shown; what was refused comes back with everything that was typed."""
    ctx, form = current_context(), request.form
    wanted = changes.kind_of(kind)
    values = _written(wanted, form)
    try:
        made = changes.request(
            ctx,
            loan_id,
            kind,
            values,
            reason=form.get("why", ""),
            digest=form.get("digest") or None,
            idempotency_key=form.get("idempotency_key") or None,
        )
    except (Refused, Conflict) as refused:
        shown = changes.preview(ctx, loan_id, kind, values)
        return _form(loan_id, wanted, form, shown, refused.problems), refused.status
    flash(_STEPS[made.state](), "good")
    return redirect(url_for("loan_changes.show", loan_id=loan_id, change_id=made.id))


_STEPS = {
    "requested": lambda: _("Asked for. Another person decides."),
    "approved": lambda: _("Approved. It is booked when the money is received."),
    "booked": lambda: _("Booked."),
    "refused": lambda: _("Refused."),
    "withdrawn": lambda: _("Withdrawn."),
}


@blueprint.get("/loans/<int:loan_id>/changes/<int:change_id>")
@requires("loan.read", "loan.approve_change", "loan.change", "money.receive", "money.disburse")
def show(loan_id: int, change_id: int) -> str:
    """One change: what was asked and why, what it does or did, who said what."""
    return _show(loan_id, change_id)


def _show(loan_id: int, change_id: int, problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    opened = changes.opened(ctx, loan_id, change_id)
    page = loans.page(ctx, loan_id, parts=frozenset())
    return render_template(
        "workspace/loans/change.html", page=page, opened=opened, row=opened.row, problems=problems
    )  # fmt: skip


def _step(loan_id: int, change_id: int, step: Any) -> str | Response | tuple[str, int]:
    """Do one step; a refusal comes back on the page of the change, with the figures as they are now."""
    _belongs(loan_id, change_id)
    try:
        made = step()
    except (Refused, Conflict) as refused:
        return _show(loan_id, change_id, refused.problems), refused.status
    flash(_STEPS[made.state](), "good")
    return redirect(url_for("loan_changes.show", loan_id=loan_id, change_id=made.id))


def _belongs(loan_id: int, change_id: int) -> Opened:
    """The change is one of this loan's; NotFound otherwise."""
    return changes.opened(current_context(), loan_id, change_id)


@blueprint.post("/loans/<int:loan_id>/changes/<int:change_id>/approve")
@requires("loan.approve_change")
def approve(loan_id: int, change_id: int) -> str | Response | tuple[str, int]:
    """Agree to what was shown."""
    form = request.form
    return _step(
        loan_id,
        change_id,
        lambda: changes.approve(
            current_context(),
            change_id,
            digest=form.get("digest", ""),
            reason=form.get("why"),
            idempotency_key=form.get("idempotency_key") or None,
        ),
    )


@blueprint.post("/loans/<int:loan_id>/changes/<int:change_id>/refuse")
@requires("loan.approve_change")
def refuse(loan_id: int, change_id: int) -> str | Response | tuple[str, int]:
    """Say no."""
    why = request.form.get("why", "")
    return _step(loan_id, change_id, lambda: changes.refuse(current_context(), change_id, reason=why))


@blueprint.post("/loans/<int:loan_id>/changes/<int:change_id>/withdraw")
@requires("loan.change")
def withdraw(loan_id: int, change_id: int) -> str | Response | tuple[str, int]:
    """Take one's request back."""
    return _step(loan_id, change_id, lambda: changes.withdraw(current_context(), change_id))


@blueprint.post("/loans/<int:loan_id>/changes/<int:change_id>/book")
@requires("money.receive", "money.disburse")
def book(loan_id: int, change_id: int) -> str | Response | tuple[str, int]:
    """Book it with the money that came."""
    form = request.form
    return _step(
        loan_id,
        change_id,
        lambda: changes.book(
            current_context(),
            change_id,
            channel=form.get("channel", "bank"),
            reference=form.get("reference") or None,
            idempotency_key=form.get("idempotency_key") or None,
        ),
    )


@blueprint.post("/loans/<int:loan_id>/changes/<int:change_id>/undo")
@requires("loan.change")
def undo(loan_id: int, change_id: int) -> str | Response | tuple[str, int]:
    """Ask that it be taken back."""
    form = request.form
    return _step(
        loan_id,
        change_id,
        lambda: changes.undo(
            current_context(),
            change_id,
            reason=form.get("why", ""),
            idempotency_key=form.get("idempotency_key") or None,
        ),
    )
