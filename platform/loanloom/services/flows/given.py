"""Arguments of a command as they arrive from a form, from REST or from a timer, read as what they should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.problems import Problem, text
from loanloom.services.errors import Refused
from loanloom.services.flows import bounds

LONGEST = 4_000


class Given:
    """The arguments of one command. What is no number or too long is refused with the field's name."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def text(self, name: str) -> str:
        """Some text, without blanks around it; empty when nothing was said."""
        value = self.values.get(name)
        said = "" if value is None else str(value).strip()
        if len(said) > LONGEST:
            raise Refused(_problem(name, f"At most {LONGEST} characters.", f"不得超过 {LONGEST} 字。"))
        return said

    def number(self, name: str) -> int:
        """A whole number, which must be there."""
        found = self.number_or_none(name)
        if found is None:
            raise Refused(_problem(name, "A number is missing.", "缺少数字。"))
        return found

    def number_or_none(self, name: str) -> int | None:
        """A whole number, if one was said."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(str(value))
        except ValueError:
            raise Refused(_problem(name, "This is no whole number.", "须为整数。")) from None

    def numbers(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers: one, several, or text with commas."""
        value = self.values.get(name)
        listed = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
        return tuple(Given({name: one}).number(name) for one in listed if one not in (None, ""))

    def people_by_node(self, name: str) -> dict[str, tuple[int, ...]]:
        """People named for nodes."""
        return {node: Given({name: people}).numbers(name) for node, people in self.record(name).items()}

    def texts(self, name: str) -> tuple[str, ...]:
        """Several texts; empty ones do not count."""
        value = self.values.get(name)
        listed = [value] if isinstance(value, str) else list(value or ())
        return tuple(str(one).strip() for one in listed if str(one).strip())

    def record(self, name: str) -> dict[str, Any]:
        """Values by name."""
        value = self.values.get(name)
        if value is None or value == "":
            return {}
        if not isinstance(value, Mapping):
            raise Refused(_problem(name, "Values by name are expected here.", "此处须为键值对。"))
        unfit = bounds.problem(name, value, bounds.COMMAND)
        if unfit is not None:
            raise Refused(unfit)
        return dict(value)


def _problem(name: str, en: str, zh: str) -> Problem:
    return Problem(code="flow.argument", field=name, message=text(en, zh))
