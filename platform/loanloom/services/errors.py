"""The four ways a use case says no. Raised by services only; each edge (web, cli, tasks) maps them once.

A user's mistake travels as Problems inside `Refused`; nothing here carries a stack trace or the name of a secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from loanloom.problems import Problem, Text, say, text
from loanloom.services.access.functions import FUNCTIONS


class ServiceError(Exception):
    """Base of the four. `problems` is never empty; `status` is the HTTP status an edge answers with."""

    status: ClassVar[int] = 500

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.code for problem in problems))
        self.problems: tuple[Problem, ...] = problems

    def in_words(self, language: str = "en") -> str:
        """Every problem as text, one after the other."""
        return " ".join(problem.in_words(language) for problem in self.problems)

    def __str__(self) -> str:
        return self.in_words("en")


class Refused(ServiceError):
    """What was asked breaks a rule; the problems say which (422, or shown in the form)."""

    status = 422

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        super().__init__(*((problems,) if isinstance(problems, Problem) else tuple(problems)))


class NotFound(ServiceError):
    """There is no such record, or it lies outside what the actor may see: the two are told apart by nobody (404)."""

    status = 404

    def __init__(self, what: Text | None = None) -> None:
        thing = what or text("record", "记录")
        super().__init__(
            Problem(
                code="service.not_found",
                message=text(f"This {say(thing, 'en')} was not found.", f"未找到该{say(thing, 'zh')}。"),
                hint=text(
                    "It may have been removed, or it belongs to a unit you cannot see.",
                    "可能已不存在，或不在您的数据权限范围内。",
                ),
            )
        )


class Forbidden(ServiceError):
    """The actor's roles do not allow this (403)."""

    status = 403

    def __init__(self, problem: Problem | None = None, *, function: str | None = None) -> None:
        title = FUNCTIONS.get(function or "") or (text(function, function) if function else None)
        named_en, named_zh = (f": {title['en']}", f"：{title['zh']}") if title else ("", "")
        super().__init__(
            problem
            or Problem(
                code="service.forbidden",
                message=text(f"You may not do this{named_en}.", f"您没有此项操作权限{named_zh}。"),
                hint=text("Ask an administrator if your duties need it.", "如工作需要，请联系管理员授权。"),
            )
        )


class Conflict(ServiceError):
    """Somebody else was faster: the record changed since it was read, or the item is closed (409)."""

    status = 409

    def __init__(self, problem: Problem | None = None) -> None:
        super().__init__(
            problem
            or Problem(
                code="service.stale",
                message=text("This record was changed by somebody else meanwhile.", "该记录已被他人修改。"),
                hint=text("Open it again and look at the present state.", "请重新打开并核对最新内容。"),
            )
        )
