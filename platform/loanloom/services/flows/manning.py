"""Is there somebody for what a change of definitions asks: members of roles, named users, heads, and enough authority
of those who stand in for others today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from loanloom.engines import flows
from loanloom.engines.flows.model import Call
from loanloom.engines.flows.resolving import Staff
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.flows import colleagues, delegation_checks, delegations
from loanloom.services.running.plugged import plugged


def problems(ctx: Context, connection: Connection, registry: Registry) -> list[Problem]:
    """Everything that these definitions find missing among today's staff."""
    staff = colleagues.staff_of(replace(ctx, registry=registry), connection)
    found = [problem for document in registry.all("flow") for problem in _of_flow(document, registry, staff)]
    for standing in delegations.standing(ctx, connection):
        if standing.from_user in staff.members and standing.to_user in (None, *staff.members):
            since = max(standing.starts_on, ctx.business_date)
            found += delegation_checks.lesser(registry, staff, standing, since)
    return found


def _of_flow(document: Document, registry: Registry, staff: Staff) -> Iterator[Problem]:
    flow = flows.compile_flow(document, registry).flow
    if flow is None:
        return
    for place, node in enumerate(flow):
        pointer = f"/spec/nodes/{place}"
        for name in _called(node.call) - plugged().parts("node_action").keys():
            yield _problem(document, f"{pointer}/call", "plugin", name, severity="error")
        for where, one in _assignments(node):
            if one.resolver is not None and one.resolver not in plugged().parts("assignee_resolver"):
                yield _problem(document, pointer + where, "plugin", one.resolver, severity="error")
        for one in node.assign:
            yield from _unmanned(document, f"{pointer}/assign", one, staff)


def _unmanned(document: Document, pointer: str, one: flows.Assignment, staff: Staff) -> Iterator[Problem]:
    if (one.role or one.position) and not staff.group(one.role, one.position):
        yield _problem(document, pointer, "members", str(one.role or one.position))
    for username in one.users:
        if staff.named(username) is None:
            yield _problem(document, pointer, "user", username)
    if one.head_of not in (None, "branch", "department") and not staff.heads(one.head_of):
        yield _problem(document, pointer, "head", str(one.head_of))


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


def _problem(document: Document, pointer: str, code: str, key: str, severity: str = "warning") -> Problem:
    line, column = document.place(pointer)
    en, zh = _WORDS[code]
    problem = Problem(
        code=f"flow.no_{code}",
        pointer=pointer,
        message=text(en.format(key), zh.format(key)),
        hint=_HINTS["plugin" if code == "plugin" else "nobody"],
        severity=severity,  # type: ignore[arg-type]  # one of the two
    )
    return problem.at(file=document.file, line=line, column=column)


_WORDS = {
    "members": ("Nobody holds '{}' today.", "目前无人担任“{}”。"),
    "user": ("'{}' does not work here.", "用户“{}”不存在或已离职。"),
    "head": ("The unit '{}' has no head today.", "机构“{}”目前没有负责人。"),
    "plugin": ("The plugin '{}' is not installed.", "插件“{}”未安装。"),
}
_HINTS = {
    "nobody": text("Until then the work goes where if_nobody says.", "在此之前，任务按 if_nobody 的规定处理。"),
    "plugin": text("Install it before this is published.", "请先安装该插件再发布。"),
}
