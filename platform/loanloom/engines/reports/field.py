"""What a field of a data set is: path, title, type. The fields there are stand in fields and cash_fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from loanloom.problems import Text, text

Type = Literal["text", "money", "number", "percent", "date", "moment", "choice", "yes_no", "product", "unit", "account"]
NUMERIC: frozenset[str] = frozenset(("money", "number", "percent"))
DECIMALS: Mapping[str, int] = {"money": 2, "percent": 8, "number": 0}
"""Decimals of a number where its field does not say."""
RANGED: frozenset[str] = frozenset(("money", "number", "percent", "date", "moment"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a data set. `states`: its values are states, shown as badges. `added`: by the company's metadata.

    `decimals`: of a number that has other than its type's.
    """

    path: str
    title: Text
    type: Type
    code_list: str | None = None
    states: bool = False
    added: bool = False
    decimals: int | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether it stands to the right."""
        return self.type in NUMERIC

    @property
    def is_ranged(self) -> bool:
        """Whether it is filtered from-to."""
        return self.type in RANGED


def field(path: str, en: str, zh: str, kind: Type, code_list: str | None = None, states: bool = False) -> Field:
    """A field of the platform's own."""
    return Field(path=path, title=text(en, zh), type=kind, code_list=code_list, states=states)
