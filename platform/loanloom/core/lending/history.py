"""The history of a loan, and how it is amended: undoing what was decided, and inserting what happened earlier.

Events are never changed. An amendment names the events that no longer hold and gives those that hold instead: what
follows an undone or inserted event is decided anew from the commands that the events keep. Services mark the former
as superseded, reverse their entries and book the latter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from loanloom.core.dates import EVERY_DAY, Calendar
from loanloom.core.lending.decisions import (
    Command,
    Decision,
    Disburse,
    DrawTranche,
    ReceiveRepayment,
    UndoDisbursement,
    asked,
    command_of,
    decide,
)
from loanloom.core.lending.decisions.decision import taken_back
from loanloom.core.lending.decisions.receiving import after_the_end
from loanloom.core.lending.decisions.refunding import RefundSurplus, refunded_again
from loanloom.core.lending.decisions.undoing import BY_ITSELF
from loanloom.core.lending.events import Event, LoanDisbursed
from loanloom.core.lending.events.undoing import DisbursementUndone
from loanloom.core.lending.evolution import evolve_all, replay
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.refunds import INTEREST_REFUND, interest_saved
from loanloom.problems import Problem, text


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it was booked; `superseded`: an amendment has taken its place."""

    sequence: int
    event: Event
    superseded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Command):
    """Undo a booking: all that was decided together with the event of this number."""

    on: date
    sequence: int


@dataclass(frozen=True, slots=True)
class Amendment:
    """What an amendment does: these events hold no longer, those are to be booked, and the loan is this; or why not."""

    superseded: tuple[int, ...] = ()
    events: tuple[Event, ...] = ()
    after: Loan | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Events that were decided together, and the command that led to them."""

    sequences: tuple[int, ...]
    events: tuple[Event, ...]

    @property
    def on(self) -> date:
        """The day of the step."""
        return self.events[0].on


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What decisions need that is not stored with them."""

    methods: Methods = BUILT_IN
    calendar: Calendar = EVERY_DAY


PLAIN = Surroundings()


def live(history: Iterable[Recorded]) -> list[Recorded]:
    """The events that hold, in the order in which they made the loan."""
    return sorted((each for each in history if not each.superseded), key=lambda each: (each.event.on, each.sequence))


def steps(history: Iterable[Recorded]) -> list[Step]:
    """The events that hold, grouped by decision: each begins with the event that keeps its command."""
    groups: list[list[Recorded]] = []
    for each in live(history):
        if not groups or each.event.asked is not None:
            groups.append([])
        groups[-1].append(each)
    return [Step(tuple(each.sequence for each in group), tuple(each.event for each in group)) for group in groups]


def amend(history: Iterable[Recorded], change: Undo | Command, surroundings: Surroundings = PLAIN) -> Amendment:
    """What undoing a booking, or booking something on a day before the last booking, leads to."""
    found = steps(history)
    refusal = taken_back(replay(_events(found))) if isinstance(found[0].events[0], DisbursementUndone) else None
    if refusal:
        return Amendment(problems=refusal.problems)
    if isinstance(change, Undo):
        return _undone(found, change, surroundings)
    if isinstance(change, UndoDisbursement):
        return _never_paid_out(found, change)
    on: date = change.on  # type: ignore[attr-defined]  # every command but the disbursement has its day
    place = sum(step.on <= on for step in found)
    if not place and isinstance(change, DrawTranche):
        return _drawn_first(found, change, surroundings)
    before = _events(found[:place])
    decision = decide(replay(before), _surrounded(change, surroundings))
    if decision.problems:
        return Amendment(problems=decision.problems)
    return _decided_anew(before, decision.events, found[place:], surroundings, (), on)


def _drawn_first(found: Sequence[Step], change: DrawTranche, surroundings: Surroundings) -> Amendment:
    """A draw before the first one: it becomes the disbursement, and the former disbursement a draw."""
    former = found[0].events[0]
    if not isinstance(former, LoanDisbursed):
        raise ValueError("a history begins with the disbursement")
    terms = replace(former.terms, start_on=change.on, principal=change.amount)
    first = decide(None, Disburse(terms=terms, methods=surroundings.methods, calendar=surroundings.calendar))
    if first.problems:
        return Amendment(problems=first.problems)
    second = decide(replay(first.events), DrawTranche(on=former.on, amount=former.terms.principal))
    if second.problems:
        return Amendment(problems=second.problems)
    gone = found[0].sequences
    return _decided_anew((), (*first.events, *second.events), found[1:], surroundings, gone, former.on)


def _undone(found: Sequence[Step], change: Undo, surroundings: Surroundings) -> Amendment:
    place = next((place for place, step in enumerate(found) if change.sequence in step.sequences), None)
    if place is None:
        return Amendment(problems=(_no_such_booking(change),))
    if place == 0:
        return Amendment(problems=(_disbursement_stands(),))
    step = found[place]
    return _decided_anew(_events(found[:place]), (), found[place + 1 :], surroundings, step.sequences, step.on)


def in_the_way(history: Iterable[Recorded]) -> list[Step]:
    """What people booked since the disbursement and must undo before it, the last booking first."""
    return [step for step in reversed(steps(history)[1:]) if not _by_itself(step)]


def _by_itself(step: Step) -> bool:
    """Whether a step followed without anybody asking for it."""
    said = step.events[0].asked
    return said is None or said["command"] in BY_ITSELF


def _never_paid_out(found: Sequence[Step], change: UndoDisbursement) -> Amendment:
    """The disbursement and all that followed by itself hold no longer; one event says so."""
    if not isinstance(found[0].events[0], LoanDisbursed):
        return Amendment(problems=(_not_paid_out_here(),))
    against = tuple(_stands(step) for step in reversed(found[1:]) if not _by_itself(step))
    if against:
        return Amendment(problems=against)
    decision = decide(replay(_events(found)), change)
    if decision.problems:
        return Amendment(problems=decision.problems)
    gone = tuple(number for step in found for number in step.sequences)
    return Amendment(gone, decision.events, replay(decision.events))


def _events(found: Sequence[Step]) -> list[Event]:
    return [event for step in found for event in step.events]


def _decided_anew(
    before: Sequence[Event],
    inserted: tuple[Event, ...],
    later: Sequence[Step],
    surroundings: Surroundings,
    superseded: tuple[int, ...],
    on: date,
) -> Amendment:
    """Everything that came later, decided again on the loan as it is now; what comes out the same stays booked, as
    long as nothing of the same day before it has changed."""
    events = list(inserted)
    kept = [*before, *inserted]
    loan = replay(kept)
    changed_on = on if inserted or superseded else None
    gone = list(superseded)
    for step in later:
        decision = _again(loan, step, surroundings, kept)
        if decision.problems:
            return Amendment(problems=tuple(_told(problem, step) for problem in decision.problems))
        if decision.events == step.events and (changed_on != step.on or not inserted):
            loan = evolve_all(loan, step.events) if loan is not None else None
            kept += step.events
            continue
        gone += step.sequences
        events += decision.events
        changed_on, inserted = step.on, decision.events or inserted
        loan = evolve_all(loan, decision.events) if loan is not None else None
        kept += decision.events
    return Amendment(tuple(gone), tuple(events), loan)


def _again(loan: Loan | None, step: Step, surroundings: Surroundings, kept: Sequence[Event]) -> Decision:
    """A step decided again; interest given back is what the refunds save now."""
    first = step.events[0]
    if first.asked is None or loan is None:
        return Decision(step.events)
    command = command_of(first.asked, methods=surroundings.methods, calendar=surroundings.calendar)
    if isinstance(command, ReceiveRepayment) and command.kind == INTEREST_REFUND:
        saved = interest_saved(kept, command.on)
        if not saved:
            return Decision()
        command = replace(command, amount=saved)
    if isinstance(command, ReceiveRepayment) and loan.settled_on is not None and loan.terms.keeps_overpayment:
        return _asked_by(first, after_the_end(loan, command))
    if isinstance(command, RefundSurplus) and command.amount > loan.surplus:
        return _asked_by(first, refunded_again(loan, command))
    return decide(loan, command)


def _asked_by(first: Event, decision: Decision) -> Decision:
    """A decision made otherwise than its command says, with the command that its first event keeps."""
    if not decision.events:
        return decision
    return replace(decision, events=(replace(decision.events[0], asked=first.asked), *decision.events[1:]))


def _surrounded(command: Command, surroundings: Surroundings) -> Command:
    return command_of(asked(command), methods=surroundings.methods, calendar=surroundings.calendar)


def _disbursement_stands() -> Problem:
    return Problem(
        code="lending.disbursement_stands",
        message=text("The disbursement itself is not undone this way.", "放款本身不能以此方式撤销。"),
        hint=text("Undo it as a disbursement, once its money is back.", "款项退回后，请以“撤销放款”办理。"),
        field="sequence",
    )


def _not_paid_out_here() -> Problem:
    return Problem(
        code="lending.not_paid_out_here",
        message=text("This loan was taken over, not paid out here.", "本借款为接管借据，并非在此放款。"),
    )


def _stands(step: Step) -> Problem:
    return Problem(
        code="lending.stands_in_the_way",
        message=text(
            f"The booking of {step.on} (number {step.sequences[0]}) stands on this loan.",
            f"本借款尚有 {step.on} 的记账（第 {step.sequences[0]} 笔）。",
        ),
        hint=text("Undo that booking first.", "请先撤销该笔记账。"),
    )


def _no_such_booking(change: Undo) -> Problem:
    return Problem(
        code="lending.no_such_booking",
        message=text(
            f"This loan has no booking {change.sequence} that still holds.",
            f"这笔借款没有有效的第 {change.sequence} 笔记账。",
        ),
        field="sequence",
    )


def _told(problem: Problem, step: Step) -> Problem:
    """A later booking that could not stand: which one, and why."""
    return replace(
        problem,
        code="lending.later_booking_cannot_stand",
        message=text(
            f"The booking of {step.on} (number {step.sequences[0]}) could no longer stand: {problem.message['en']}",
            f"{step.on} 的记账（第 {step.sequences[0]} 笔）将无法成立：{problem.message['zh']}",
        ),
        hint=text("Undo the later booking first.", "请先撤销之后的那笔记账。"),
        field=None,
    )
