"""Site visits of an application: written down by investigator A with photos, confirmed by investigator B."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem
from loanloom.services.errors import Refused
from loanloom.services.origination import visits
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("visits", __name__, url_prefix="/applications/<int:application_id>/visits")
Answer = str | Response | tuple[str, int]


@blueprint.get("")
@requires("application.read")
def show(application_id: int) -> str:
    """The visits of one application, and the form for one more."""
    return _page(application_id)


@blueprint.post("")
@requires("application.create")
def record(application_id: int) -> Answer:
    """Write a visit down."""
    form = request.form
    photos = [(one.filename or "", one.read()) for one in request.files.getlist("photos") if one.filename]
    try:
        visits.record(
            current_context(), application_id, visited_on=inputs.day(form.get("visited_on"), "visited_on"),
            place=form.get("place", ""), investigator_b=form.get("investigator_b", type=int) or 0,
            findings=form.get("findings", ""), photos=photos,
        )  # fmt: skip
    except Refused as refused:
        return _page(application_id, refused.problems, form), 422
    flash(_("The visit has been recorded; the second investigator is asked to confirm it."), "good")
    return redirect(url_for("visits.show", application_id=application_id))


@blueprint.post("/<int:visit_id>/confirm")
@requires("application.read")
def confirm(application_id: int, visit_id: int) -> Answer:
    """Investigator B confirms."""
    return _done(
        application_id,
        lambda: visits.confirm(current_context(), application_id, visit_id, version=_version()),
        _("The visit is confirmed."),
    )


@blueprint.post("/<int:visit_id>/withdraw")
@requires("application.create")
def withdraw(application_id: int, visit_id: int) -> Answer:
    """Investigator A takes it back."""
    return _done(
        application_id,
        lambda: visits.withdraw(current_context(), application_id, visit_id, version=_version()),
        _("The visit has been withdrawn."),
    )


def _version() -> int:
    return request.form.get("version", type=int) or 0


def _done(application_id: int, act: Callable[[], None], words: str) -> Answer:
    act()
    flash(words, "good")
    return redirect(url_for("visits.show", application_id=application_id))


def _page(application_id: int, problems: tuple[Problem, ...] = (), typed: Mapping[str, str] | None = None) -> str:
    ctx = current_context()
    listed = visits.listing(ctx, application_id)
    may_record = ctx.actor.may("application.create")
    return render_template(
        "workspace/applications/visits.html", application_id=application_id, visits=listed, problems=problems,
        colleagues=visits.colleagues(ctx) if may_record else {}, may_record=may_record, typed=typed or {},
    )  # fmt: skip
