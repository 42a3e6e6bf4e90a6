"""User administration: a list, one form for new and known users, a new password, closing an account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem, say
from loanloom.services.access import user_checks, users
from loanloom.services.errors import Refused
from loanloom.services.scope import units_of
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("users", __name__, url_prefix="/admin/users")


@blueprint.get("/")
@requires("user.manage")
def index() -> str:
    """Everybody of this company; `q` and `role` narrow the list."""
    words, role = request.args.get("q", "").strip().lower(), request.args.get("role", "")
    found = [
        user
        for user in users.of_company(current_context())
        if (not words or words in user.username.lower() or words in user.name.lower())
        and (not role or role in user.roles)
    ]
    return render_template("admin/users.html", users=found, words=words, role=role, roles=_roles())


def _roles() -> list[tuple[str, str]]:
    return [(one.key, say(one.title, language())) for one in current_context().registry.all("role")]


def _choices() -> dict[str, Any]:
    ctx, spoken = current_context(), language()
    return {
        "roles": _roles(),
        "units": [(key, say(unit["title"], spoken)) for key, unit in units_of(ctx).items()],
        "positions": [(one.key, say(one.title, spoken)) for one in ctx.registry.all("position")],
    }


def _page(user: users.UserRow | None, entered: dict[str, Any], problems: tuple[Problem, ...]) -> str:
    by_field = {problem.field: problem for problem in problems if problem.field}
    return render_template(
        "admin/user.html", user=user, entered=entered, problems=problems, by_field=by_field, **_choices()
    )


def _entered() -> dict[str, Any]:
    form = request.form
    single = ("username", "name", "email", "password", "unit", "position")
    return {**{name: form.get(name, "").strip() for name in single}, "roles": form.getlist("roles")}


@blueprint.route("/new", methods=["GET", "POST"])
@requires("user.manage")
def new() -> str | Response | tuple[str, int]:
    """A new user with a first password, which has to be changed at the first log-in."""
    if request.method == "GET":
        first = user_checks.first_password("")
        return _page(None, {"password": first, "roles": []}, ())
    entered = _entered()
    try:
        user_id = users.create(current_context(), **{**entered, "must_change": True})
    except Refused as refused:
        return _page(None, entered, refused.problems), 422
    flash(_("The user is made. Hand over the first password; it must be changed at the first log-in."), "good")
    return redirect(url_for("users.show", user_id=user_id))


@blueprint.route("/<int:user_id>", methods=["GET", "POST"])
@requires("user.manage")
def show(user_id: int) -> str | Response | tuple[str, int]:
    """One user: name, roles, unit, whether the account is open."""
    ctx = current_context()
    user = users.read(ctx, user_id)
    if request.method == "GET":
        names = ("username", "name", "email", "unit", "position", "roles")
        return _page(user, {name: getattr(user, name) for name in names}, ())
    entered, active = _entered(), request.form.get("active") == "yes"
    wanted = {name: entered[name] for name in ("name", "email", "roles", "unit", "position")}
    try:
        users.change(ctx, user_id, **wanted, active=active, version=request.form.get("version", type=int))
    except Refused as refused:
        return _page(user, {**entered, "username": user.username}, refused.problems), 422
    flash(_("Saved."), "good")
    return redirect(url_for("users.show", user_id=user_id))


@blueprint.post("/<int:user_id>/password")
@requires("user.manage")
def password(user_id: int) -> Response | tuple[str, int]:
    """Set a first password again."""
    ctx = current_context()
    user = users.read(ctx, user_id)
    if user_id == ctx.actor.user_id:  # one's own is changed by whoever knows the present one
        return redirect(url_for("account.password"))
    try:
        users.set_password(ctx, user_id, request.form.get("password", ""), must_change=True)
    except Refused as refused:
        names = ("username", "name", "email", "unit", "position", "roles")
        return _page(user, {name: getattr(user, name) for name in names}, refused.problems), 422
    flash(_("The new first password is set; it must be changed at the next log-in."), "good")
    return redirect(url_for("users.show", user_id=user_id))
