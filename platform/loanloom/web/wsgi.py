"""What the production server loads: `gunicorn loanloom.web.wsgi:app`. Reads the settings; everything else is app.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from loanloom.logs import configure
from loanloom.services.running import demonstration, mail
from loanloom.settings import load
from loanloom.store.opening import open_database
from loanloom.web.app import create_app

settings = load()
configure(settings)
database = open_database(settings, application="loanloom-web", statement_seconds=settings.request_seconds)
app = create_app(
    database,
    secret_key=database.vault.secret_key,
    secure_cookies=settings.https_only,
    proxies=settings.trusted_proxies,
    log_ins=demonstration.read(settings.home) if settings.demo else (),
    configuration={
        "PERMANENT_SESSION_LIFETIME": timedelta(minutes=settings.session_minutes),
        "MAX_CONTENT_LENGTH": settings.upload_megabytes * 1024 * 1024,
        "WEBHOOK_PRIVATE": settings.webhook_private,
        "HOME": settings.home,
        "MAILING": mail.Sender(settings.mail_server, settings.mail_from, lambda: datetime.now(UTC)),
    },
)
database.close()  # a process that only starts others keeps no connection
