"""One step of a case under way: what changes, what is noted. Lives only inside the engine; callers see `Moved`.

The step knows how to note, open, close and cancel; what a node does when it is entered stands in `entering`, what
people may say in `acting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from loanloom.engines.flows.model import Flow, Node
from loanloom.engines.flows.moves import Effect, Entry, Moved, World
from loanloom.engines.flows.record import altered
from loanloom.engines.flows.state import Fork, Item, Passed, State, Token
from loanloom.problems import Problem

Forks = tuple[Fork, ...]
_OUT = frozenset({"call_wanted", "sub_wanted", "documents_wanted", "ended", "told"})
"""Effects that leave the house or last: what led to them cannot be taken back."""


class Failed(Exception):
    """The step cannot be done; the case stays where it was."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems)
        self.problems = problems


class Step:
    """A step under way over one state."""

    __slots__ = (
        "_facts", "back_to", "before", "changed", "closed", "decided", "decides", "effects", "flow", "found", "history",
        "opened", "queue", "state", "world",
    )  # fmt: skip

    def __init__(self, flow: Flow, state: State, world: World) -> None:
        self.flow = flow
        self.before = state
        self.state = altered(state, step=state.step + 1, undoable=None)
        """The step's own until it is done: written in place, seen by nobody else."""
        self.world = world
        self.queue: list[tuple[str, Forks]] = []
        self.opened: list[Item] = []
        self.changed: list[Item] = []
        self.closed: list[int] = []
        self.effects: list[Effect] = []
        self.history: list[Entry] = []
        self.back_to: dict[str, str] = {}
        """Nodes to be entered again whose work, once done, leads straight back to another node."""
        self.decided: tuple[int, int] | None = None
        self.decides: str | None = None
        """The step of whoever decides: they can name people for what follows."""
        self.found: dict[str, Mapping[str, Any]] = {}
        self._facts: Mapping[str, Any] | None = None

    # --- what is known

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts of the case, with what this step found, the terms as changed, and where the flow stands."""
        if self._facts is None:
            facts = {**self.world.facts, **self.found}
            for name, value in self.state.terms.items():
                record, _, leaf = name.partition(".")
                facts[record] = {**(facts.get(record) or {}), leaf: value}
            facts["flow"] = self._flow_facts()
            self._facts = facts
        return self._facts

    def _flow_facts(self) -> dict[str, Any]:
        state = self.state
        return {
            "round": state.round,
            "passed": list({each.node: None for each in state.passed}),
            "at": [token.node for token in state.tokens],
            "values": {node: dict(values) for node, values in state.values.items()},
        }

    def set(self, **values: Any) -> None:
        """Change the state; what is known of it is looked at again."""
        state = self.state
        for name, value in values.items():
            setattr(state, name, value)
        self._facts = None

    def node(self, key: str) -> Node:
        """A node of the flow."""
        return self.flow.nodes[key]

    @property
    def over(self) -> bool:
        """Whether the case has ended."""
        return self.state.status == "ended"

    # --- what is noted

    def note(self, kind: Any, node: str, **details: Any) -> None:
        """Add a line of history at this step's instant and round."""
        self.history.append(Entry(kind=kind, node=node, at=self.world.at, round=self.state.round, **details))

    def effect(self, name: Any, node: str, token: int | None = None, **data: Any) -> None:
        """Name something the world should do."""
        self.effects.append(Effect(name=name, node=node, token=token, data=data))

    # --- tokens and items

    def number(self) -> int:
        """The next number of an item."""
        return self._next("last_number")

    def run(self) -> int:
        """The next number of a token, or of a split's run."""
        return self._next("last_token")

    def _next(self, counter: str) -> int:
        number: int = getattr(self.state, counter) + 1
        setattr(self.state, counter, number)
        return number

    def go(self, node: str, forks: Forks) -> None:
        """Send the case on to a node; it is entered when its turn comes."""
        self.queue.append((node, forks))

    def passed(self, node: str, forks: Forks) -> None:
        """Note that a node was entered."""
        self.set(passed=(*self.state.passed, Passed(node=node, forks=forks)))

    def rest(self, node: Node, forks: Forks, waits: Any, **more: Any) -> Token:
        """Put a token down at a node."""
        token = Token(number=self.run(), node=node.key, forks=forks, waits=waits, **more)
        self.set(tokens=(*self.state.tokens, token))
        return token

    def open(self, item: Item) -> None:
        """Add an item; one of a later turn waits, and is opened by `turn_to`."""
        self.set(items=(*self.state.items, item))
        if not item.pending:
            self.tell_open(item)

    def tell_open(self, item: Item) -> None:
        """People can do this item from now on."""
        self.opened.append(item)
        self.note("opened", item.node, item=item.number)
        self.effect("item_opened", item.node, item.token, item=item.number, kind=item.kind, role=item.role)

    def change(self, item: Item) -> Item:
        """Put an item in the place of the one of its number."""
        self.set(items=tuple(item if other.number == item.number else other for other in self.state.items))
        return item

    def close(self, item: Item) -> None:
        """Take an item away."""
        self.set(items=tuple([other for other in self.state.items if other.number != item.number]))
        if not item.pending:
            self.closed.append(item.number)
            self.effect("item_closed", item.node, item.token, item=item.number)

    def items_of(self, token: int) -> tuple[Item, ...]:
        """The items under a token, in the order of their numbers."""
        return tuple([item for item in self.state.items if item.token == token])

    def lift(self, token: Token) -> None:
        """Take a token away with everything under it."""
        for item in self.items_of(token.number):
            self.close(item)
        self.set(
            tokens=tuple([other for other in self.state.tokens if other.number != token.number]),
            votes=tuple([vote for vote in self.state.votes if vote.token != token.number]),
        )

    def cancel(self, tokens: Iterable[Token]) -> None:
        """Take tokens away because the case went on without them."""
        for token in tokens:
            self.note("cancelled", token.node)
            self.effect("undone", token.node, token.number)
            self.lift(token)

    # --- the end of a step

    def finish(self, node: str, outcome: str, code: str | None) -> None:
        """End the case: nothing stays open, nothing goes on."""
        self.queue.clear()
        for token in self.state.tokens:
            self.lift(token)
        self.set(status="ended", outcome=outcome, code=code or self.state.code, tokens=(), items=(), votes=())
        self.note("ended", node, action=outcome)
        self.effect("ended", node, outcome=outcome)

    def _left_the_house(self) -> bool:
        """Whether something was asked of others that cannot be taken back, or what was asked of them before was."""
        names = {one.name for one in self.effects}
        if not names.isdisjoint(_OUT):
            return True
        asked = [token.number for token in self.before.tokens if token.waits in ("call", "sub")]
        if asked and not {token.number for token in self.state.tokens}.issuperset(asked):
            return True
        return "returned" in names and self._asked(self.state) != self._asked(self.before)

    def _asked(self, state: State) -> int:
        """How many passes of calls and sub-flows stand."""
        asking = {node.key for node in self.flow if node.call is not None or node.sub is not None}
        return sum(each.node in asking for each in state.passed)

    def done(self) -> Moved:
        """The finished step: what was opened and closed within it is left out of both."""
        if self.decided and self.state.status == "running" and not self._left_the_house():
            self.set(undoable=self.decided)
        opened = {item.number for item in self.opened}
        return Moved(
            state=self.state,
            opened=tuple([item for item in self.opened if item.number not in self.closed]),
            changed=tuple([item for item in self.changed if item.number not in self.closed]),
            closed=tuple([number for number in self.closed if number not in opened]),
            effects=tuple(self.effects),
            history=tuple(self.history),
        )
