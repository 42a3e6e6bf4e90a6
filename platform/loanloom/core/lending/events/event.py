"""What every event of a loan has; the families beside this file say what can happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a loan on a day. Stored for ever with its outcome, and trusted when read again.

    The first event of a decision keeps in `asked` the command that led to it, so that it can be decided anew when
    something before it is undone or inserted.
    """

    on: date
    asked: Mapping[str, Any] | None = None
