"""What the form designer changes: fields put on, moved and taken off, sections, rules, columns, new fields.

Dragging, buttons and plain posts all come here as the same: something, to a place. The page comes back with what was
changed chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loanloom.metadata.document import Document
from loanloom.metadata.steps import Step
from loanloom.services.context import Context
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.designing import access, changing, columns, new_fields, rules
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.web.access import requires
from loanloom.web.forms import answering
from loanloom.web.security import current_context
from loanloom.web.studio import editors
from loanloom.web.studio.definitions import page_of, version_given
from loanloom.web.studio.editors import form_views

blueprint = Blueprint("form_design", __name__, url_prefix="/studio/definitions/form")
Answer = str | Response | tuple[str, int, dict[str, str]]
_AT_TOP = {"HX-Reswap": "outerHTML show:window:top"}


@blueprint.post("/<key>/design")
@requires("definition.edit")
def arrange(key: str) -> Answer:
    """Something put somewhere: what was dragged to where, else `act` of a button as what>where.

    A button that was dragged has the focus, so that its `act` comes along.
    """
    what, where = request.form.get("what", ""), request.form.get("where", "")
    if not what:
        what, _, where = request.form.get("act", "").partition(">")
    return _answer(key, lambda ctx, page: changing.design(ctx, page, what, where, version_given()))


@blueprint.post("/<key>/design/section")
@requires("definition.edit")
def add_section(key: str) -> Answer:
    """A new section behind the others."""
    return _answer(key, lambda ctx, page: changing.add_section(ctx, page, _title(), version_given()))


@blueprint.post("/<key>/design/rule")
@requires("definition.edit")
def answer_rule(key: str) -> Answer:
    """Required, shown or read-only: yes or no; a condition has a page of its own."""
    rule, _, value = request.form.get("rule", "").partition(":")
    return _step(key, lambda page, at: rules.answer(_document(page), at, rule, value == "yes"))


@blueprint.post("/<key>/design/check")
@requires("definition.edit")
def write_check(key: str) -> Answer:
    """What must hold of the field, and what is said where it does not."""
    return _step(key, lambda page, at: rules.check(_document(page), at, request.form.get("rule", ""), _title()))


@blueprint.post("/<key>/design/column")
@requires("definition.edit")
def change_column(key: str) -> Answer:
    """A column of a table shown, moved, left out, asked for."""
    do, _, column = request.form.get("column", "").partition(":")
    return _step(key, lambda page, at: columns.step(_document(page), page.registry, at, do, column))


@blueprint.post("/<key>/design/field")
@requires("definition.edit")
def new_field(key: str) -> Answer:
    """A field that no record has yet: declared in a draft of its record, and put on the form."""
    form = request.form
    wanted = new_fields.Wanted(
        record=form.get("record", ""), title=_title(), type=form.get("type", ""), key=form.get("key", "").strip(),
        code_list=form.get("code_list", ""), target=form.get("target", ""), where=form.get("where", ""),
    )  # fmt: skip
    return _answer(key, lambda ctx, page: new_fields.declare(ctx, page, wanted, version_given()))


@blueprint.post("/<key>/access")
@requires("definition.edit")
def set_access(key: str) -> Answer:
    """What a role may do at a part of the form, at all steps or at one: `cell` is role|target|mode."""
    role, _, rest = request.form.get("cell", "").partition("|")
    target, _, mode = rest.partition("|")
    node = request.form.get("_node") or None

    def change(ctx: Context, page: Page) -> tuple[Draft | None, str | None]:
        step = access.step(_document(page), page.registry, role, node, target, mode)
        return changing.change(ctx, page, step, version_given()), f"{role}|{target}"

    return _answer(key, change, "access", _node=node, _all=request.form.get("_all") or None)


@blueprint.post("/<key>/preview")
@requires("definition.read")
def try_out(key: str) -> str | tuple[str, int]:
    """The form with what was typed, judged; nothing of it is kept."""
    if answering.wants_part():
        page = definitions.page(current_context(), "form", key)
        return render_template("studio/editors/_form_seen.html", page=page, **form_views.seen(page))
    return page_of("form", key, "preview")


def _title() -> dict[str, str]:
    return {tag: request.form.get(f"title_{tag}", "") for tag in ("en", "zh")}


def _document(page: Page) -> Document:
    if page.shown is None:
        raise Refused(page.problems)
    return page.shown


def _step(key: str, make: Callable[[Page, str], Step]) -> Answer:
    """A step on what is chosen; it stays chosen."""
    at = request.form.get("at", "")
    if not (changing.FIELD.fullmatch(at) or changing.SECTION.fullmatch(at)):
        raise NotFound()
    return _answer(key, lambda ctx, page: (changing.change(ctx, page, make(page, at), version_given()), at))


def _answer(
    key: str, do: Callable[[Context, Page], tuple[Draft | None, str | None]], view: str = "design", **back: Any
) -> Answer:
    """The view after a change, or with what was wrong."""
    ctx = current_context()
    page = definitions.page(ctx, "form", key)
    try:
        saved, at = do(ctx, page)
    except (Refused, Conflict) as refused:
        return page_of("form", key, view, problems=refused.problems), 422, _AT_TOP
    if saved is not None and saved.joined_with:
        flash(editors.joined(saved.joined_with), "notice")
    words = request.form.get("q") or None
    return redirect(url_for("studio.definition", kind="form", key=key, view=view, at=at, q=words, **back))


__all__ = ["blueprint"]
