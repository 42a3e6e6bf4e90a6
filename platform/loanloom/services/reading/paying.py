"""Where borrowers pay to: the accounts of the house that a register keeps for that and that are to be shown to them.

Reads only, and only what the register says they are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from loanloom.metadata.registers import Register, registers
from loanloom.problems import Text
from loanloom.services.context import Context
from loanloom.store import tables


@dataclass(frozen=True, slots=True)
class Account:
    """One account: what it is told by, each with its title, in the order of the register."""

    facts: Sequence[tuple[Text, str]]


def accounts(ctx: Context) -> list[Account]:
    """The accounts in use that are shown to borrowers, in the order they were entered."""
    kept = [one for one in registers(ctx.registry).values() if one.paid_to is not None]
    return [account for register in kept for account in _of(ctx, register)]


def _of(ctx: Context, register: Register) -> Iterator[Account]:
    paid_to, record = register.paid_to, tables.record
    assert paid_to is not None
    shown = record.c.data[paid_to.shown].astext == "true"
    asked = select(record.c.data).where(record.c.entity == register.key, record.c.state == "active", shown)
    with ctx.transaction() as connection:
        rows = connection.execute(asked.order_by(record.c.id)).scalars().all()
    titles = {one.key: one.title for one in register.fields}
    for data in rows:
        facts = [(titles[name], str(data[name])) for name in paid_to.fields if data.get(name)]
        if facts:
            yield Account(facts)
