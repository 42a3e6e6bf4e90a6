"""Whether what somebody enters must be registered by somebody else: the role documents say so, by function and amount.

A person with several roles needs a second one where any of the roles says it. The system itself never does: what it
books was decided by people before.
"""

from __future__ import annotations

from decimal import Decimal

from loanloom.core.money import ZERO
from loanloom.services.context import Context


def needs_second(ctx: Context, function: str, amount: Decimal = ZERO) -> bool:
    """Whether the actor may not do this alone."""
    if ctx.actor.is_system:
        return False
    for key in ctx.actor.roles:
        document = ctx.registry.get("role", key)
        for rule in document.spec.get("second_person", ()) if document else ():
            if rule["function"] == function and ("above" not in rule or amount > Decimal(str(rule["above"]))):
                return True
    return False
