"""Replays: decided applications gone through again by what a change would make of the definitions.

Each application is judged twice on the same facts, by what was live when the replay began and by the change, so that
the change alone makes the difference. Nothing is decided, and nothing of the applications is written.
"""

from loanloom.services.definitions.replays.asking import LAST, MOST, Wanted, of_drafts, of_release
from loanloom.services.definitions.replays.reading import Replay, line_count, lines, of_digest, read
from loanloom.services.definitions.replays.running import go

__all__ = [
    "LAST", "MOST", "Replay", "Wanted", "go", "line_count", "lines", "of_digest", "of_drafts", "of_release", "read",
]  # fmt: skip
