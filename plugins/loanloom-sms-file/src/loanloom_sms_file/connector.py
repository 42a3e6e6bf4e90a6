"""Writes outgoing SMS as lines of a CSV file. Asked twice for the same one, it writes one line."""

from __future__ import annotations

import csv
import fcntl
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from loanloom.plugins import DeliveryFailed, Outgoing

HEADER = ("id", "company", "phone", "text")
PHONE = re.compile(r"\+?[0-9]{5,15}")
LONGEST = 500


class SmsFile:
    """The connector; payload {phone, text}."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock

    def deliver(self, outgoing: Outgoing) -> None:
        """Add one line to today's file."""
        phone, text = str(outgoing.payload.get("phone", "")), str(outgoing.payload.get("text", ""))
        if not PHONE.fullmatch(phone):
            raise DeliveryFailed("The telephone number is missing or is none.")
        if not text or len(text) > LONGEST:
            raise DeliveryFailed(f"The text must have 1 to {LONGEST} characters; it has {len(text)}.")
        folder = outgoing.home / "outgoing" / "sms"
        folder.mkdir(parents=True, exist_ok=True)
        _write(
            folder / f"{self.clock():%Y-%m-%d}.csv", folder, (str(outgoing.id), str(outgoing.company_id), phone, text)
        )


def _write(path: Path, folder: Path, row: tuple[str, ...]) -> None:
    with (folder / "lock").open("a") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if any(_holds(each, row[0], row[1]) for each in sorted(folder.glob("*.csv"))[-2:]):
            return
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if file.tell() == 0:
                writer.writerow(HEADER)
            writer.writerow(row)


def _holds(path: Path, row_id: str, company: str) -> bool:
    with path.open(newline="", encoding="utf-8") as file:
        return any(row[:2] == [row_id, company] for row in csv.reader(file))
