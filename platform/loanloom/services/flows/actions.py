"""Built-in parts of the slot node_action: what a service node can call without any plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.plugins import Asked, CallFailed
from loanloom.services.context import Context
from loanloom.services.running.plugged import plugged
from loanloom.store import outbox


def send(ctx: Context, asked: Asked) -> Mapping[str, Any]:
    """Put `{topic, ...}` on the outbox, once however often it is asked: any connector is reached this way."""
    given = dict(asked.given)
    topic = str(given.pop("topic", ""))
    connectors = plugged().parts("connector")
    if topic not in connectors and topic.partition(".")[0] not in connectors:
        raise CallFailed(f"No connector for the topic '{topic}' is installed.", again=False)
    with ctx.transaction() as connection:
        outbox.put(connection, topic, given, key=f"call:{asked.key}")
    return {"topic": topic}
