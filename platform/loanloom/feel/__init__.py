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

from .checking.front import Checked, check, check_unary
from .checking.joining import joined, joined_all
from .library import LENDING, MONEY, STANDARD, Builtin, Library
from .problems import EvaluationError, FeelProblem
from .running.coercion import coerce
from .running.program import Evaluation, Program
from .running.values import Interval, Months, plain, to_text
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

if TYPE_CHECKING:
    from .help.completion import Completion, complete
    from .help.hover import Hover
    from .help.renaming import rename
    from .running.explanation import Explanation
    from .running.value_words import value_in_words
    from .targets.exactness import Exactness
    from .targets.polars.target import to_polars
    from .targets.sql.target import to_sql
    from .targets.translation import Translation

_LATER = {
    "Completion": "help.completion",
    "Exactness": "targets.exactness",
    "Explanation": "running.explanation",
    "Hover": "help.hover",
    "Translation": "targets.translation",
    "complete": "help.completion",
    "rename": "help.renaming",
    "to_polars": "targets.polars.target",
    "to_sql": "targets.sql.target",
    "value_in_words": "running.value_words",
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
