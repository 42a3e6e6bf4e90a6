"""Changes of definitions that are approved in a flow: the company names it in its organisation (`flows: release`).

A flow adds to the second person and never takes it away: it decides by people who may review, none of whom made the
change; what it lets pass without any of them waits to be reviewed as ever (subject.py).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services.context import Context, system_actor
from loanloom.services.errors import Refused

SUBJECT = "release"


def named(registry: Registry) -> str | None:
    """The flow that approves changes of definitions, by what is live: a proposal does not choose its own judges."""
    for document in registry.all("organisation"):
        found: str | None = (document.spec.get("flows") or {}).get("release")
        return found
    return None


def begin(ctx: Context, connection: Connection, flow: str, release_id: int) -> None:
    """The proposal enters the flow."""
    from loanloom.services.flows import cases  # flows stand on releases: a case is pinned to one

    cases.start(ctx, connection, flow, (SUBJECT, release_id))


def case_of(connection: Connection, release_id: int) -> tuple[int, bool] | None:
    """The case that judges a proposal, and whether it still runs; None where no flow does."""
    from loanloom.services.flows import case  # as above

    return case.deciding(connection, SUBJECT, release_id)


def standing(ctx: Context, release_id: int) -> tuple[int, bool] | None:
    """The same for a page."""
    with ctx.transaction() as connection:
        return case_of(connection, release_id)


def end(ctx: Context, connection: Connection, release_ids: Iterable[int], why: str) -> None:
    """What something else has overtaken needs no judgement any more: the cases of these proposals end."""
    from loanloom.services.flows import cases  # as above

    for release_id in release_ids:
        found = case_of(connection, release_id)
        if found is not None and found[1]:
            cases.act_in(_house(ctx), connection, found[0], "terminate", {"reason": why})


def check_not_in_flow(connection: Connection, release_id: int) -> None:
    """What a flow judges is judged there alone."""
    found = case_of(connection, release_id)
    if found is not None and found[1]:
        raise Refused(
            Problem(
                code="release.in_flow",
                message=text("This change is reviewed in its flow.", "该变更须在其审批流程中复核。"),
                hint=text("Open it from the work list.", "请从待办列表中打开。"),
            )
        )


def _house(ctx: Context) -> Context:
    """The house itself, which may end any case; the audit of the release names the person."""
    return ctx.as_actor(system_actor("releases", correlation_id=ctx.actor.correlation_id))
