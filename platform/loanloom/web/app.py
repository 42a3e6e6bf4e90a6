"""Makes the web application: one Flask app from a database and a few settings. Nothing here runs at import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from loanloom.services.running.demonstration import LogIn
from loanloom.store.database import Database
from loanloom.web import (
    assets,
    blueprints,
    components,
    dialogs,
    errors,
    fab,
    flow_pictures,
    formats,
    health,
    history_words,
    language,
    lists,
    named_faults,
    navigation,
    requests,
    security,
    sessions,
    surroundings,
)
from loanloom.web.api import base
from loanloom.web.forms import answering, drawing

LARGEST_REQUEST = 32 * 1024 * 1024


def create_app(
    database: Database,
    *,
    secret_key: str,
    secure_cookies: bool = False,
    proxies: int = 0,
    log_ins: Sequence[LogIn] = (),
    configuration: dict[str, Any] | None = None,
) -> Flask:
    """The application, ready to serve. `proxies`: how many reverse proxies in front set X-Forwarded-*. `log_ins`:
    people of a demonstration, offered on the log-in page.
    """
    app = Flask("loanloom.web", static_folder=None)
    app.config.update(
        SECRET_KEY=secret_key,
        APP_NAME="Loanloom",
        SESSION_COOKIE_NAME="loanloom",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=8),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        PREFERRED_URL_SCHEME="https" if secure_cookies else "http",
    )
    app.config.update(configuration or {})
    sessions.install(app)
    base.install(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["loanloom_database"] = database
    app.extensions["loanloom_log_ins"] = tuple(log_ins)
    requests.install(app)
    errors.install(app)
    security.install(app)
    with app.app_context():
        fab.install(app, database)
        blueprints.install(app)
    language.babel_of(app)
    assets.install(app)
    formats.install(app)
    components.install(app)
    dialogs.install(app)
    named_faults.install(app)
    flow_pictures.install(app)
    answering.install(app)
    drawing.install(app)
    history_words.install(app)
    lists.install(app)
    navigation.install(app)
    surroundings.install(app)
    app.register_blueprint(health.blueprint)
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]  # Flask says so
    return app
