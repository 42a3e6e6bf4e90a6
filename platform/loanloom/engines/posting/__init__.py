"""Posting: rules and a chart of accounts turn what happens to loans into balanced journal entries.

Pure. The one place where lending and ledger know each other.
"""

from loanloom.engines.posting.compiling import Compiled, chart_of, compile_posting, event_scope
from loanloom.engines.posting.entries import entries, entry_for, entry_of, unserved
from loanloom.engines.posting.events import (
    ACCOUNTING,
    ACCRUED,
    AMOUNTS,
    CLAIMS,
    FACTS,
    GENERAL,
    SUSPENDABLE,
    TAXED,
    TURNS,
    facts_of,
    moved,
    posted,
)
from loanloom.engines.posting.rules import NO_FACTS, Facts, Posting
from loanloom.engines.posting.serving import check

__all__ = [
    "ACCOUNTING",
    "ACCRUED",
    "AMOUNTS",
    "CLAIMS",
    "FACTS",
    "GENERAL",
    "NO_FACTS",
    "SUSPENDABLE",
    "TAXED",
    "TURNS",
    "Compiled",
    "Facts",
    "Posting",
    "chart_of",
    "check",
    "compile_posting",
    "entries",
    "entry_for",
    "entry_of",
    "event_scope",
    "facts_of",
    "moved",
    "posted",
    "unserved",
]
