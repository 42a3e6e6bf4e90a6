"""Documents that nodes of a flow make, kept with the record of the case in the step's own commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from loanloom.engines import facts as fact_scope
from loanloom.services.context import Context
from loanloom.services.papers import documents

if TYPE_CHECKING:
    from loanloom.services.flows.saving import Step


def make(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    """Fill the templates that these steps ask for; drawn when somebody first opens them."""
    for step in steps:
        wanted = [key for one in step.moved.effects if one.name == "documents_wanted" for key in one.data["documents"]]
        if not wanted:
            continue
        registry = step.case.registry
        known = {**dict.fromkeys(fact_scope.scope(registry, "document").members), **step.facts}
        for key in wanted:
            documents.make(ctx, connection, registry, key, step.case.owner, known, number=step.case.number)
