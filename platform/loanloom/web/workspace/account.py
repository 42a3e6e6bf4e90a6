"""Signing in and out, one's own account: password, language, the company one works in."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem, text
from loanloom.services.access import functions, sessions, sign_in_guard, users
from loanloom.services.access import sign_in as signing
from loanloom.services.errors import NotFound, Refused
from loanloom.store import audit
from loanloom.web import security
from loanloom.web.access import public, signed_in, while_password_expired
from loanloom.web.language import LANGUAGES

blueprint = Blueprint("account", __name__)


def safe_next(wanted: str | None) -> str:
    """Only a path of this house; anything else becomes the home page."""
    target = wanted or "/"
    parts = urlsplit(target)
    odd = any(letter < " " or letter == "\\" for letter in target)  # browsers read these as nothing, or as a slash
    if odd or parts.scheme or parts.netloc or not target.startswith("/") or target.startswith("//"):
        return "/"
    return target


@blueprint.route("/login/", methods=["GET", "POST"])
@public
def sign_in() -> str | Response | tuple[str, int]:
    """The log-in page."""
    if request.method == "GET":
        if security.current_user():
            return redirect(safe_next(request.args.get("next")))
        return _page()
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    user = current_app.extensions["appbuilder"].sm.auth_user_db(username, password)
    with security.database().transaction() as connection:
        if user is None:
            until = sign_in_guard.locked_until(connection, username, request.remote_addr, datetime.now(UTC))
            return _page(username, until), 401
        found = signing.signed_in(connection, user.id)
        if found is None or not found.memberships:
            return _page(username), 401
        security.sign_in(found)
        audit.write(connection, _who(found), "user.signed_in", ("user", found.user_id))
    return redirect(safe_next(request.form.get("next")))


def _who(user: signing.SignedIn) -> audit.Who:
    return signing.Caller(user.user_id, user.username, request.remote_addr)


def _page(username: str = "", until: datetime | None = None) -> str:
    failed = request.method == "POST"
    minutes = int((until - datetime.now(UTC)).total_seconds() // 60) + 1 if until else 0
    wanted = safe_next(request.values.get("next"))
    log_ins = current_app.extensions["loanloom_log_ins"]
    return render_template(
        "account/sign_in.html", username=username, failed=failed, minutes=minutes, wanted=wanted, log_ins=log_ins
    )


@blueprint.post("/logout/")
@while_password_expired
def sign_out() -> Response:
    """End the session: its cookie is worth nothing from here on, wherever a copy of it may be."""
    user, own = security.current_user(), session.get("session")
    if user and own:
        with security.database().transaction() as connection:
            lasting = current_app.permanent_session_lifetime
            sessions.end(connection, user.user_id, own, datetime.now(UTC), lasting=lasting)
    security.sign_out()
    flash(_("You are signed out."), "calm")
    return redirect(url_for("account.sign_in"))


@blueprint.post("/logout/everywhere/")
@while_password_expired
def sign_out_everywhere() -> Response:
    """End every session of mine, on whatever device, and every token."""
    user = security.current_user()
    assert user is not None
    with security.database().transaction() as connection:
        sessions.end_all(connection, user.user_id)
        audit.write(connection, _who(user), "user.signed_out_everywhere", ("user", user.user_id))
    security.sign_out()
    flash(_("You are signed out on all devices."), "calm")
    return redirect(url_for("account.sign_in"))


@blueprint.post("/language/")
@public
def language() -> Response:
    """Speak another language from here on; remembered for the user."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
        user = security.current_user()
        if user:
            with security.database().transaction() as connection:
                signing.set_language(connection, user.user_id, chosen)
    return redirect(safe_next(request.form.get("next")))


@blueprint.post("/company/")
@signed_in
def company() -> Response:
    """Work in another of one's companies."""
    chosen = request.form.get("company", "")
    if chosen not in {str(one.id) for one in security.companies()}:
        raise NotFound(text("company", "公司"))
    session["company_id"] = int(chosen)
    return redirect("/")


@blueprint.get("/account/")
@signed_in
def index() -> str | Response:
    """What the house knows about me and what I may do; borrowers have that in the portal."""
    ctx = security.current_context()
    if ctx.actor.is_borrower:
        return redirect(url_for("portal.profile"))
    user = security.current_user()
    assert user is not None
    membership = user.membership(ctx.company.id)
    return render_template("account/index.html", user=user, membership=membership, functions=functions.of(ctx.registry))


@blueprint.route("/account/password/", methods=["GET", "POST"])
@while_password_expired
def password() -> str | Response | tuple[str, int]:
    """Change one's own password; other sessions end."""
    user = security.current_user()
    assert user is not None
    if request.method == "GET":
        return render_template("account/password.html", problems=(), forced=user.must_change_password)
    problems = _password_problems(user)
    if not problems:
        try:
            users.set_password(security.current_context(), user.user_id, request.form["password"], must_change=False)
        except Refused as refused:
            problems = refused.problems
    if problems:
        page = render_template("account/password.html", problems=problems, forced=user.must_change_password)
        return page, 422
    with security.database().transaction() as connection:
        fresh = signing.signed_in(connection, user.user_id)
    assert fresh is not None
    session["stamp"] = fresh.stamp
    flash(_("Your password is changed."), "good")
    return redirect(url_for("account.index"))


def _password_problems(user: signing.SignedIn) -> tuple[Problem, ...]:
    form, now, ip = request.form, datetime.now(UTC), request.remote_addr
    with security.database().transaction() as connection:
        locked = sign_in_guard.locked_until(connection, user.username, ip, now)
        right = not locked and signing.check_password(connection, user.user_id, form.get("present", ""))
        if not right:
            sign_in_guard.failed(connection, user.username, ip, now)
    if not right:
        return (
            Problem(
                code="user.password_wrong",
                field="present",
                message=text("This is not your present password.", "当前密码不正确。"),
            ),
        )
    if form.get("password") == form.get("present"):
        return (
            Problem(
                code="user.password_same",
                field="password",
                message=text("The new password is the present one.", "新密码不能与当前密码相同。"),
            ),
        )
    if form.get("password") != form.get("again"):
        return (
            Problem(
                code="user.password_differs",
                field="again",
                message=text("The two new passwords differ.", "两次输入的新密码不一致。"),
            ),
        )
    return ()
