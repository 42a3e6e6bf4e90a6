"""Lets happen what is due for the cases of one company: terms, sub-flows, calls and their answers."""

from __future__ import annotations

from loanloom.services.flows import calling, firing

from .app import app
from .process import clock, context, settings

ROUNDS = 50
"""One thing leads to another: an answer moves a case on to its next call. What is left is for the next tick."""


@app.task(name="loanloom.run_flows")
def run_flows(company_id: int) -> None:
    """Go on until nothing is due."""
    ctx = context(company_id)
    worker = calling.Worker(home=settings().home, clock=clock)
    for _ in range(ROUNDS):
        if not firing.work(ctx, clock) + calling.work(ctx, worker):
            return
