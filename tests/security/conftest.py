"""The web of tests/web, looked at by somebody hostile."""

from __future__ import annotations

from tests.web.conftest import app, client, house, person

__all__ = ["app", "client", "house", "person"]
