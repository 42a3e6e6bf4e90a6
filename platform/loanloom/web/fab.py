"""Flask-AppBuilder behind one door: its security manager, tokens, API base and OpenAPI. Its pages are not used.

Everything else of the web asks web/security.py; only this module and the API know Flask-AppBuilder.
"""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, request
from flask_appbuilder import AppBuilder
from flask_appbuilder.api import expose
from flask_appbuilder.api.manager import OpenApi
from flask_appbuilder.security.sqla.manager import SecurityManager
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from loanloom.services.access import sign_in_guard
from loanloom.services.access.sign_in import Caller
from loanloom.store import audit
from loanloom.store.database import Database
from loanloom.web.access import Access, staff
from loanloom.web.security import FAB_ACCESS, current_context, has_context


class HouseSecurityManager(SecurityManager):
    """Flask-AppBuilder's users and tokens, with our lock against guessing and our rights."""

    def auth_user_db(self, username: str | None, password: str | None) -> Any:
        """The user if the password is right and neither the name nor the address is locked; None otherwise."""
        database: Database = current_app.extensions["loanloom_database"]
        now, ip, name = datetime.now(UTC), request.remote_addr, (username or "").strip()
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
        return user

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
