"""Everything that can be done to a case, by name, in one table: what the engine is asked, what the item keeps of it.

A command is about an item or about a whole case. Web pages, REST, timers and calls use the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import Connection

from loanloom.engines import flows
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, Refused
from loanloom.services.flows import guards, subjects
from loanloom.services.flows.case import Case
from loanloom.services.flows.given import Given


@dataclass(slots=True, kw_only=True)
class Asked:
    """A command as it was asked for: of which case and item, by whom, with what. `data` are the new fields of a request
    that was handed in, `shown` what its case shows of them otherwise than before."""

    ctx: Context
    connection: Connection
    case: Case
    item: int | None
    node: str | None
    by: flows.Person
    given: Given
    world: flows.World
    data: Mapping[str, Any] | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)
    said: flows.Decision | None = None

    def seen(self, facts: Mapping[str, Any]) -> None:
        """The engine goes by these facts: what was just handed in is part of them."""
        self.world = replace(self.world, facts=facts)

    @property
    def state(self) -> flows.State:
        """Where the case stands."""
        assert self.case.state is not None, "a case that has begun"
        return self.case.state

    @property
    def number(self) -> int:
        """The number of the item."""
        return self.item or 0


def _nothing(asked: Asked) -> dict[str, Any]:
    return {}


def _no_problems(asked: Asked) -> list[Problem]:
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command. `who`: anybody the engine lets, the makers of the case, whoever holds it now, those who repair
    flows, or the house itself. `closes`: the item is done with it and keeps `closing`. `grants`: the terms that come
    with it are what somebody approves, and authority is measured by them; others say nothing of terms."""

    of: Literal["item", "case"]
    do: Callable[[Asked], flows.Moved]
    who: Literal["engine", "makers", "holders", "repair", "system"] = "engine"
    deciding: bool = False
    grants: bool = False
    closes: bool = False
    closing: Callable[[Asked], dict[str, Any]] = _nothing
    check: Callable[[Asked], list[Problem]] = _no_problems


def of(name: str) -> Command:
    """The command of this name."""
    from loanloom.services.flows.doing import COMMANDS

    found = COMMANDS.get(name)
    if found is None:
        raise Refused(
            Problem(
                code="flow.command",
                message=text(f"'{name}' is nothing that can be done to a case.", f"不支持的操作“{name}”。"),
                hint=text("Possible: " + ", ".join(sorted(COMMANDS)), "可用操作：" + "、".join(sorted(COMMANDS))),
            )
        )
    return found


def check_right(ctx: Context, command: Command, asked: Asked) -> None:
    """Refuse whoever may not do that, as far as the engine does not say."""
    if ctx.actor.is_system:
        return
    if ctx.actor.outside is not None and not (command.deciding and command.closes):
        raise Forbidden()  # a party out of the house gives its answer, no more
    right = subjects.of(asked.case.subject).right if command.deciding else None
    if right is not None and not ctx.actor.may(right) and ctx.actor.outside is None:
        raise Forbidden(guards.no_approver())
    may = {
        "engine": True,
        "makers": asked.by.id in asked.state.makers or asked.by.administrator,
        "holders": asked.by.administrator or _holds(asked),
        "repair": asked.by.administrator,
        "system": False,
    }[command.who]
    if not may:
        raise Forbidden()


def _holds(asked: Asked) -> bool:
    items = asked.state.open_items
    return any(isinstance(flows.acting_as(item, asked.by), flows.Person) for item in items if _grouped(item))


def _grouped(item: flows.Item) -> bool:
    return bool(item.role or item.position or item.users)
