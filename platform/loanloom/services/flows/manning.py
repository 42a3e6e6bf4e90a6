"""Is there somebody for what a change of definitions asks: who could do each step of a flow today, plugins that are
there, and enough authority of those who stand in for others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import Connection

from loanloom.engines import flows
from loanloom.engines.flows import resolving
from loanloom.engines.flows.model import Call
from loanloom.engines.flows.resolving import House, Staff
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem
from loanloom.services.access.rights import roles_with
from loanloom.services.context import Context
from loanloom.services.flows import colleagues, delegation_checks, delegations, manning_words, subjects
from loanloom.services.running.plugged import plugged

BEGINNING = {"application": "application.create", "release": "release.propose"}
"""The right with which a case of a subject is begun. Cases of others are about what came of applications: they are of
the units that take these, whoever makes them."""


def problems(ctx: Context, connection: Connection, registry: Registry) -> list[Problem]:
    """Everything that these definitions find missing among today's staff."""
    staff = colleagues.staff_of(replace(ctx, registry=registry), connection)
    found = [one for document in registry.all("flow") for one in _of_flow(document, registry, staff)]
    for standing in delegations.standing(ctx, connection):
        if standing.from_user in staff.members and standing.to_user in (None, *staff.members):
            since = max(standing.starts_on, ctx.business_date)
            found += delegation_checks.lesser(registry, staff, standing, since)
    return found


def of_flows(ctx: Context, connection: Connection, registry: Registry, keys: Iterable[str]) -> list[Problem]:
    """What these flows find missing among today's staff."""
    asked = [document for key in keys if (document := registry.get("flow", key)) is not None]
    if not asked:
        return []
    staff = colleagues.staff_of(replace(ctx, registry=registry), connection)
    return [one for document in asked for one in _of_flow(document, registry, staff)]


def _of_flow(document: Document, registry: Registry, staff: Staff) -> Iterator[Problem]:
    flow = flows.compile_flow(document, registry).flow
    if flow is None:
        return
    say = manning_words.Telling(document, registry, staff, flow)
    places = {node.key: f"/spec/nodes/{place}" for place, node in enumerate(flow)}
    for node in flow:
        pointer = places[node.key]
        for name in _called(node.call) - plugged().parts("node_action").keys():
            yield say.plugin(f"{pointer}/call", name)
        for where, one in _assignments(node):
            if one.resolver is not None and one.resolver not in plugged().parts("assignee_resolver"):
                yield say.plugin(pointer + where, one.resolver)
    for lack in resolving.lacks(flow, _house(flow, registry, staff, document)):
        yield say.lack(lack, places[lack.node.key])


def _house(flow: flows.Flow, registry: Registry, staff: Staff, document: Document) -> House:
    """The people of the company, as far as the cases of a flow are concerned."""
    right = subjects.of(flow.subject).right if flow.subject in subjects.PLACES else None
    holding = frozenset(roles_with(registry, right)) if right is not None else frozenset()
    makers = _makers(flow, registry, document)
    origins: dict[str, set[int]] = {}
    for one in staff:
        if one.unit is not None and (makers is None or makers & one.roles):
            origins.setdefault(one.unit, set()).add(one.id)
    lending = {unit: people for unit, people in origins.items() if _in_branch(unit, staff)}
    return House(
        staff=staff,
        authorities=resolving.authorities(registry),
        origins={unit: frozenset(people) for unit, people in sorted((lending or origins).items())},
        deciders=frozenset(staff.who(lambda one: bool(holding & one.roles))) if right is not None else None,
        makers=flow.subject in BEGINNING or "starters" in document.spec,
    )


def _in_branch(unit: str, staff: Staff) -> bool:
    """Whether a unit belongs to a branch, not to head office: cases of customers do, wherever there are branches."""
    branch = staff.organisation.units.get(staff.organisation.branch_of(unit) or "")
    return branch is not None and branch.type == "branch"


def _makers(flow: flows.Flow, registry: Registry, document: Document) -> frozenset[str] | None:
    """The roles whose holders begin cases of a flow, or the applications that they come from; None: anybody."""
    if flow.subject == "request":
        starters = document.spec.get("starters")
        return frozenset(starters) if starters is not None else None
    return frozenset(roles_with(registry, BEGINNING.get(flow.subject, BEGINNING["application"])))


def _called(call: Call | None) -> set[str]:
    """The actions that a service node calls: its own, and the one that takes it back."""
    return {one for one in (call.action, call.compensate) if one is not None} if call is not None else set()


def _assignments(node: flows.Node) -> Iterator[tuple[str, flows.Assignment]]:
    """Everybody whom a node names anywhere, with the place."""
    told = node.telling.to if node.telling is not None else ()
    named = {"assign": node.assign, "if_nobody": node.if_nobody.assign, "cc": node.cc, "record_by": node.record}
    for name, listed in {**named, "tell": told}.items():
        yield from ((f"/{name}", one) for one in listed)
    for deadline in node.deadlines:
        yield from (("/deadlines", one) for one in deadline.assign)
