"""Cases where we differ from the oracle on purpose: the day it was decided, and why."""

from __future__ import annotations

from collections.abc import Mapping

_OVERDUE = (
    "22 November: principal that stays unpaid bears interest in every period, also in those that are over; "
    "the oracle counts it in the running period only and forgets it with the next one."
)
_EARLY = (
    "22 November: money that comes before anything is due repays principal, which is why it saves interest; "
    "the oracle lets it bear no interest either, but books a part of it as interest not yet borne."
)

INTENDED: Mapping[str, str] = {
    "C0119": _EARLY,
    "C0120": _EARLY,
    "C0121": _EARLY,
    "C0341": _OVERDUE,
    "C0342": _OVERDUE,
}
