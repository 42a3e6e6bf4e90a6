"""Screens of approving: to-do list, the one-page approval sheet with its decision box, sanctions, open work.

Every page works without script; every deciding post carries the item's version and a key that makes a second click
harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.engines import flows
from loanloom.problems import Text, say
from loanloom.services.approval import approvals, sanction_pages, work_overview
from loanloom.services.approval import sheet as approval_sheet
from loanloom.services.errors import NotFound, Refused
from loanloom.services.flows import my_cases, outside, worklist
from loanloom.services.origination import applications, handing_over
from loanloom.services.papers import disclosures
from loanloom.web.access import requires, staff
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import sheet_parts
from loanloom.web.workspace.papers import file_answer

blueprint = Blueprint("approvals", __name__)

SAID = {
    "approve": ("Approved: %(number)s", "good"),
    "refuse": ("Refused: %(number)s", "notice"),
    "return": ("Returned: %(number)s", "notice"),
    "abstain": ("Abstained: %(number)s", "notice"),
}


@blueprint.app_template_global()
def titled(pairs: Iterable[tuple[str, Text]]) -> list[tuple[str, str]]:
    """(key, text) pairs of metadata as options in the language of the page."""
    return [(key, say(title, language())) for key, title in pairs]


@blueprint.app_template_filter()
def in_words(term: flows.Term) -> str:
    """The value of a term of a case, as people read it."""
    return sheet_parts.term(term, language())


@blueprint.app_template_global()
def worked_out(found: Mapping[str, Any]) -> str:
    """The value of an indicator, of a line of a score or of a step of a limit, as people read it."""
    return sheet_parts.worked_out(found, language())


@blueprint.app_template_global()
def indicator_facts(findings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Indicators among the findings as (label, words)."""
    return sheet_parts.indicators(findings, language())


@blueprint.get("/to-do/")
@staff
def todo() -> str:
    """What waits for me and for my group, and what I decided."""
    ctx = current_context()
    view = request.args.get("view", "")
    counts = worklist.waiting_counts(ctx)
    if view in ("started", "copies"):
        query, after = request.args.get("q", ""), request.args.get("after")
        part = my_cases.listing(ctx, view, query=query, after=after)  # type: ignore[arg-type]  # one of the two
        return render_template(
            "workspace/approvals/todo.html",
            part=part,
            view=view,
            counts=counts,
            unread_copies=my_cases.unread_copies(ctx),
        )
    if view not in get_args(worklist.View):
        view = "mine" if counts.mine or not counts.group else "group"
    product = request.args.get("product") or None
    page = worklist.todo(
        ctx,
        view,  # type: ignore[arg-type]  # checked above
        query=request.args.get("q", ""),
        product=product,
        overdue=request.args.get("overdue") == "1",
        after=request.args.get("after"),
    )
    products = [(one.key, one.title) for one in ctx.registry.all("product")]
    return render_template(
        "workspace/approvals/todo.html", page=page, part=None, view=view, counts=counts, products=products,
        product=product, unread_copies=my_cases.unread_copies(ctx),
        to_complete=handing_over.waiting(ctx) if view != "done" else 0,
    )  # fmt: skip


@blueprint.get("/approvals/<int:item_id>")
@requires("application.read", "application.decide")
def item(item_id: int) -> str:
    """The approval sheet of the case a work item belongs to."""
    return _render(approval_sheet.read_item(current_context(), item_id, language()))


@blueprint.get("/applications/<int:application_id>/approval-sheet")
@requires("application.read", "application.decide")
def sheet(application_id: int) -> str:
    """The approval sheet of an application, decided or not."""
    return _render(approval_sheet.read(current_context(), application_id, language()))


@blueprint.post("/approvals/<int:item_id>/decide")
@requires("application.decide")
def decide(item_id: int) -> str | Response | tuple[str, int]:
    """Take the decision; what was refused comes back on the sheet with everything that was typed."""
    ctx, form = current_context(), request.form
    decision = form.get("decision", "")
    try:
        done = approvals.decide(
            ctx,
            item_id,
            decision,
            expected_version=form.get("version", type=int) or 0,
            idempotency_key=form.get("idempotency_key") or None,
            reason=form.get(f"reason_{decision}") or None,
            opinion=form.get("opinion", ""),
            return_to=form.get("to") or None,
            return_then=form.get("then") or None,
            terms={name[6:]: value for name, value in form.items() if name.startswith("terms:") and value.strip()},
            conditions=form.get("conditions", "").splitlines(),
            chosen={name[7:]: value for name, value in form.items() if name.startswith("chosen:") and value},
        )
    except Refused as refused:
        shown = approval_sheet.read_item(ctx, item_id, language())
        return _render(shown, problems=sheet_parts.in_form(refused.problems, decision), typed=form), 422
    words, tone = SAID[done.decision]
    number = approval_sheet.number_of(ctx, done.application_id)
    flash(_(words, number=number), tone)
    if done.sanction_id is not None and ctx.actor.may("sanction.read"):
        return redirect(url_for("approvals.sanction", sanction_id=done.sanction_id))
    return redirect(url_for("approvals.todo"))


@blueprint.get("/sanctions/")
@requires("sanction.read")
def sanction_list() -> str:
    """Sanctions, newest first."""
    ctx = current_context()
    state = request.args.get("state") or None
    page = sanction_pages.listing(
        ctx, query=request.args.get("q", ""), state=state, before=request.args.get("before", type=int)
    )
    return render_template("workspace/approvals/sanctions.html", page=page, state=state, states=sanction_pages.STATES)


@blueprint.get("/sanctions/<int:sanction_id>")
@requires("sanction.read")
def sanction(sanction_id: int) -> str:
    """One sanction with its terms, conditions, schedule and where it came from."""
    ctx = current_context()
    return render_template("workspace/approvals/sanction.html", shown=sanction_pages.page(ctx, sanction_id, language()))


@blueprint.get("/sanctions/<int:sanction_id>/disclosure")
@requires("sanction.read")
def disclosure(sanction_id: int) -> Response:
    """The disclosure sheet of an offer, to print and hand over."""
    return file_answer(disclosures.of_sanction(current_context(), sanction_id))


@blueprint.get("/work/")
@requires("application.read")
def overview() -> str:
    """All open work by step and branch, who could do it and what nobody can; the flows that say who decides what."""
    ctx = current_context()
    return render_template(
        "workspace/approvals/overview.html",
        loads=work_overview.overview(ctx),
        authorities=work_overview.authorities(ctx, language()),
    )


def _render(shown: approval_sheet.Sheet, *, problems: Any = (), typed: Any = None) -> str:
    if shown.application.state in applications.BEFORE:
        raise NotFound()
    return render_template(
        "workspace/approvals/sheet.html",
        sheet=shown,
        parts=sheet_parts.of(shown, language()),
        problems=problems,
        typed=typed or {},
        outside=outside.of_record(current_context(), "application", shown.application.id),
    )
