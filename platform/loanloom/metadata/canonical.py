"""One text for one value: canonical JSON (sorted keys, no spaces, decimals as text) and the digest over it.

`plain`/`unplain` are also how documents lie in the database: a decimal is {"$decimal": "0.12"}, so that no
loader between us and the text can turn it into a float.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from loanloom.metadata.pointers import is_list

_DECIMAL = "$decimal"


def plain(value: Any) -> Any:
    """A value with dicts, lists and tagged decimals only: what `json` can write without loss."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if is_list(value):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else {_DECIMAL: format(value.normalize(), "f")}
    return value


def unplain(value: Any) -> Any:
    """The reverse of `plain`."""
    if isinstance(value, Mapping):
        if set(value) == {_DECIMAL}:
            return Decimal(value[_DECIMAL])
        return {key: unplain(item) for key, item in value.items()}
    if is_list(value):
        return [unplain(item) for item in value]
    return value


def to_json(value: Any) -> str:
    """Canonical JSON text."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """sha256 over the canonical JSON, as hexadecimal digits."""
    return hashlib.sha256(to_json(value).encode("utf-8", "surrogatepass")).hexdigest()


def freeze(value: Any) -> Any:
    """The same value, unchangeable: read-only mappings and tuples all the way down."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(item) for key, item in value.items()})
    if is_list(value):
        return tuple(freeze(item) for item in value)
    return value


def thaw(value: Any) -> Any:
    """A changeable copy of a frozen value."""
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    if is_list(value):
        return [thaw(item) for item in value]
    return value
