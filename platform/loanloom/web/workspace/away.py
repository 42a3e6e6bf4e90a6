"""Away: who stands in for me from when to when, for whom I stand in, and to whom I am related; administrators keep
those of everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem, say
from loanloom.services.errors import Forbidden, Refused
from loanloom.services.flows import colleagues, delegations, relations
from loanloom.web import inputs
from loanloom.web.access import requires, signed_in
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("away", __name__, url_prefix="/account/away")


@blueprint.get("/")
@signed_in
def index() -> str:
    """My own page; somebody else's (`user`) for whoever keeps them."""
    return _page(request.args.get("user", type=int))


@blueprint.get("/everybody/")
@requires(colleagues.KEEP)
def everybody() -> str:
    """Every delegation and declaration that stands."""
    ctx = current_context()
    return render_template(
        "account/away_everybody.html",
        delegations=delegations.of_everybody(ctx),
        relations=relations.of(ctx, everybody=True),
        colleagues=_people(),
        kinds=relations.KINDS,
        flow_titles=_flow_titles(),
    )


@blueprint.post("/")
@signed_in
def give() -> Response | tuple[str, int]:
    """Somebody is away."""
    form, whose = request.form, _whose()
    try:
        delegations.give(
            current_context(),
            from_user=whose,
            to_user=form.get("to_user", type=int),
            starts_on=inputs.day(form.get("starts_on"), "starts_on"),
            ends_on=inputs.day(form.get("ends_on"), "ends_on"),
            flows=form.getlist("flows"),
            reason=form.get("reason", ""),
        )
    except Refused as refused:
        entered = {**form, "flows": form.getlist("flows")}
        return _page(whose, absence=entered, absence_problems=refused.problems), 422
    flash(_("The absence is entered."), "good")
    return _back(whose)


@blueprint.post("/<int:number>/end")
@signed_in
def end(number: int) -> Response:
    """Back earlier."""
    delegations.end(current_context(), number, expected_version=inputs.whole(request.form.get("version"), "version"))
    flash(_("It no longer counts."), "good")
    return _back(_whose())


@blueprint.post("/relations")
@signed_in
def declare() -> Response | tuple[str, int]:
    """Declare a relation."""
    form, whose = request.form, _whose()
    said = {name: form.get(name, "") for name in ("kind", "relation", "name", "id_number")}
    try:
        relations.declare(current_context(), user_id=whose, **said)
    except Refused as refused:
        return _page(whose, relation=said, relation_problems=refused.problems), 422
    flash(_("The relation is declared. Cases of this person go to others."), "good")
    return _back(whose)


@blueprint.post("/relations/<int:number>/end")
@requires(colleagues.KEEP)
def end_relation(number: int) -> Response:
    """A relation no longer stands."""
    relations.end(current_context(), number, expected_version=inputs.whole(request.form.get("version"), "version"))
    flash(_("It no longer counts."), "good")
    return redirect(url_for("away.everybody"))


def _page(
    whose: int | None,
    absence: dict[str, Any] | None = None,
    absence_problems: tuple[Problem, ...] = (),
    relation: dict[str, Any] | None = None,
    relation_problems: tuple[Problem, ...] = (),
) -> str:
    ctx = current_context()
    if ctx.actor.is_borrower:
        raise Forbidden()
    me = whose if whose is not None else ctx.actor.user_id
    found = delegations.of(ctx, whose)
    people = _people()
    return render_template(
        "account/away.html",
        whose=whose,
        name=next((name for number, name in people if number == me), ctx.actor.name),
        given=[one for one in found if one.from_user == me],
        received=[one for one in found if one.to_user == me],
        relations=relations.of(ctx, whose),
        colleagues=[(number, name) for number, name in people if number != me],
        flows=sorted(_flow_titles().items(), key=lambda one: one[1]),
        flow_titles=_flow_titles(),
        kinds=relations.KINDS,
        absence=absence or {"starts_on": ctx.business_date.isoformat(), "flows": []},
        relation=relation or {},
        problems=(*absence_problems, *relation_problems),
        by_field={problem.field: problem for problem in (*absence_problems, *relation_problems) if problem.field},
    )


def _people() -> list[tuple[int, str]]:
    return [(one.id, f"{one.name} ({one.username})") for one in delegations.colleagues_of(current_context())]


def _flow_titles() -> dict[str, str]:
    return {one.key: say(one.title, language()) for one in current_context().registry.all("flow")}


def _whose() -> int | None:
    return request.form.get("user", type=int)


def _back(whose: int | None) -> Response:
    return redirect(url_for("away.index", user=whose))
