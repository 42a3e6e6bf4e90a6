"""The log-ins of a demonstration: written beside its database when it is played, read by the log-in page.

Nothing else reads or writes them, and the page shows them only where the setting `demo` is on. All of these people are
invented; an installation in earnest has no such file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from loanloom.problems import Text

FILE = "demo-log-ins.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """One invented person: how to sign in, who that is, and what one can see as them."""

    username: str
    password: str
    name: str
    role: Text
    words: str = ""


def keep(home: Path, log_ins: Sequence[LogIn]) -> None:
    """Write them for the web server, which starts afterwards."""
    file = home / FILE
    file.touch(mode=0o600)
    file.write_text(json.dumps([asdict(one) for one in log_ins], ensure_ascii=False, indent=1), encoding="utf-8")


def read(home: Path) -> tuple[LogIn, ...]:
    """Those of this home; none where no demonstration was played."""
    try:
        return tuple(LogIn(**one) for one in json.loads((home / FILE).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return ()
