"""FEEL, the expression language of DMN: decimal, typed, bounded. Imports nothing else of Loanloom.

>>> from decimal import Decimal
>>> scope = context({"income": NUMBER, "instalment": optional(NUMBER)})
>>> checked = check("income >= 2 * instalment", scope)
>>> str(checked.type), sorted(checked.inputs), checked.problems
('boolean', ['income', 'instalment'], ())
>>> checked.program({"income": Decimal(8000), "instalment": Decimal(3210)})
True
>>> check("incme > 5", scope).problems[0].in_words("en")
'There is no `incme` here. Did you mean `income`?'
"""

from __future__ import annotations

from .checking import Checked, check, check_unary
from .coercion import coerce
from .explanation import Explanation, plain
from .joining import joined, joined_all
from .library import LENDING, MONEY, STANDARD, Builtin, Library
from .problems import EvaluationError, FeelProblem
from .program import Evaluation, Program
from .types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NULL,
    NUMBER,
    STRING,
    TIME,
    Digits,
    Type,
    context,
    dotted_names,
    enumeration,
    list_of,
    number,
    optional,
    range_of,
    required,
)
from .values import Interval, Months, to_text

__all__ = [
    "ANY",
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "DAYS",
    "LENDING",
    "MONEY",
    "MONTHS",
    "NULL",
    "NUMBER",
    "STANDARD",
    "STRING",
    "TIME",
    "Builtin",
    "Checked",
    "Digits",
    "Evaluation",
    "EvaluationError",
    "Explanation",
    "FeelProblem",
    "Interval",
    "Library",
    "Months",
    "Program",
    "Type",
    "check",
    "check_unary",
    "coerce",
    "context",
    "dotted_names",
    "enumeration",
    "joined",
    "joined_all",
    "list_of",
    "number",
    "optional",
    "plain",
    "range_of",
    "required",
    "to_text",
]
