"""How a row that waits tells what went wrong: a problem of the house in its words, anything else by its name."""

from __future__ import annotations

from typing import Any

from loanloom.problems import Problem, text
from loanloom.services.errors import ServiceError


def written(error: Exception) -> dict[str, Any]:
    """The (first) problem of an error as it is kept in a row."""
    problem = error.problems[0] if isinstance(error, ServiceError) else _broke(error)
    found: dict[str, Any] = {"code": problem.code, "message": dict(problem.message)}
    return found | ({"hint": dict(problem.hint)} if problem.hint else {})


def _broke(error: Exception) -> Problem:
    name = type(error).__name__
    return Problem(
        code="flow.broke",
        message=text(f"The step ended with an internal error ({name}).", f"该步骤因内部错误中止（{name}）。"),
        hint=text("The log holds the details.", "详情见日志。"),
    )
