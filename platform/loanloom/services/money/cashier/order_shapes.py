"""What an order of the desk is: whose it is, of which kind, how it stands after a step of its life."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from loanloom.problems import Text
from loanloom.services.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose order it is, of which product, and how much it moves. `second`: it needs a second person whatever the roles
    say."""

    amount: Decimal
    currency: str
    loan_id: int | None = None
    customer_id: int | None = None
    channel: str | None = None
    unit: str | None = None
    manager_user_id: int | None = None
    product_key: str | None = None
    second: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What one kind of order is: who enters it, whose it is, what booking and undoing it do.

    `about` refuses what the actor may not see. `book` and `undo` work inside the order's transaction, its day open;
    `undo` gets what `book` returned. A kind without `undo` is put right by another order. `undo_second`: taking it
    back needs a second person whatever the roles say.
    """

    key: str
    title: Text
    function: str
    parameters: type[Any]
    about: Callable[[Context, Connection, Any], About]
    book: Callable[[Context, Connection, Any, int], Mapping[str, Any]]
    undo: Callable[[Context, Connection, Mapping[str, Any], str], None] | None = None
    always_second: bool = False
    undo_second: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """An order after a step of its life. `replayed`: this is the first answer given again."""

    id: int
    state: str
    result: Mapping[str, Any]
    replayed: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether a second person must register it."""
        return self.state == "entered"
