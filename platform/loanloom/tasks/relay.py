"""Relays the outbox of one company."""

from __future__ import annotations

from loanloom.services.running import mail, webhooks
from loanloom.services.running.plugged import plugged
from loanloom.services.running.relay import relay as relay_due

from .app import app
from .process import clock, context, database, settings


@app.task(name="loanloom.relay")
def relay(company_id: int) -> None:
    """Deliver until nothing is due."""
    registry = context(company_id).registry
    sender = webhooks.Sender(database(), clock, private=settings().webhook_private)
    mailing = mail.Sender(settings().mail_server, settings().mail_from, clock)
    keepers = [role.key for role in registry.all("role") if "system.operate" in role.spec["functions"]]
    while True:
        done = relay_due(
            database(),
            company_id,
            {mail.TOPIC: mailing, **plugged().parts("connector"), webhooks.TOPIC: sender},
            home=settings().home,
            clock=clock,
            keepers=keepers,
            attempts=settings().outbox_attempts,
        )
        if not done.sent:
            return
