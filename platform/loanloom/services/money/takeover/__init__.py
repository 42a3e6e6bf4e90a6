"""Loans taken over from an old system: two files read and judged, shown, booked with their opening entries.

One person reads the files, another books them where the role says so.

One file has a line for each loan, the other a line for each row of each loan's schedule. Bringing the same files again
changes nothing: a loan is known by its number.
"""

from loanloom.services.money.takeover.files import LOAN_COLUMNS, ROW_COLUMNS, empty_file
from loanloom.services.money.takeover.hands import MAY_LOOK
from loanloom.services.money.takeover.judging import Judged, Totals, judge, kind_titles
from loanloom.services.money.takeover.writing import Opened, TakenOver, book, opened, read, runs, take_over

__all__ = [
    "LOAN_COLUMNS",
    "MAY_LOOK",
    "ROW_COLUMNS",
    "Judged",
    "Opened",
    "TakenOver",
    "Totals",
    "book",
    "empty_file",
    "judge",
    "kind_titles",
    "opened",
    "read",
    "runs",
    "take_over",
]
