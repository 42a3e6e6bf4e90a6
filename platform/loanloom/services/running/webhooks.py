"""Webhooks: other programs that are told what happens to cases. Who they are, and what each of them is sent.

A message is an outbox row of its own for each address, so that a dead one keeps nobody else waiting. It is signed as
the Standard Webhooks specification says: HMAC-SHA256 with the address's secret over id, time and body. The id stays the
same however often it is tried: whoever receives it does it once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, any_, func, literal, or_, select

from loanloom import __version__
from loanloom.plugins import DeliveryFailed, Outgoing
from loanloom.services.running import outward
from loanloom.store import outbox, tables
from loanloom.store.database import Database
from loanloom.store.json import dumps

TOPIC = "webhook"
EVENTS = ("case.started", "case.moved", "case.ended", "item.opened", "item.closed")
TRIAL = "ping"
TABLE = tables.webhook
FIELD = "webhook.secret"
PREFIX = "whsec_"
Post = Callable[..., None]


def spread(connection: Connection, delivery: outbox.Delivery) -> None:
    """Put what happened on its way to every address that wants to know of it, once; in the transaction that notes it as
    sent."""
    if delivery.topic not in EVENTS:
        return
    flow = delivery.payload.get("flow")
    wanted = select(TABLE.c.id).where(
        TABLE.c.active,
        TABLE.c.removed_at.is_(None),
        literal(delivery.topic) == any_(TABLE.c.events),
        or_(func.cardinality(TABLE.c.flows) == 0, literal(flow) == any_(TABLE.c.flows)),
    )
    to = connection.execute(wanted.order_by(TABLE.c.id)).scalars().all()
    if not to:
        return
    said = {"event": delivery.topic, "event_id": delivery.id, "at": delivery.created_at, "data": delivery.payload}
    rows = [(TOPIC, {"webhook_id": one, **said}, f"{one}:{delivery.id}") for one in to]
    outbox.put_many(connection, rows, correlation_id=delivery.correlation_id)


@dataclass(frozen=True, slots=True)
class Sender:
    """The connector of these rows. `private`: the operator allows addresses of the house's own network."""

    database: Database
    clock: Callable[[], datetime]
    private: bool = False
    post: Post = outward.post

    def deliver(self, outgoing: Outgoing) -> None:
        """Post it to its address, or raise DeliveryFailed."""
        given = outgoing.payload
        with self.database.transaction(outgoing.company_id) as connection:
            row = connection.execute(select(TABLE).where(TABLE.c.id == given["webhook_id"])).one_or_none()
        if row is None or row.removed_at is not None or not row.active:
            raise DeliveryFailed("This address is not told anything any more.")
        body = dumps({"type": given["event"], "timestamp": given["at"], "data": given["data"]}).encode()
        number = f"msg_{outgoing.company_id}_{given['event_id']}"
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Loanloom/{__version__}",
            **signed(number, body, self.clock(), self._secrets(outgoing.company_id, row)),
        }
        try:
            self.post(row.url, body, headers, private=self.private)
        except outward.NotReached as error:
            raise DeliveryFailed(str(error)) from None

    def _secrets(self, company_id: int, row: Row[Any]) -> list[str]:
        closed = [row.secret_cipher]
        if row.former_cipher is not None and row.former_until is not None and row.former_until > self.clock():
            closed.append(row.former_cipher)
        return [self.database.vault.decrypt(company_id, FIELD, one) for one in closed]


def signed(number: str, body: bytes, now: datetime, secrets: list[str]) -> Mapping[str, str]:
    """The headers by which a receiver knows that it is us, that nothing was changed, and that it is not old."""
    moment = str(int(now.astimezone(UTC).timestamp()))
    said = b".".join((number.encode(), moment.encode(), body))
    marks = (hmac.new(_key(secret), said, hashlib.sha256).digest() for secret in secrets)
    return {
        "webhook-id": number,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(mark).decode()}" for mark in marks),
    }


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise DeliveryFailed("The secret of this address is damaged: renew it.") from None
