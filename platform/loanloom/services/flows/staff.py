"""Who is who in one case: the people that its flow names, and the acting person with whom they stand in for.

Nothing is loaded unless the flow asks for it: a flow that only names roles costs no statement here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ARRAY, ColumnElement, Connection, Date, Integer, String, Text, and_, any_, bindparam, or_, select

from loanloom.engines import facts as fact_paths
from loanloom.engines import flows, rules
from loanloom.engines.flows import resolving
from loanloom.engines.flows.record import altered
from loanloom.engines.flows.resolving import Authority, Member, Resolver, Staff
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services.access.rights import roles_with
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import Refused
from loanloom.services.flows import colleagues, relations
from loanloom.services.running.plugged import plugged
from loanloom.store import numbering, tables

if TYPE_CHECKING:
    from loanloom.services.flows.commands import Asked

REPAIR = "flow.repair"
_LOADED = {"load", "region", "product", "ruleset"}
"""Ways of handing out work that look at how much waits for whom."""


class InFlow(Protocol):
    """A case as this room needs it; `services.flows.cases.Case` is one."""

    @property
    def flow(self) -> flows.Flow: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def unit(self) -> str | None: ...


class Matter:
    """`resolving.Matter` over the database: each thing is loaded when it is first asked for."""

    def __init__(self, ctx: Context, connection: Connection, case: InFlow) -> None:
        self._ctx = ctx
        self._connection = connection
        self._case = case
        self.unit = case.unit
        self.on: date = ctx.business_date
        self.authorities: Mapping[str, Authority] = resolving.authorities(ctx.registry)

    @cached_property
    def staff(self) -> Staff:
        """Everybody; with what waits for them where the flow hands out work by it."""
        loads = any(node.dispatch in _LOADED for node in self._case.flow)
        return colleagues.staff_of(self._ctx, self._connection, loads=loads)

    @cached_property
    def resolvers(self) -> Mapping[str, Resolver]:
        """The plugins that name people."""
        return plugged().parts("assignee_resolver")

    def related(self, kind: str, facts: Mapping[str, Any]) -> tuple[int, ...]:
        """Staff who declared a relation to somebody whose identity number stands in the facts."""
        return relations.declared_by(self._ctx, self._connection, kind, facts)

    def deciders(self, record: str, facts: Mapping[str, Any]) -> tuple[int, ...]:
        """Who said yes to the contract or application that the facts name by its number."""
        number = fact_paths.at(facts, f"{record}.number")
        return _deciders(self._connection, record, number) if isinstance(number, str) else ()

    def turn(self, node: str) -> int:
        """The next turn of a node's round, for nobody to wait: an undone step leaves its turn out."""
        key = f"dispatch:{self._case.flow.key}"
        return numbering.take_loose(self._ctx.database, self._ctx.company.id, key, node)

    def ruled(self, ruleset: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the rule set of a dispatch says."""
        if self._case.registry.get("ruleset", ruleset) is None:
            raise Refused(_no_rules(ruleset))
        result = rules.run(compiled.ruleset(self._case.registry, ruleset), facts)
        if result.problems:
            raise Refused(result.problems)
        return result.facts()


def people_of(ctx: Context, connection: Connection, case: InFlow) -> flows.People:
    """The people of a case; who they are is read when a step must know it."""
    return resolving.Roster(Matter(ctx, connection, case))


def person_of(
    ctx: Context,
    connection: Connection,
    case: InFlow,
    *,
    item: flows.Item | None = None,
    facts: Mapping[str, Any] | None = None,
    terms: Mapping[str, Any] | None = None,
) -> flows.Person:
    """The actor as a case sees them. Whom they stand in for is only looked up when they may not do `item` themselves;
    limits of authority are measured over `facts` with the `terms` that the case and the decision have changed."""
    myself = _acting(ctx, case, _myself(ctx), facts, terms)
    if ctx.actor.outside is not None:
        return altered(myself, outside=ctx.actor.outside)
    person = altered(myself, administrator=ctx.actor.is_system or ctx.actor.may(REPAIR))
    if ctx.actor.is_system or ctx.actor.is_borrower or (item is not None and flows.eligible(item, person) is None):
        return person
    absent = stood_in_for(ctx, connection, case.flow.key)
    return altered(person, stands_in_for=tuple(_acting(ctx, case, one, facts, terms) for one in absent))


def everybody(
    ctx: Context, connection: Connection, case: InFlow, facts: Mapping[str, Any], terms: Mapping[str, Any]
) -> list[tuple[Member, flows.Person]]:
    """Those who work here, in the order of their names, each also as the case sees them."""
    members = (colleagues.member_of(row) for row in connection.execute(colleagues.query(ctx)).mappings())
    here = sorted((one for one in members if one.active), key=lambda one: one.name)
    return [(one, _acting(ctx, case, one, facts, terms)) for one in here]


def persons(asked: Asked, ids: Sequence[int]) -> list[flows.Person]:
    """These people as the flow of the case sees them; refused where one of them does not work here."""
    found = _here(asked.ctx, asked.connection, ids)
    if not ids or set(ids) - set(found):
        raise Refused(_unknown("people"))
    return [_acting(asked.ctx, asked.case, found[one], asked.world.facts, asked.state.terms) for one in ids]


def chosen(
    ctx: Context, connection: Connection, said: Mapping[str, Sequence[int]]
) -> dict[str, tuple[int, ...]]:  # fmt: skip
    """People named for later steps, by step; refused where one of them does not work here."""
    named = {step: tuple(people) for step, people in said.items() if people}
    wanted = sorted({one for people in named.values() for one in people})
    strangers = set(wanted) - set(_here(ctx, connection, wanted)) if wanted else set()
    problems = [_unknown(f"chosen:{step}") for step, people in named.items() if strangers & set(people)]
    if problems:
        raise Refused(problems)
    return named


def _here(ctx: Context, connection: Connection, ids: Sequence[int]) -> dict[int, Member]:
    query = colleagues.query(ctx).where(tables.membership.c.user_id.in_(ids))
    return {row["id"]: colleagues.member_of(row) for row in connection.execute(query).mappings() if row["active"]}


def _unknown(field: str) -> Problem:
    message = text("Name people who work here.", "请指定本公司在职人员。")
    return Problem(code="flow.unknown_person", field=field, message=message)


def _asked(name: str, kind: Any, holds: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """A condition that counts where its parameter is given."""
    wanted = bindparam(name, type_=kind)
    return or_(wanted.is_(None), holds(wanted))


_MEMBER, _OTHER = tables.membership, tables.delegation
_TODAY = and_(
    _OTHER.c.from_user == _MEMBER.c.user_id,
    colleagues.in_force(bindparam("day", type_=Date)),
    colleagues.about(bindparam("flow", type_=String)),
)
_DOING = (
    select(_MEMBER.c.user_id, _MEMBER.c.unit, _OTHER.c.to_user)
    .outerjoin(_OTHER, _TODAY)
    .where(
        _MEMBER.c.company_id == bindparam("company"), _MEMBER.c.active, _MEMBER.c.customer_id.is_(None),
        _asked("users", ARRAY(Integer), lambda users: _MEMBER.c.user_id == any_(users)),
        _asked("roles", ARRAY(Text), _MEMBER.c.roles.overlap),
        _asked("position", String, lambda position: _MEMBER.c.position == position),
    )
    .order_by(_MEMBER.c.user_id, _OTHER.c.id)
)  # fmt: skip
"""Members of a group or some of them by name, each with whoever stands in. Made once: every step asks it."""


def doing(ctx: Context, connection: Connection, case: InFlow, item: flows.Item) -> list[int]:
    """The active people who may do an item now: those named, or the group without whom it excludes; and whoever stands
    in for one of them today. One statement."""
    if not item.users and not item.role and not item.position:
        return []
    organisation = resolving.organisation(ctx.registry)
    roles = None if item.role is None else [item.role]
    if item.role == flows.ADMINISTRATOR:
        roles = roles_with(ctx.registry, REPAIR)
    asked = {
        "company": ctx.company.id, "day": ctx.business_date, "flow": case.flow.key, "users": list(item.users) or None,
        "roles": roles, "position": item.position,
    }  # fmt: skip
    rows = connection.execute(_DOING, asked).all()
    able = [
        row
        for row in rows
        if row.user_id not in item.excluded
        and (item.users or resolving.in_scope(organisation, row.unit, case.unit, item.scope))
    ]
    named = dict.fromkeys((*(row.user_id for row in able), *(row.to_user for row in able)))
    return [person for person in named if person is not None and person not in item.excluded]


def borrowers(ctx: Context, connection: Connection, customer_id: int | None) -> Sequence[int]:
    """The customer's own log-ins."""
    if customer_id is None:
        return ()
    asked = {"company": ctx.company.id, "customer_id": customer_id}
    return connection.execute(_BORROWERS, asked).scalars().all()


_BORROWERS = select(tables.membership.c.user_id).where(
    tables.membership.c.company_id == bindparam("company"),
    tables.membership.c.active,
    tables.membership.c.customer_id == bindparam("customer_id"),
)


def stood_in_for(ctx: Context, connection: Connection, flow_key: str | None = None) -> tuple[Member, ...]:
    """Those whom the actor stands in for today, in this flow (None: in any)."""
    table = tables.delegation
    given = select(table.c.from_user).where(
        table.c.to_user == ctx.actor.user_id, colleagues.in_force(ctx.business_date)
    )
    if flow_key is not None:
        given = given.where(colleagues.about(flow_key))
    query = colleagues.query(ctx).where(tables.membership.c.user_id.in_(given))
    found = (colleagues.member_of(row) for row in connection.execute(query.order_by("id")).mappings())
    return tuple(one for one in found if one.active)


def _myself(ctx: Context) -> Member:
    actor = ctx.actor
    return Member(
        id=actor.voice,
        username=actor.username,
        roles=frozenset(actor.roles),
        position=actor.position,
        unit=actor.unit,
    )


def _acting(
    ctx: Context,
    case: InFlow,
    member: Member,
    facts: Mapping[str, Any] | None,
    terms: Mapping[str, Any] | None,
) -> flows.Person:
    organisation = resolving.organisation(ctx.registry)
    known = resolving.authorities(ctx.registry)
    asked = [known[key] for key in sorted(resolving.tables_of(case.flow)) if key in known]
    covers: Iterable[str] = ()
    if asked and facts is not None:
        covers = resolving.covered(
            member, asked, resolving.with_terms(facts, terms or {}), ctx.business_date, organisation
        )
    return resolving.acting(member, case.unit, organisation, covers=covers)


def _deciders(connection: Connection, record: str, number: str) -> tuple[int, ...]:
    """Who approved the application of this number, or the one from which the contract of this number comes."""
    item, case, application, contract = tables.work_item, tables.flow_case, tables.application, tables.contract
    of_contract = select(contract.c.application_id).where(contract.c.number == number)
    of_number = select(application.c.id).where(application.c.number == number)
    query = (
        select(item.c.decided_by)
        .join(case, case.c.id == item.c.case_id)
        .where(case.c.subject_kind == "application")
        .where(case.c.subject_id.in_(of_contract if record == "contract" else of_number))
        .where(item.c.status == "done", item.c.decision == "approve", item.c.decided_by.is_not(None))
        .order_by(item.c.id)
    )
    return tuple(dict.fromkeys(connection.execute(query).scalars()))


def _no_rules(ruleset: str) -> Problem:
    return Problem(
        code="flow.people_unknown",
        message=text(f"The rule set '{ruleset}' that hands out the work is missing.", f"分单规则集“{ruleset}”不存在。"),
        hint=text("Ask an administrator.", "请联系管理员。"),
    )
