"""Delivering what is in the outbox, after the commit that put it there; several may relay at once without harm.

A topic like `application.approved` goes to the connector of that name, else to the one for `application`. What happened
to cases is told to the addresses that want to know of it as well, each by a row of its own (webhooks.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection

from loanloom.plugins import Connector, DeliveryFailed, Outgoing
from loanloom.problems import text
from loanloom.services.running import webhooks
from loanloom.store import messages, outbox
from loanloom.store.database import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Relayed:
    """What became of it."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


def relay(
    database: Database,
    company_id: int,
    connectors: Mapping[str, Connector],
    *,
    home: Path,
    clock: Callable[[], datetime],
    keepers: Sequence[str] = (),
    attempts: int = 8,
    limit: int = 20,
) -> Relayed:
    """Deliver up to `limit` of what is due for one company; holders of the roles `keepers` hear of what is given up."""
    with database.transaction(company_id) as connection:
        deliveries = outbox.claim(connection, clock(), limit)
    sent = failed = dead = 0
    for delivery in deliveries:
        trouble = _deliver(delivery, company_id, connectors, home)
        with database.transaction(company_id) as connection:
            if trouble is None:
                outbox.sent(connection, delivery, clock())
                webhooks.spread(connection, delivery)
                sent += 1
            elif outbox.failed(connection, delivery, trouble, clock(), attempts):
                _tell(connection, company_id, keepers, delivery, trouble)
                dead += 1
            else:
                failed += 1
    return Relayed(sent, failed, dead)


def _deliver(delivery: outbox.Delivery, company_id: int, connectors: Mapping[str, Connector], home: Path) -> str | None:
    connector = connectors.get(delivery.topic) or connectors.get(delivery.topic.partition(".")[0])
    if connector is None:
        return f"No connector for {delivery.topic} is installed."
    outgoing = Outgoing(delivery.id, company_id, delivery.topic, delivery.payload, delivery.attempt, home)
    try:
        connector.deliver(outgoing)
    except DeliveryFailed as error:
        return str(error)
    except Exception as error:
        log.exception("connector_broke", topic=delivery.topic, outbox_id=delivery.id)
        return f"{type(error).__name__}: {error}"
    return None


def _tell(
    connection: Connection, company_id: int, keepers: Sequence[str], delivery: outbox.Delivery, trouble: str
) -> None:
    messages.send(
        connection,
        messages.holders(connection, company_id, keepers),
        "outbox",
        text("Something could not be sent", "有外发消息未能送出"),
        text(f"{delivery.topic} no. {delivery.id}: {trouble}", f"{delivery.topic} 第 {delivery.id} 号：{trouble}"),
        severity="bad",
        key=f"outbox-{delivery.id}-{delivery.attempt}",
    )
