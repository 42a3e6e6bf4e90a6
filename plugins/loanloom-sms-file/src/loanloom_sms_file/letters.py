"""Writes letters to be posted as lines of a CSV file, for a mailing house that prints and posts them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from loanloom.plugins import DeliveryFailed, Outgoing

from .connector import keep

HEADER = ("id", "company", "name", "address", "heading", "text")
LONGEST = 2000


class LetterFile:
    """The connector; payload {name, address, heading, text}."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock

    def deliver(self, outgoing: Outgoing) -> None:
        """Add one line to today's file; asked twice for the same letter, it writes one line."""
        said = [str(outgoing.payload.get(name, "")).strip() for name in HEADER[2:]]
        if not all((said[0], said[1], said[3])):
            raise DeliveryFailed("A letter needs a name, an address and a text.")
        if len(said[3]) > LONGEST:
            raise DeliveryFailed(f"The text must have at most {LONGEST} characters; it has {len(said[3])}.")
        folder = outgoing.home / "outgoing" / "post"
        folder.mkdir(parents=True, exist_ok=True)
        row = (str(outgoing.id), str(outgoing.company_id), *said)
        keep(folder / f"{self.clock():%Y-%m-%d}.csv", folder, row, HEADER)
