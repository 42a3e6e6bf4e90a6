"""Counting votes: whether a node is decided by what was said so far, and how."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from loanloom.engines.flows.model import Voting
from loanloom.engines.flows.record import record
from loanloom.engines.flows.state import Item, Vote

Result = Literal["approve", "refuse"]
_ONE = Decimal(1)
EVERYBODY = Voting()
"""How a node is decided that states nothing: all must say yes."""


@record
class Tally:
    """The votes of one node; counts of people, and of weights."""

    yes: int = 0
    no: int = 0
    abstained: int = 0
    waiting: int = 0
    yes_weight: int = 0
    no_weight: int = 0
    waiting_weight: int = 0
    vetoed: bool = False
    may_veto: bool = False
    """Whether one who has not voted yet may veto."""

    @property
    def voters(self) -> int:
        """Everybody asked."""
        return self.yes + self.no + self.abstained + self.waiting


def tally(votes: Sequence[Vote], waiting: Sequence[Item]) -> Tally:
    """What was said, and who is still to say something."""
    yes = no = yes_weight = no_weight = waiting_weight = 0
    vetoed = may_veto = False
    for vote in votes:
        if vote.action == "approve":
            yes, yes_weight = yes + 1, yes_weight + vote.weight
        elif vote.action == "refuse":
            no, no_weight, vetoed = no + 1, no_weight + vote.weight, vetoed or vote.veto
    for item in waiting:
        waiting_weight, may_veto = waiting_weight + item.weight, may_veto or item.veto
    return Tally(
        yes=yes, no=no, abstained=len(votes) - yes - no, waiting=len(waiting), yes_weight=yes_weight,
        no_weight=no_weight, waiting_weight=waiting_weight, vetoed=vetoed, may_veto=may_veto,
    )  # fmt: skip


def possible(voting: Voting, weights: Sequence[int]) -> bool:
    """Whether so many voters could make a yes if all of them said it."""
    return result(voting, Tally(yes=len(weights), yes_weight=sum(weights))) == "approve"


def result(voting: Voting, counted: Tally) -> Result | None:
    """The decision, or None while it may still go either way. A veto decides at once, and a yes waits for whoever may
    still say it."""
    if counted.vetoed:
        return "refuse"
    if counted.waiting and not _quorate(voting, counted):
        return None
    if counted.waiting and not voting.early:
        return None
    if not counted.waiting and not _quorate(voting, counted):
        return "refuse"
    if _enough(voting, counted, counted.yes, counted.yes_weight):
        return None if counted.may_veto else "approve"
    if not _enough(voting, counted, counted.yes + counted.waiting, counted.yes_weight + counted.waiting_weight):
        return "refuse"
    return None


def _quorate(voting: Voting, counted: Tally) -> bool:
    """Whether enough have voted at all; those who abstain were there."""
    if voting.quorum is None:
        return True
    there = counted.yes + counted.no + counted.abstained
    return Decimal(there) >= voting.quorum * counted.voters if voting.quorum <= 1 else there >= voting.quorum


def _enough(voting: Voting, counted: Tally, yes: int, weight: int) -> bool:
    """Whether so many yes make a yes. A share is of all votes that are not abstentions."""
    match voting.rule:
        case "all":
            return counted.no == 0 and yes > 0 and yes + counted.abstained >= counted.voters
        case "any":
            return yes >= 1
        case "count":
            return yes >= (voting.needed or _ONE)
        case "ratio":
            heard = yes + counted.no + (counted.waiting if yes == counted.yes else 0)
            return yes > 0 and Decimal(yes) >= (voting.needed or _ONE) * heard
        case "weight":
            return weight >= (voting.needed or _ONE)
