"""Who is asking, and may they: checked once, before any view runs.

Reads the mark of the route (web/access.py), finds the user by session cookie or bearer token, and builds the services'
Context. A route without a mark is refused. Rights come from the live role documents, which lie in memory, so a check
costs no query; the user, memberships and company come in one.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask, Response, abort, current_app, flash, g, jsonify, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_jwt_extended import get_jwt, get_jwt_identity, verify_jwt_in_request
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as WerkzeugResponse

from loanloom.problems import Problem, text
from loanloom.services.access.sign_in import SignedIn, actor_of
from loanloom.services.access.sign_in import signed_in as read_user
from loanloom.services.context import Company, Context
from loanloom.services.errors import Forbidden
from loanloom.store.database import Database
from loanloom.web.access import Access, access_of, public, requires, signed_in, while_password_expired
from loanloom.web.requests import is_readable

__all__ = [
    "access_for",
    "companies",
    "csp_nonce",
    "current_context",
    "current_user",
    "install",
    "public",
    "requires",
    "sign_in",
    "sign_out",
    "signed_in",
    "while_password_expired",
]

csrf = CSRFProtect()
FOR_STAFF = Problem(
    code="web.for_staff",
    message=text("This page is for our staff.", "此页面仅供工作人员使用。"),
    hint=text("What concerns you stands on your own pages.", "与您有关的内容请在您的页面查看。"),
)
FAB_ACCESS: dict[str, Access] = {}  # web/fab.py enters what Flask-AppBuilder registers by itself


def database() -> Database:
    """The database this application serves."""
    return cast(Database, current_app.extensions["loanloom_database"])


def access_for(app: Flask, endpoint: str) -> Access | None:
    """The mark of an endpoint; None when nobody gave one."""
    return FAB_ACCESS.get(endpoint) or access_of(app.view_functions.get(endpoint))


def sign_in(user: SignedIn) -> None:
    """Begin a session for this user; nothing of an earlier one survives but the language."""
    language = session.get("language")
    session.clear()
    session.permanent = True
    session.update(user_id=user.user_id, stamp=user.stamp, session=secrets.token_urlsafe(12))
    if user.language or language:
        session["language"] = user.language or language


def sign_out() -> None:
    """Forget who is signed in here."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def has_bearer() -> bool:
    """Whether the caller shows a token instead of a cookie; such a call needs no CSRF token."""
    return request.headers.get("Authorization", "").startswith("Bearer ")


def _find_user() -> SignedIn | None:
    if has_bearer():
        verify_jwt_in_request()
        user_id, stamp, own = int(get_jwt_identity()), get_jwt().get("stamp", ""), ""
    elif "user_id" in session:
        user_id, stamp, own = int(session["user_id"]), session.get("stamp"), session.get("session", "")
    else:
        return None
    with database().single_statements() as connection:
        user = read_user(connection, user_id)
    if user is None or (stamp is not None and stamp != user.stamp) or own in user.ended:
        if not has_bearer():
            sign_out()
        return None
    return user


def current_user() -> SignedIn | None:
    """The signed-in user of this request, if any; looked up once."""
    if "signed_in_user" not in g:
        g.signed_in_user = _find_user()
    return cast("SignedIn | None", g.signed_in_user)


def companies() -> tuple[Company, ...]:
    """The companies the user works in."""
    user = current_user()
    return tuple(one.company for one in user.memberships) if user else ()


def has_context() -> bool:
    """Whether there is a user with a company, so that `current_context` would answer."""
    user = current_user()
    return user is not None and bool(user.memberships)


def current_context() -> Context:
    """Company, registry, actor and dates of this request; made once. Raises Forbidden without a membership."""
    if "context" not in g:
        g.context = _make_context()
    return cast(Context, g.context)


def _make_context() -> Context:
    user = current_user()
    chosen = str(request.headers.get("X-Company", "") if has_bearer() else session.get("company_id", ""))
    membership = user.membership(int(chosen) if chosen.isdecimal() and len(chosen) < 10 else None) if user else None
    if user is None or membership is None:
        raise Forbidden()
    from loanloom.services.definitions import releases  # late: the services import much

    registry = releases.live(database(), membership.company)
    actor = actor_of(user, membership, registry, ip=request.remote_addr, correlation_id=g.correlation_id)
    return Context(
        database=database(),
        company=membership.company,
        registry=registry,
        actor=actor,
        now=datetime.now(UTC),
        business_date=membership.business_date,
    )


def csp_nonce() -> str:
    """The nonce by which an editor may add its own style sheet; one a response."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return cast(str, g.csp_nonce)


def _to_log_in() -> WerkzeugResponse:
    if request.path.startswith("/api/"):
        answer = jsonify(problems=[{"code": "web.not_signed_in", "message": _("Sign in first.")}])
        answer.status_code = 401
        return answer
    if request.headers.get("HX-Request"):
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = url_for("account.sign_in")
        return answer
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("account.sign_in", next=None if wanted == "/" else wanted))


def _own_password_first() -> Problem:
    return Problem(
        code="web.own_password_first",
        message=text("Choose your own password first.", "请先修改初始密码。"),
        hint=text("Sign in on the web page once.", "请先登录网页一次。"),
    )


def _guard() -> WerkzeugResponse | None:
    if request.endpoint is None:
        return None  # 404 or 405: the error pages need no right
    if not is_readable(request):
        abort(400)
    access = access_for(current_app, request.endpoint)
    if access is None:
        raise Forbidden()
    if access.csrf and not has_bearer():
        csrf.protect()
    if access.public:
        return None
    user = current_user()
    if user is None:
        return _to_log_in()
    if user.must_change_password and not access.before_first_password:
        if request.path.startswith("/api/"):
            raise Forbidden(_own_password_first())
        flash(_("Choose your own password first."), "notice")
        return redirect(url_for("account.password"))
    inside = access.staff or (access.functions and "portal.use" not in access.functions)
    if inside and current_context().actor.is_borrower:
        raise Forbidden(FOR_STAFF)
    if access.functions and not any(current_context().actor.may(name) for name in access.functions):
        raise Forbidden(function=" / ".join(access.functions))
    return None


def _headers(response: Response) -> Response:
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    policy = (
        f"default-src 'self'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; frame-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'self'"
    )
    headers: dict[str, Any] = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=()",
        "Cache-Control": "no-store",
    }
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    return response


def install(app: Flask) -> None:
    """Guard every route and set the headers of every answer."""
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)  # _guard asks, except for bearer tokens
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # as long as the session
    csrf.init_app(app)
    app.before_request(_guard)
    app.after_request(_headers)
