"""People of tests who sign in: their passwords are hashed at little cost, for checking takes as long as hashing."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from werkzeug.security import generate_password_hash

from loanloom.services.access import users
from loanloom.services.context import Context

PASSWORD = "A-long-test-password-7"


def signs_in(ctx: Context, username: str, **said: Any) -> int:
    """A new user with PASSWORD; the user's number."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(users, "generate_password_hash", partial(generate_password_hash, method="pbkdf2:sha256:1"))
        return users.create(ctx, username=username, email=f"{username}@example.org", password=PASSWORD, **said)
