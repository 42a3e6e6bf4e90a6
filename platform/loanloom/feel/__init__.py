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

Checking and running are imported at once; explanations, an editor's tools and the other targets when first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .checking import Checked, check, check_unary
from .coercion import coerce
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
from .values import Interval, Months, plain, to_text

if TYPE_CHECKING:
    from .completion import Completion, complete
    from .exactness import Exactness
    from .explanation import Explanation
    from .hover import Hover
    from .polars_target import to_polars
    from .renaming import rename
    from .sql_target import to_sql
    from .targets import Translation
    from .value_words import value_in_words

_LATER = {
    "Completion": "completion",
    "Exactness": "exactness",
    "Explanation": "explanation",
    "Hover": "hover",
    "Translation": "targets",
    "complete": "completion",
    "rename": "renaming",
    "to_polars": "polars_target",
    "to_sql": "sql_target",
    "value_in_words": "value_words",
}


def __getattr__(name: str) -> Any:
    """What is imported only when it is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f".{_LATER[name]}", __name__), name)
    globals()[name] = found
    return found


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
    "Completion",
    "Digits",
    "Evaluation",
    "EvaluationError",
    "Exactness",
    "Explanation",
    "FeelProblem",
    "Hover",
    "Interval",
    "Library",
    "Months",
    "Program",
    "Translation",
    "Type",
    "check",
    "check_unary",
    "coerce",
    "complete",
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
    "rename",
    "required",
    "to_polars",
    "to_sql",
    "to_text",
    "value_in_words",
]
