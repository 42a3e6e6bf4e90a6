"""Which field of the core's loan and instalments lies in which column, both ways.

A field has the column of its own name; what has none is kept in the row's `more` as soon as it is not the default, so
that the core can gain state without a migration. Columns are for what statements of the end of day or lists look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from sqlalchemy import RowMapping

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.circumstances import ORDINARY, Circumstances
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.penalties import NEVER_LATE, Lateness
from loanloom.core.lending.planning.schedule import Instalment
from loanloom.core.lending.records import from_record, parts_from_record, to_record
from loanloom.services.context import Context
from loanloom.services.money import lending_rules
from loanloom.store import tables

_COLUMN = {"start_on": "starts_on"}


def _column(name: str) -> str:
    return _COLUMN.get(name, name)


def _defaults(kind: type[Any]) -> dict[str, Any]:
    return {
        one.name: one.default if one.default_factory is MISSING else one.default_factory()
        for one in fields(kind)
        if one.default is not MISSING or one.default_factory is not MISSING
    }


_instalment, _loan = tables.instalment.c, tables.loan.c
_ROW = tuple(name for name in Instalment._fields if _column(name) in _instalment)
_ROW_MORE = {name: usual for name, usual in Instalment._field_defaults.items() if name not in _ROW}
_PAID = tuple(one.name for one in fields(Account) if one.name in _instalment and one.name != "late")
_PAID_MORE = {
    name: usual
    for name, usual in _defaults(Account).items()
    if name not in _PAID and name not in ("instalment", "late")
}
_LOAN = tuple(one.name for one in fields(Loan) if one.name in _loan and one.name not in ("terms", "circumstances"))
_LOAN_MORE = {name: usual for name, usual in _defaults(Loan).items() if name not in _LOAN and name != "circumstances"}

INSTALMENT_COLUMNS = (
    _instalment.loan_id, *(_instalment[_column(name)] for name in (*_ROW, *_PAID)), _instalment.late, _instalment.more,
)  # fmt: skip
"""The columns that `account` reads, in its order."""

_SPLIT, _END = 1 + len(_ROW), 1 + len(_ROW) + len(_PAID)


def account(values: Sequence[Any]) -> Account:
    """An instalment row, read by INSTALMENT_COLUMNS, as the core's account."""
    row, paid = dict(zip(_ROW, values[1:_SPLIT], strict=True)), dict(zip(_PAID, values[_SPLIT:_END], strict=True))
    late, more = values[_END], values[_END + 1]
    if more:
        row |= parts_from_record(Instalment, more.get("row", {}))
        paid |= parts_from_record(Account, more.get("account", {}))
    if late:
        paid["late"] = from_record(Lateness, late)
    return Account(Instalment(**row), **paid)


def instalment_values(account: Account) -> dict[str, Any]:
    """The columns of an instalment row but the loan it belongs to."""
    row = account.instalment
    more = {"row": _unusual(row, _ROW_MORE), "account": _unusual(account, _PAID_MORE)}
    return {
        **{_column(name): getattr(row, name) for name in _ROW},
        **{name: getattr(account, name) for name in _PAID},
        "late": None if account.late is NEVER_LATE or account.late == NEVER_LATE else to_record(account.late),
        "more": {name: held for name, held in more.items() if held} or None,
        "status": "due" if account.open else "paid",
    }


def loan(ctx: Context, row: RowMapping, accounts: Sequence[Account]) -> Loan:
    """A loan row with its accounts as the core's loan, on the terms as they hold today."""
    return Loan(
        terms=lending_rules.bound_terms(ctx, row["product_key"], from_record(Terms, row["terms"])),
        accounts=tuple(accounts),
        circumstances=from_record(Circumstances, row["circumstances"]) if row["circumstances"] else ORDINARY,
        **{name: row[name] for name in _LOAN},
        **(parts_from_record(Loan, row["more"]) if row["more"] else {}),
    )


def loan_values(loan: Loan) -> dict[str, Any]:
    """The columns of a loan row that hold its state; not its terms, nor what follows from the state on a day."""
    return {
        **{name: getattr(loan, name) for name in _LOAN},
        "circumstances": None if loan.circumstances == ORDINARY else to_record(loan.circumstances),
        "more": _unusual(loan, _LOAN_MORE) or None,
    }


def _unusual(value: Any, usual: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without a column that are not what they usually are."""
    return {name: to_record(getattr(value, name)) for name in usual if getattr(value, name) != usual[name]}
