"""Look-ups: the field holds the key of a record of this house (a customer's number, a user's name). Pure.

Whether there is such a record, and whether this person may name it, the services ask when the form is handed in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from loanloom.engines.forms.types.base import Fault, built_in, text_of, write_plain

if TYPE_CHECKING:
    from loanloom.engines.forms.model import Spec

_KEY = re.compile(r"[^\x00-\x1f\x7f]{1,120}")


def _read(raw: Any, spec: Spec) -> str | None:
    value = text_of(raw).strip()
    if value and not _KEY.fullmatch(value):
        raise Fault("not_a_key", "Choose one that was found.", "请从查询结果中选择。")
    return value or None


TYPES = {"lookup": built_in("lookup", _read, write_plain)}
