"""The session in its signed cookie, as Flask keeps it; sent again for its sliding end once a minute, not with every
answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

RENEWED_AFTER = timedelta(minutes=1)
"""How old a cookie may be before it is sent anew; sessions end after minutes without a request."""


class Session(SecureCookieSession):
    """What the cookie says; `signed_at` is when it was sent."""

    signed_at: datetime | None = None


class Sessions(SecureCookieSessionInterface):
    """Reads and writes the cookie of one application."""

    session_class = Session

    def __init__(self, app: Flask) -> None:
        made = super().get_signing_serializer(app)
        assert made is not None, "the application has no secret key"
        self._serializer: URLSafeTimedSerializer = made

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        """Its keys do not change while the application runs: made once."""
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> Session:
        """The session of this request; an empty one where the cookie is missing, forged or too old."""
        written = request.cookies.get(self.get_cookie_name(app))
        if not written:
            return Session()
        longest = int(app.permanent_session_lifetime.total_seconds())
        try:
            said, signed_at = self._serializer.loads(written, max_age=longest, return_timestamp=True)
        except BadSignature:
            return Session()
        session = Session(said)
        session.signed_at = signed_at
        return session

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether anything changed, or the cookie would end too early."""
        if session.modified or not session.permanent:
            return session.modified
        signed_at = getattr(session, "signed_at", None)
        renewed_after = min(RENEWED_AFTER, app.permanent_session_lifetime / 10)
        return signed_at is None or datetime.now(UTC) - signed_at >= renewed_after


def install(app: Flask) -> None:
    """Keep sessions this way."""
    app.session_interface = Sessions(app)
