"""Who acts, for which company, on which business date, under which release: the first argument of every use case.

Values only. Services read the clock from `Context.now` and the business date from `Context.business_date`, never from
the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection

from loanloom.services.errors import Forbidden

if TYPE_CHECKING:
    from loanloom.metadata.registry import Registry
    from loanloom.store.database import Database

DataScope = Literal["own", "department", "branch", "all"]
SCOPES: tuple[DataScope, ...] = ("own", "department", "branch", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One lender of the installation."""

    id: int
    key: str
    name: str
    currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"
    release_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person or system part that acts. `user_id` is None for the system itself."""

    user_id: int | None
    username: str
    name: str
    roles: tuple[str, ...] = ()
    functions: frozenset[str] = frozenset()
    scope: DataScope = "own"
    unit: str | None = None
    position: str | None = None
    customer_id: int | None = None
    outside: int | None = None
    """Of a party out of the house: the number of the one work item that it may answer, and nothing else."""
    ip: str | None = None
    correlation_id: str | None = None

    @property
    def is_system(self) -> bool:
        """Whether no person stands behind this."""
        return self.user_id is None and self.outside is None

    @property
    def voice(self) -> int:
        """Under which number cases know them: a user's own, below 0 for a party out of the house, 0 for the house."""
        return -self.outside if self.outside is not None else self.user_id or 0

    @property
    def is_borrower(self) -> bool:
        """Whether this is a customer's own log-in, which has the portal and no other door."""
        return self.customer_id is not None or self.may("portal.use")

    def may(self, function: str) -> bool:
        """Whether the actor's roles hold this function."""
        return function in self.functions


def system_actor(name: str = "system", *, correlation_id: str | None = None) -> Actor:
    """The house itself: sees everything, holds no function of a person (it passes `require`)."""
    return Actor(user_id=None, username=name, name=name, scope="all", correlation_id=correlation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a use case needs to know about its surroundings."""

    database: Database
    company: Company
    registry: Registry
    actor: Actor
    now: datetime
    business_date: date

    @contextmanager
    def transaction(self, *, by_key: bool = False, by_values: bool = False) -> Iterator[Connection]:
        """One transaction in this company; commits at the end, rolls back on any exception. `by_key`, `by_values`: see
        there."""
        with self.database.transaction(self.company.id, by_key=by_key, by_values=by_values) as connection:
            yield connection

    def require(self, *functions: str) -> None:
        """Refuse unless the actor holds one of `functions`; the system holds all."""
        if self.actor.is_system or any(self.actor.may(function) for function in functions):
            return
        raise Forbidden(function=" / ".join(functions))

    def require_customer(self) -> int:
        """The customer that this log-in belongs to; refused to everybody else."""
        self.require("portal.use")
        if self.actor.customer_id is None:
            raise Forbidden(function="portal.use")
        return self.actor.customer_id

    def as_actor(self, actor: Actor) -> Context:
        """The same surroundings seen by somebody else."""
        return replace(self, actor=actor)
