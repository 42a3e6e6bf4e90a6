"""A command that arrives twice is done once: its first answer is kept under its key, in the command's transaction.

A key belongs to one company, one action and the record acted on; the same key with anything else in the request, or
from another person, does not fit and must be refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, String, and_, bindparam, func, select

from . import bulk
from .tables import idempotency

_NAME = func.concat_ws(
    "|", func.current_setting("loanloom.company_id"), *(bindparam(name, type_=String) for name in ("key", "of", "on"))
)
_ALONE = select(func.pg_advisory_xact_lock(func.hashtextextended(_NAME, 7)))
NAMED = and_(
    idempotency.c.key == bindparam("key", type_=String),
    idempotency.c.command == bindparam("of", type_=String),
    idempotency.c.subject == bindparam("on", type_=String),
)
"""The row of a command, for statements that read it beside other things; the parameters are `Asked.names`."""
NOTHING = {"key": None, "of": None, "on": None}
"""The parameters of a command that came without a key."""
_KEPT = select(idempotency.c.response, idempotency.c.request_digest, idempotency.c.actor_id).where(NAMED)


@dataclass(frozen=True)
class Asked:
    """A command as it was asked for: its key, the action, the record it acts on, all else that was given, by whom."""

    key: str
    action: str
    subject: str = ""
    given: Mapping[str, Any] | None = None
    actor_id: int | None = None

    @cached_property
    def digest(self) -> str:
        """What was given, in a short form that differs where anything differs."""
        written = json.dumps(self.given or {}, default=str, sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()

    @property
    def names(self) -> dict[str, str]:
        """The parameters by which it is found."""
        return {"key": self.key, "of": self.action, "on": self.subject}

    def row(self, response: Mapping[str, Any] | None) -> dict[str, Any]:
        """The row that keeps the answer."""
        return {
            "key": self.key,
            "command": self.action,
            "subject": self.subject,
            "request_digest": self.digest,
            "response": response,
            "actor_id": self.actor_id,
        }

    def answer(self, found: Row[Any, Any, Any]) -> Answer:
        """The answer that a found row holds."""
        fits = found.request_digest == self.digest and found.actor_id == self.actor_id
        return Answer(found.response, fits)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered the first time; `fits` is False when the key was used for something else."""

    response: Any
    fits: bool


def earlier(connection: Connection, asked: Asked, *, alone: bool = True) -> Answer | None:
    """The first answer, if there is one. A second one arriving meanwhile waits here for the first.

    `alone=False` for callers that have locked the subject already: whoever else asks the same waits there.
    """
    if alone:
        connection.execute(_ALONE, asked.names)
    found = connection.execute(_KEPT, asked.names).one_or_none()
    return None if found is None else asked.answer(found)


def keep(connection: Connection, asked: Asked, response: Mapping[str, Any] | None) -> None:
    """Keep the answer; it is there for good once the transaction commits."""
    bulk.insert(connection, idempotency, [asked.row(response)])
