"""Screens of cases: one case with its story and what may be done now; starting a request; every command as a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.engines import forms
from loanloom.problems import Problem, say
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.flows import case_page, cases, item_forms, my_cases, outside, starting
from loanloom.services.flows.case import CASE
from loanloom.services.money.cashier import order_sheet
from loanloom.services.papers import contract_changes
from loanloom.web import dialogs
from loanloom.web.access import staff
from loanloom.web.forms import answering, posted
from loanloom.web.forms.posted import Posted
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.workspace import case_words, order_words, sheet_parts
from loanloom.web.workspace.account import safe_next

blueprint = Blueprint("cases", __name__, url_prefix="/cases")
Answer = str | Response | tuple[str, int]

ITEM_COMMANDS = frozenset(
    {
        "decide", "resubmit", "record_minutes", "add_signers", "remove_signer", "ask_material", "transfer", "take",
        "give_back", "give",
    }
)  # fmt: skip
CASE_COMMANDS = frozenset(
    {"urge", "comment", "withdraw", "reconsider", "suspend", "resume", "terminate", "jump", "take_back"}
)
MARKS = ("csrf_token", "idempotency_key", "version", "back", dialogs.MARK)
"""Names of a page's own fields."""
CHOSEN = "chosen:"
"""Before the steps whose people are named."""
LISTS = ("people",)
"""Arguments that may be named several times."""


@blueprint.get("/")
@staff
def index() -> str:
    """Every case I may see, the newest first."""
    part = my_cases.listing(
        current_context(), "all", query=request.args.get("q", ""), after=request.args.get("after")
    )  # fmt: skip
    return render_template("workspace/cases/index.html", part=part)


@blueprint.get("/new")
@staff
def choose() -> str:
    """Which request to start."""
    return render_template("workspace/cases/choose.html", flows=starting.possible(current_context()).items())


@blueprint.get("/new/<flow_key>")
@staff
def new(flow_key: str) -> Answer:
    """The form of a new request."""
    return _new(flow_key, None)


@blueprint.post("/new/<flow_key>")
@staff
def start(flow_key: str) -> Answer:
    """Hand the request in."""
    ctx, post = current_context(), posted.read()
    post, problems = _with_files(ctx, item_forms.to_start(ctx, flow_key)[1], post)
    if not post.is_submission or problems:
        return _new(flow_key, post.raw, problems)
    fields, chosen = _without_chosen(post.raw)
    try:
        made = starting.request(
            ctx, flow_key, fields, chosen=chosen, customer_id=request.form.get("_customer", type=int),
            idempotency_key=post.idempotency_key,
        )  # fmt: skip
    except Refused as refused:
        return _new(flow_key, post.raw, refused.problems), 422
    flash(_("The request is on its way."), "good")
    return redirect(url_for(".show", case_id=made.case_id))


@blueprint.get("/<int:case_id>")
@staff
def show(case_id: int) -> str:
    """The case."""
    return _show(case_id)


@blueprint.post("/<int:case_id>/<command>")
@staff
def act(case_id: int, command: str) -> Answer:
    """Do something with the whole case."""
    if command not in CASE_COMMANDS:
        raise NotFound(CASE)
    return _done(case_id, case_id, command)


@blueprint.post("/items/<int:item_id>/<command>")
@staff
def do(item_id: int, command: str) -> Answer:
    """Do something with one work item."""
    if command not in ITEM_COMMANDS:
        raise NotFound(CASE)
    case_id = item_forms.case_of_item(current_context(), item_id)
    return _filled_in(case_id, item_id) if command == "resubmit" else _done(case_id, item_id, command)


def _filled_in(case_id: int, item_id: int) -> Answer:
    """The form of an item: a change on the page (a row more, a search in a look-up), or handed in."""
    ctx, post, problems = current_context(), posted.read(), list[Problem]()
    if not post.is_submission or any(file.filename for file in request.files.values()):
        page = case_page.read(ctx, case_id, language())
        item = next((one for one in page.items if one.item_id == item_id and _is_filled_in(one)), None)
        form = item_forms.form_of(ctx, page.case, item.number) if item is not None else None
        post, problems = _with_files(ctx, form, post)
        if item is not None and answering.wants_part():
            view = item_forms.of_item(ctx, page.case, item.number, post.raw, problems)
            return render_template("workspace/cases/_item_form.html", item=item, form=view)
        if not post.is_submission or problems:
            return _show(case_id, problems, request.form, item_id, post.raw)
    return _done(case_id, item_id, "resubmit", post.raw)


def _is_filled_in(item: Any) -> bool:
    return item.kind in ("form", "revision", "material") and item.why_not is None


def _with_files(ctx: Context, form: forms.Form | None, post: Posted) -> tuple[Posted, list[Problem]]:
    """Files stay their chooser's until the form is handed in."""
    return answering.with_files(ctx, form, post, ("user", ctx.actor.user_id or 0)) if form is not None else (post, [])


def _done(case_id: int, number: int, command: str, raw: Mapping[str, Any] | None = None) -> Answer:
    form = request.form
    version = form.get("version", type=int) if number != case_id or command not in CASE_COMMANDS else None
    try:
        cases.act(
            current_context(), number, command, _arguments(form, command, raw),
            expected_version=version, idempotency_key=form.get("idempotency_key") or None,
        )  # fmt: skip
    except Refused as refused:
        acted = number if command in ITEM_COMMANDS else 0
        return _show(case_id, sheet_parts.in_form(refused.problems, form.get("decision", "")), form, acted, raw), 422
    flash(say(case_words.done(command, form.get("decision", "")), language()), "good")
    wanted = form.get("back")
    return redirect(safe_next(wanted) if wanted else url_for(".show", case_id=case_id))


def _arguments(form: Any, command: str, raw: Mapping[str, Any] | None) -> dict[str, Any]:
    """What was typed, by argument: `terms:x` and `chosen:x` are records, conditions stand one a line, what is handed in
    is the whole form."""
    if raw is not None:
        return {"data": {name: value for name, value in raw.items() if name not in MARKS}}
    given: dict[str, Any] = {}
    for name, values in form.lists():
        if name in MARKS or name.startswith("_"):
            continue
        record, dot, leaf = name.partition(":")
        if dot:
            if values[0] != "":
                given.setdefault(record, {})[leaf] = values[0] if len(values) == 1 else values
        else:
            given[name] = list(values) if name in LISTS else values[0]
    decision = given.get("decision", "")
    given["reason"] = given.get(f"reason_{decision}") or given.get("reason", "")
    given["conditions"] = str(given.get("conditions", "")).splitlines()
    return given


def _show(
    case_id: int, problems: Sequence[Problem] = (), form: Mapping[str, Any] | None = None, acted: int = 0,
    raw: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """The case; what was refused stands in the form of the item `acted` on (`raw`), in the remark, or in its dialog."""
    ctx = current_context()
    page = case_page.read(ctx, case_id, language())
    typed = form if form is not None and dialogs.MARK not in form else {}
    filled = {
        item.item_id: item_forms.of_item(
            ctx, page.case, item.number, *((raw, problems) if typed and item.item_id == acted else ())
        )
        for item in page.items
        if _is_filled_in(item)
    }
    change = contract_changes.asked(ctx, page.case.subject, page.case.subject_id)
    order = order_sheet.read(ctx, page.case.subject, page.case.subject_id)
    return render_template(
        "workspace/cases/show.html", page=page, facts=item_forms.as_read(ctx, page.case), problems=problems,
        typed=typed, acted=acted, forms=filled,
        order=order, change=change, order_facts=order_words.facts(order.row["parameters"]) if order else [],
        outside=outside.standing(ctx, page.case) if page.has_outside else (),
    )  # fmt: skip


def _without_chosen(raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was typed into the form of a request, and the people named for its steps."""
    named = {name.partition(":")[2]: value for name, value in raw.items() if name.startswith(CHOSEN) and value != ""}
    return {name: value for name, value in raw.items() if not name.startswith(CHOSEN)}, named


def _new(flow_key: str, raw: Mapping[str, Any] | None, problems: Sequence[Problem] = ()) -> str:
    ctx = current_context()
    fields, chosen = (None, {}) if raw is None else _without_chosen(raw)
    title, view = item_forms.of_new(ctx, flow_key, fields, problems)
    if view is not None and answering.wants_part():
        return render_template("workspace/cases/_new_form.html", view=view, problems=problems)
    return render_template(
        "workspace/cases/new.html", view=view, title=title, flow_key=flow_key,
        problems=problems, chosen=chosen, choosing=starting.choosing(ctx, flow_key),
    )  # fmt: skip
