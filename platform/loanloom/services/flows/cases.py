"""Cases: started, acted on, loaded. One way in for people, REST, timers and calls: `act` with the name of a command.

Order of locks everywhere: the subject's record, then the case; items change only under their case's lock. What may be
done is the flow engine's word; who is asking, what was already answered and what is out of date are settled before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from loanloom.engines import flows
from loanloom.services import once, scope
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Conflict, NotFound
from loanloom.services.flows import case as kept
from loanloom.services.flows import commands, finding, guards, requests, staff, subjects
from loanloom.services.flows.case import CASE, Case
from loanloom.services.flows.commands import Asked, Command
from loanloom.services.flows.finding import load
from loanloom.services.flows.given import Given
from loanloom.services.flows.saving import Saved, Step, save
from loanloom.services.flows.subjects import About
from loanloom.store import bulk

__all__ = ["Acted", "Started", "Step", "act", "act_in", "begin", "load", "save", "start", "world"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """How a case stands after it entered its flow. `made` are the ids of what its outcome made, by name; `record` is
    what became of the record it is about."""

    case_id: int
    subject_id: int | None
    number: str
    status: str
    code: str | None
    outcome: str | None
    items: tuple[int, ...] = ()
    made: Mapping[str, int] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What a command did. `items` are those that people can do since; `replayed` tells that this is the first answer
    given again."""

    case_id: int
    subject_id: int | None
    command: str
    status: str
    code: str | None
    outcome: str | None
    item_id: int | None = None
    items: tuple[int, ...] = ()
    made: Mapping[str, int] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    replayed: bool = False


class Facts(Mapping[str, Any]):
    """Facts that are read when the engine first asks for one: many steps ask for none."""

    def __init__(self, read: Callable[[], Mapping[str, Any]]) -> None:
        self._read = read
        self._known: Mapping[str, Any] | None = None

    @property
    def known(self) -> Mapping[str, Any]:
        """All of them."""
        if self._known is None:
            self._known = self._read()
        return self._known

    def __getitem__(self, name: str) -> Any:
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def facts_of(ctx: Context, connection: Connection, case: Case) -> dict[str, Any]:
    """Everything that the expressions of the case's flow may see now."""
    known = dict(subjects.of(case.subject).facts(ctx, connection, case))
    record = requests.record_of(case)
    return known if record is None else {**known, flows.REQUEST: requests.typed(ctx, case, record)}


def world(ctx: Context, connection: Connection, case: Case, facts: Mapping[str, Any] | None = None) -> flows.World:
    """What the engine may ask about a case. Facts not given are read when they are first asked for."""
    return flows.World(
        facts=facts if facts is not None else Facts(lambda: facts_of(ctx, connection, case)),
        automatic=kept.automatic(case),
        calculate=kept.calculate(case),
        people=staff.people_of(ctx, connection, case),
        at=ctx.now,
    )


def begin(
    ctx: Context,
    connection: Connection,
    flow_key: str,
    subject: str,
    subject_id: int | None,
    about: About,
    *,
    record: Any = None,
    data: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    chosen: Mapping[str, tuple[int, ...]] | None = None,
    parent: tuple[int, str] | None = None,
    verb: str = "started",
) -> Step:
    """The first step of a new case; nothing is written yet."""
    registry = releases.pinned(ctx, connection, about.release_id)
    case = Case(
        number=about.number, registry=registry, flow=kept.flow_of(registry, flow_key), release_id=about.release_id,
        subject=subject, subject_id=subject_id, customer_id=about.customer_id, product_key=about.product_key,
        title=about.title, amount=about.amount, currency=about.currency, unit=about.unit,
        branch=scope.branch_of(scope.units_of(ctx), about.unit), data=data or {}, record=record,
        parent_id=parent[0] if parent else None, parent_run=parent[1] if parent else None,
        started_by=next(iter(about.makers), None),
    )  # fmt: skip
    around = world(ctx, connection, case, facts)
    moved = flows.start(case.flow, around, makers=about.makers, chosen=chosen)
    guards.refuse(moved.problems)
    return Step(case=case, moved=moved, verb=verb, facts=around.facts)


def start(
    ctx: Context,
    connection: Connection,
    flow_key: str,
    subject: tuple[str, int | None],
    *,
    data: Mapping[str, Any] | None = None,
    chosen: Mapping[str, tuple[int, ...]] | None = None,
    parent: tuple[int, str] | None = None,
    customer_id: int | None = None,
    product_key: str | None = None,
) -> Started:
    """A record enters a flow, or a request of its own (`("request", None)` with its `data`), in the caller's
    transaction. `chosen` are people named for nodes that let the starter choose; `parent` the case and run of whose
    sub-flow it is."""
    kind, subject_id = subject
    of = subjects.of(kind)
    if subject_id is None:
        about, kept_data = requests.about(ctx, connection, flow_key, data or {}, parent, customer_id, product_key)
        step = begin(ctx, connection, flow_key, kind, None, about, data=kept_data, chosen=chosen, parent=parent)
    else:
        record = of.records(ctx, connection, [subject_id], lock=True).get(subject_id)
        if record is None:
            raise NotFound(CASE)
        about = of.about(ctx, connection, record)
        step = begin(ctx, connection, flow_key, kind, subject_id, about, record=record, chosen=chosen, parent=parent)
    return started(save(ctx, connection, [step]))[0]


def started(saved: Saved) -> list[Started]:
    """How the cases of these steps stand."""
    return [
        Started(
            case_id=step.case.id,
            subject_id=step.case.subject_id,
            number=step.case.number,
            status=step.state.status,
            code=step.state.code,
            outcome=step.state.outcome,
            items=tuple(saved.items.get(step.case.id, ())),
            made=saved.made.get(step.case.id, {}),
            record=saved.records.get(step.case.id, {}),
        )
        for step in saved.steps
    ]


def act(
    ctx: Context,
    case_or_item_id: int,
    command: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    expected_version: int | None = None,
    idempotency_key: str | None = None,
) -> Acted:
    """Do one command on an item or a case (as the command says). The same key gives the first answer again; two at
    once have exactly one winner."""
    with ctx.transaction() as connection:
        return act_in(
            ctx, connection, case_or_item_id, command, arguments,
            expected_version=expected_version, idempotency_key=idempotency_key,
        )  # fmt: skip


def act_in(
    ctx: Context,
    connection: Connection,
    case_or_item_id: int,
    command: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    expected_version: int | None = None,
    idempotency_key: str | None = None,
) -> Acted:
    """The same within the caller's transaction."""
    wanted = commands.of(command)
    given = dict(arguments or {})
    this = once.asked(ctx, idempotency_key, f"case.{command}", case_or_item_id, given)
    find = finding.of_item if wanted.of == "item" else finding.of_case
    found = find(ctx, connection, case_or_item_id, this)
    case, item = found.case, found.item
    if found.answer is not None:
        first = once.fitting(found.answer)
        return Acted(**{**first, "items": tuple(first["items"]), "replayed": True})
    if item is not None:
        guards.check_open(item, expected_version)
    elif expected_version is not None and case.version != expected_version:
        raise Conflict()
    asked = _asked(ctx, connection, case, item, given, wanted)
    commands.check_right(ctx, wanted, asked)
    step = replace(_carried_out(wanted, command, asked), decided_id=None if item is None else item.id)
    with bulk.together(connection):
        saved = save(ctx, connection, [step], drawn=found.drawn)
        done = _done(case_or_item_id if item is not None else None, command, started(saved)[0])
        once.keep(connection, this, {name: value for name, value in asdict(done).items() if name != "replayed"})
    return done


def _asked(
    ctx: Context, connection: Connection, case: Case, item: Any, given: Mapping[str, Any], wanted: Command
) -> Asked:
    around, read = world(ctx, connection, case), Given(given)
    terms = _terms(case, read if wanted.grants else Given({})) if wanted.deciding else {}
    by = staff.person_of(ctx, connection, case, item=_item_of(case, item), facts=around.facts, terms=terms)
    return Asked(
        ctx=ctx,
        connection=connection,
        case=case,
        item=None if item is None else item.number,
        node=None if item is None else item.node,
        by=replace(by, administrator=True) if ctx.actor.is_system else by,
        given=read,
        world=around,
    )


def _item_of(case: Case, item: Any) -> flows.Item | None:
    return case.state.item(item.number) if item is not None and case.state is not None else None


def _terms(case: Case, given: Given) -> Mapping[str, Any]:
    """The terms as they would be after this command: authority is measured by what somebody approves."""
    said = given.record("terms")
    changed = subjects.of(case.subject).terms(case, said)[0] if said else {}
    return {**(case.state.terms if case.state is not None else {}), **changed}


def _carried_out(wanted: Command, command: str, asked: Asked) -> Step:
    moved = wanted.do(asked)
    guards.refuse(moved.problems or wanted.check(asked))
    closing = wanted.closing(asked)
    return Step(
        case=asked.case,
        moved=moved,
        verb=str(closing.get("decision", command)) if wanted.closes else command,
        facts=asked.world.facts,
        decided=asked.item if wanted.closes else None,
        closing=closing,
        data=asked.data,
        shown=asked.shown,
    )


def _done(item_id: int | None, command: str, stands: Started) -> Acted:
    return Acted(
        case_id=stands.case_id, subject_id=stands.subject_id, item_id=item_id, command=command, status=stands.status,
        code=stands.code, outcome=stands.outcome, items=stands.items, made=stands.made, record=stands.record,
    )  # fmt: skip
