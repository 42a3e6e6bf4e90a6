"""Posting: rules and a chart of accounts turn what happens to loans into balanced journal entries.

Pure. The one place where lending and ledger know each other.
"""

from loanloom.engines.posting.compiling import Compiled, Posting, chart_of, compile_posting, event_scope
from loanloom.engines.posting.entries import check, entries, entry_for
from loanloom.engines.posting.events import AMOUNTS, posted

__all__ = [
    "AMOUNTS",
    "Compiled",
    "Posting",
    "chart_of",
    "check",
    "compile_posting",
    "entries",
    "entry_for",
    "event_scope",
    "posted",
]
