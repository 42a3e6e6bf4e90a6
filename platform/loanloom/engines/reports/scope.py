"""What an expression in a report may see: the fields of its data set, typed; and under which name SQL finds each.

Values are read where they are stored. A field that is kept encrypted is known here, so that its use is refused with
that reason, but no column holds it.
"""

from __future__ import annotations

from collections.abc import Mapping

from loanloom import feel
from loanloom.engines.facts import field_type
from loanloom.engines.reports.fields import DATA_SETS, DECIMALS, Field, fields_of
from loanloom.feel.targets.sql.target import Columns, Unavailable
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Text, text

ENCRYPTED = text("it is kept encrypted", "该字段加密保存")
FOR_READING = text("it is worded anew for each reader", "其内容按读者语言生成")
WHOLE_DIGITS: Mapping[str, int] = {"money": 16, "percent": 4, "number": 12}
ROWS = 9
"""Digits of the largest number of rows that are ever added up."""

_PLAIN: Mapping[str, feel.Type] = {"yes_no": feel.BOOLEAN, "date": feel.DATE}
_WORDED = frozenset({"line.memo"})


@kept
def scope(registry: Registry, data_set: str) -> feel.Type:
    """The facts of one row of a data set, and the business date."""
    found: dict[str, dict[str, feel.Type]] = {}
    types = {path: _type(field, registry) for path, field in fields_of(registry, data_set).items()}
    for path, type_ in (types | _closed(registry, data_set)).items():
        record, _, name = path.partition(".")
        found.setdefault(record, {})[name] = feel.optional(type_)
    records = {record: feel.context(members) for record, members in found.items()}
    return feel.context({**records, "as_of": feel.DATE})


def _type(field: Field, registry: Registry) -> feel.Type:
    if field.added:
        record, _, key = field.path.partition(".")
        return next(field_type(one, registry) for one in registry.entity_fields(record) if one.key == key)
    if field.is_numeric:
        decimals = DECIMALS[field.type] if field.decimals is None else field.decimals
        return feel.number(digits=feel.Digits(WHOLE_DIGITS[field.type], decimals))
    codes = registry.get("code_list", field.code_list) if field.code_list else None
    if codes is not None:
        return feel.enumeration(str(item["key"]) for item in codes.spec["items"])
    return _PLAIN.get(field.type, feel.STRING)


def _closed(registry: Registry, data_set: str) -> dict[str, feel.Type]:
    """The fields that are kept encrypted; lists show some of them masked."""
    return {
        f"{record}.{field.key}": field_type(field, registry)
        for record in DATA_SETS.get(data_set, (data_set,))
        for field in registry.entity_fields(record)
        if field.encrypted
    }


@kept
def columns(registry: Registry, data_set: str) -> Columns:
    """A name for each fact of a row, which the one who runs it puts the real column in place of."""
    named: dict[str, str | Unavailable] = {path: f'"{path}"' for path in fields_of(registry, data_set)}
    for path in _closed(registry, data_set):
        named[path] = Unavailable(_words(ENCRYPTED))
    for path in _WORDED & named.keys():
        named[path] = Unavailable(_words(FOR_READING))
    return {**named, "as_of": '"fact.as_of"'}


def _words(reason: Text) -> dict[str, str]:
    return dict(reason)


def totals_scope(totals: Mapping[str, feel.Type]) -> feel.Type:
    """What a measure sees: the totals of the other columns by their keys."""
    return feel.context({key: _total(type_) for key, type_ in totals.items()})


def _total(type_: feel.Type) -> feel.Type:
    digits = type_.digits
    if digits is None:
        return feel.NUMBER
    return feel.number(digits=feel.Digits(digits.whole + ROWS, digits.scale))


COUNT = feel.number(digits=feel.Digits(0, 0))
"""What a count is made of, before it is added up."""
