"""Writes outgoing SMS as lines of a CSV file. Asked twice for the same one, it writes one line.

It fills two slots: as a connector it takes the outbox's topic `sms`, as an action it is called by a service node of a
flow, with the same two inputs, and answers in which file the line stands.
"""

from __future__ import annotations

import csv
import fcntl
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from loanloom.plugins import Asked, CallFailed, DeliveryFailed, Outgoing

HEADER = ("id", "company", "phone", "text")
PHONE = re.compile(r"\+?[0-9]{5,15}")
LONGEST = 500


class SmsFile:
    """The connector; payload {phone, text}."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock

    def deliver(self, outgoing: Outgoing) -> None:
        """Add one line to today's file."""
        trouble = _trouble(outgoing.payload)
        if trouble is not None:
            raise DeliveryFailed(trouble)
        self._keep(outgoing.home, str(outgoing.id), outgoing.company_id, outgoing.payload)

    def __call__(self, ctx: Any, asked: Asked) -> Mapping[str, Any]:
        """The same for a service node; a wrong number does not get right by trying again."""
        trouble = _trouble(asked.given)
        if trouble is not None:
            raise CallFailed(trouble, again=False)
        return {"file": self._keep(asked.home, asked.key, asked.company_id, asked.given)}

    def _keep(self, home: Path, key: str, company_id: int, message: Mapping[str, Any]) -> str:
        folder = home / "outgoing" / "sms"
        folder.mkdir(parents=True, exist_ok=True)
        row = (key, str(company_id), str(message["phone"]), str(message["text"]))
        return keep(folder / f"{self.clock():%Y-%m-%d}.csv", folder, row, HEADER)


def _trouble(message: Mapping[str, Any]) -> str | None:
    phone, text = str(message.get("phone", "")), str(message.get("text", ""))
    if not PHONE.fullmatch(phone):
        return "The telephone number is missing or is none."
    if not text or len(text) > LONGEST:
        return f"The text must have 1 to {LONGEST} characters; it has {len(text)}."
    return None


def keep(path: Path, folder: Path, row: tuple[str, ...], header: tuple[str, ...]) -> str:
    """Write one line, unless the last two files hold it already; the name of the file it stands in."""
    with (folder / "lock").open("a") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        there = next((each for each in sorted(folder.glob("*.csv"))[-2:] if _holds(each, row[0], row[1])), None)
        if there is not None:
            return there.name
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if file.tell() == 0:
                writer.writerow(header)
            writer.writerow(row)
    return path.name


def _holds(path: Path, row_id: str, company: str) -> bool:
    with path.open(newline="", encoding="utf-8") as file:
        return any(row[:2] == [row_id, company] for row in csv.reader(file))
