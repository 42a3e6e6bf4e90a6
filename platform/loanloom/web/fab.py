"""Flask-AppBuilder behind one door: its security manager, tokens, API base and OpenAPI. Its pages are not used.

Everything else of the web asks web/security.py; only this module and the API know Flask-AppBuilder.
"""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, jsonify, request
from flask_appbuilder import AppBuilder
from flask_appbuilder.api import expose
from flask_appbuilder.api.manager import OpenApi
from flask_appbuilder.security.sqla.manager import SecurityManager
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from loanloom.services.access import sign_in_guard
from loanloom.services.access.sign_in import Caller, SignedIn, signed_in
from loanloom.store import audit
from loanloom.store.database import Database
from loanloom.web.access import Access, staff
from loanloom.web.requests import is_storable
from loanloom.web.security import FAB_ACCESS, current_context, has_context


def _user(user_id: Any) -> SignedIn | None:
    database: Database = current_app.extensions["loanloom_database"]
    with database.transaction() as connection:
        return signed_in(connection, int(user_id))


def _stamp_of(user_id: Any) -> dict[str, str]:
    user = _user(user_id)
    return {"stamp": user.stamp if user else ""}


def _still_good(_header: Any, token: Any) -> bool:
    """Whether a refresh token's password and user still stand; for access tokens web/security.py asks anyway."""
    if token.get("type") != "refresh":
        return True
    user = _user(token["sub"])
    return user is not None and user.stamp == token.get("stamp")


class HouseSecurityManager(SecurityManager):
    """Flask-AppBuilder's users and tokens, with our lock against guessing and our rights."""

    def auth_user_db(self, username: str | None, password: str | None) -> Any:
        """The user if the password is right and neither the name nor the address is locked; None otherwise."""
        database: Database = current_app.extensions["loanloom_database"]
        now, ip, name = datetime.now(UTC), request.remote_addr, (username or "").strip()
        if not is_storable(f"{name}{password or ''}"):
            return None
        with database.transaction() as connection:
            if sign_in_guard.locked_until(connection, name, ip, now):
                return None
        user = super().auth_user_db(name, password or "")
        with database.transaction() as connection:
            if user is None:
                sign_in_guard.failed(connection, name, ip, now)
                audit.write(connection, Caller(None, name[:64], ip), "user.sign_in_failed", ("user", name[:64]))
            else:
                sign_in_guard.succeeded(connection, name)
                if request.path.startswith("/api/"):  # the log-in page writes its own row
                    audit.write(connection, Caller(user.id, user.username, ip), "user.signed_in", ("user", user.id))
        return user

    def auth_user_ldap(self, username: str | None, password: str | None, *_more: Any) -> Any:
        """There is no directory here; nobody gets in by naming one."""
        return None

    def find_user(self, username: str | None = None, email: str | None = None) -> Any:
        """By user name alone: a second name for the same account would be a second set of tries."""
        return super().find_user(username=username) if username else None

    def create_jwt_manager(self, app: Flask) -> Any:
        """Tokens carry the stamp of the password they were given for, and end with it like sessions."""
        manager = super().create_jwt_manager(app)
        manager.additional_claims_loader(_stamp_of)
        manager.token_verification_loader(_still_good)
        manager.token_verification_failed_loader(lambda _header, _token: (jsonify(msg="Token is no longer valid"), 401))
        return manager

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Flask-AppBuilder's question answered from the same rights as every other route."""
        return has_context() and current_context().actor.may(view_name)

    def register_views(self) -> None:
        """Only the token API; log-in, users and roles have the house's own pages."""
        self.appbuilder.add_api(self.security_api)


class HouseOpenApi(OpenApi):
    """The description of /api/v1 for other programs; for everybody who is signed in."""

    @expose("/<version>/_openapi")
    @staff
    def get(self, version: str) -> Any:
        """The OpenAPI description
        ---
        get:
          parameters: [{in: path, name: version, required: true, schema: {type: string}}]
          responses:
            200: {description: OpenAPI 3}
        """
        return inspect.unwrap(OpenApi.get)(self, version)


class HouseAppBuilder(AppBuilder):
    """Flask-AppBuilder without its pages, menus, static files and templates."""

    def _add_admin_views(self) -> None:
        self.sm.register_views()
        self.add_api(HouseOpenApi)

    def _add_global_static(self) -> None:
        """Its Bootstrap 3 and jQuery are not served."""


CONFIGURATION: dict[str, Any] = {
    "AUTH_TYPE": 1,
    "FAB_CREATE_DB": False,
    "FAB_UPDATE_PERMS": False,
    "FAB_BASE_TEMPLATE": "shell.html",
    "FAB_ALLOW_GET_UNSAFE_MUTATIONS": False,
    "FAB_ADD_SECURITY_API": False,
    "FAB_API_SWAGGER_UI": False,
    "RATELIMIT_ENABLED": False,
    "JWT_ACCESS_TOKEN_EXPIRES": 900,
    "JWT_REFRESH_TOKEN_EXPIRES": 12 * 3600,
    "JWT_COOKIE_CSRF_PROTECT": True,
    "LANGUAGES": {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}},
}


def install(app: Flask, database: Database) -> HouseAppBuilder:
    """Put Flask-AppBuilder onto the application's database. Call inside an application context."""
    for name, value in CONFIGURATION.items():
        app.config.setdefault(name, value)
    session: scoped_session[Session] = scoped_session(sessionmaker(database.engine))

    @app.teardown_appcontext
    def _give_back(error: BaseException | None) -> None:
        session.remove()

    appbuilder = HouseAppBuilder(app, session, security_manager_class=HouseSecurityManager, update_perms=False)
    FAB_ACCESS.update(
        {
            "SecurityApi.login": Access(
                public=True, csrf=False
            ),  # gives a token for name and password; locked like the page
            "SecurityApi.refresh": Access(public=True, csrf=False),  # checks the refresh token itself
        }
    )
    return appbuilder
