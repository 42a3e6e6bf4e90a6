"""The state of a case between the engine and its row: what came from outside is closed there.

Answers of calls, data of events and what other cases reported (`flow.values.<node>`) may hold anything about anybody;
nobody declared it field by field. A row of before that was not closed comes as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines import flows
from loanloom.services import stored
from loanloom.services.context import Context

VALUES, DATA = "flow_case.state.values", "flow_case.data"
"""What the closed values of a row are called."""
FROM_OUTSIDE = ("service", "subflow", "wait")
"""Types of nodes that are told things."""


def written(ctx: Context, flow: flows.Flow, state: flows.State) -> dict[str, Any]:
    """A state as its row keeps it."""
    kept = state.to_json()
    told = {key: value for key, value in state.values.items() if key in flow.nodes and _told(flow.nodes[key])}
    if told:
        kept["values"] = {**kept["values"], **{key: _sealed(ctx, VALUES, value) for key, value in told.items()}}
    return kept


def read(ctx: Context, kept: Mapping[str, Any]) -> flows.State:
    """The state of a row."""
    values = kept.get("values")
    if values and any(stored.CLOSED in one for one in values.values()):
        vault, company = ctx.database.vault, ctx.company.id
        kept = {**kept, "values": {key: stored.unsealed(vault, company, VALUES, one) for key, one in values.items()}}
    return flows.State.from_json(kept)


def data(ctx: Context, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a case was begun with whose flow declares no fields."""
    return _sealed(ctx, DATA, values) if values else {}


def _told(node: flows.Node) -> bool:
    return node.type in FROM_OUTSIDE


def _sealed(ctx: Context, name: str, values: Mapping[str, Any]) -> dict[str, str]:
    return stored.sealed(ctx.database.vault, ctx.company.id, name, dict(values))
