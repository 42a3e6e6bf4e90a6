"""To whom an item may be handed on, who may sign beside, who may be named for a later step. Reads only.

Asked of the rules that judge it later, so that no name is offered that would be refused.
"""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import Connection

from loanloom.engines import flows
from loanloom.engines.flows import people
from loanloom.engines.flows.resolving import Member
from loanloom.services.context import Context
from loanloom.services.flows import cases, staff
from loanloom.services.flows.case import Case

Names = tuple[tuple[int, str], ...]
"""People by id and name, in the order of their names."""


class Colleagues:
    """The colleagues of whoever looks at a case; read when somebody may name one."""

    def __init__(self, ctx: Context, connection: Connection, case: Case) -> None:
        self._ctx = ctx
        self._connection = connection
        self._case = case

    @cached_property
    def _state(self) -> flows.State:
        assert self._case.state is not None, "a case that has begun"
        return self._case.state

    @cached_property
    def _world(self) -> flows.World:
        return cases.world(self._ctx, self._connection, self._case)

    @cached_property
    def _everybody(self) -> list[tuple[Member, flows.Person]]:
        return staff.everybody(self._ctx, self._connection, self._case, self._world.facts, self._state.terms)

    def to_take_over(self, item: flows.Item) -> Names:
        """Those to whom the actor may pass an item on."""
        me = staff.person_of(
            self._ctx, self._connection, self._case, item=item, facts=self._world.facts, terms=self._state.terms
        )
        flow, state, world = self._case.flow, self._state, self._world
        return tuple(
            (one.id, one.name)
            for one, person in self._everybody
            if flows.unfit_to_take_over(flow, state, item, me, person, world) is None
        )

    def to_sign(self, item: flows.Item) -> Names:
        """Those who may be added to sign an item."""
        flow, state, me = self._case.flow, self._state, self._ctx.actor.user_id
        return tuple(
            (one.id, one.name)
            for one, _ in self._everybody
            if flows.unfit_to_sign(flow, state, item, me, (one.id,)) is None
        )

    def to_name(self, key: str) -> Names:
        """Those who may be named for a step that follows what the actor decides."""
        node, me = self._case.flow.nodes[key], self._ctx.actor.user_id
        gone = {*people.excluded(node, self._state), *({me} if "previous_approvers" in node.exclude else ())}
        return tuple((one.id, one.name) for one, _ in self._everybody if one.id not in gone)
