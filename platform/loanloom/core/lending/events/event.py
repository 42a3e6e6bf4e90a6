"""What every event of a loan has; the families beside this file say what can happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a loan on a day. Stored for ever with its outcome, and trusted when read again."""

    on: date
