"""The page on which an expression is tried out: what it gives, why, what it reads, where it can run.

The page holds no facts in its address; what is asked of the server goes to the addresses in `expressions`.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request

from loanloom.engines.expressions import SUBJECTS
from loanloom.feel.limits import MAX_LENGTH
from loanloom.services.definitions import expression_examples
from loanloom.web.access import requires
from loanloom.web.security import csp_nonce, current_context

blueprint = Blueprint("playground", __name__, url_prefix="/studio/expressions")

FIRST_STEPS: Final = (
    ("round half up(10000 * 0.12 / 12, 2)", "A month's interest, to the cent", "一个月的利息，精确到分"),
    ("instalment(100000, 0.01, 12)", "What a loan costs each month", "等额本息的每期还款额"),
    ('date("2026-01-31") + duration("P1M")', "A month later, at the month's end", "一个月以后，月末不会越过"),
    ('if 8000 >= 2 * 3210 then "enough" else "too little"', "A choice between two", "二选一"),
    ("sum([1200, 850, 430.50])", "Several amounts together", "多笔合计"),
    ("every x in [3, 5, 8] satisfies x > 2", "Whether all of them are", "是否全部满足"),
)
"""Expressions that need no facts, to begin with: the text, and what it is in both languages."""


@blueprint.get("/")
@requires("definition.read")
def index() -> str:
    """The playground, with the expression and the scope of its address."""
    ctx = current_context()
    csp_nonce()
    return render_template(
        "studio/playground.html",
        source=request.args.get("expression", "")[:MAX_LENGTH],
        subject=request.args.get("scope", "application"),
        subjects=(*SUBJECTS, "none"),
        first_steps=[(source, {"en": en, "zh": zh}) for source, en, zh in FIRST_STEPS],
        own=expression_examples.examples(ctx),
        functions=expression_examples.functions(),
    )
