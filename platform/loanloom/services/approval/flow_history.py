"""The story of a case in its flow: the flow drawn with what was passed, and the same as a list. Reads only.

A borrower sees how far the case is, never who decided, what they wrote or why a rule spoke.
"""

from __future__ import annotations

from loanloom.engines import flows
from loanloom.services import scope
from loanloom.services.approval import flow_cases
from loanloom.services.approval.flow_cases import APPLICATION
from loanloom.services.context import Context
from loanloom.services.flows import story


def of_application(ctx: Context, application_id: int, language: str) -> flows.Diagram:
    """The flow of an application the actor may see, drawn."""
    ctx.require("application.read", "portal.use")
    with ctx.transaction() as connection:
        case = flow_cases.load(ctx, connection, application_id)
        scope.check_visible(ctx, case.record._mapping, APPLICATION)
        drawn = story.drawn(connection, case, language)
    return drawn if ctx.actor.customer_id is None else drawn.without_people()
