"""Volume: 1,000 applicants come in from a file; the approved ones get contract and money in bulk, without papers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from loanloom.demo.house import House
from loanloom.engines.imports import Figures
from loanloom.services.money import disbursements
from loanloom.services.origination import imports
from loanloom.services.papers import contracts
from loanloom.store.tables import application, contract, loan, sanction

MAPPING = "german-credit"
Progress = Callable[[int, int], None]


def bring_in(house: House, file: Path, *, rows: int | None = None, on_progress: Progress | None = None) -> Figures:
    """Import, score and route the applicants of a file (the first `rows` of it)."""
    lines = file.read_bytes().splitlines(keepends=True)
    content = b"".join(lines if rows is None else lines[: rows + 1])
    return imports.bring(house.at("business"), MAPPING, content, file.name, on_progress).figures


def lend(house: House) -> int:
    """Contract, sign and pay out every imported application that was approved; how many got money now."""
    _prepare(house)
    _sign(house)
    waiting = _contracts(house, "signed")
    if not waiting:
        return 0
    paid_out, refused = disbursements.disburse_many(house.at("finance"), waiting)
    assert not refused, f"{len(refused)} disbursements were refused"
    return len(paid_out)


def _prepare(house: House) -> None:
    imported = select(application.c.id).where(application.c.imported_key.is_not(None))
    asked = select(sanction.c.id).where(sanction.c.state == "in_force", sanction.c.application_id.in_(imported))
    ctx = house.system()
    with ctx.transaction() as connection:
        waiting = list(connection.execute(asked.order_by(sanction.c.id)).scalars())
    if waiting:
        contracts.prepare_many(ctx, waiting)


def _sign(house: House) -> None:
    ctx = house.at("general")
    waiting = _contracts(house, "prepared")
    if waiting:
        contracts.sign_many(ctx, waiting, signed_on=ctx.business_date)


def _contracts(house: House, state: str) -> list[int]:
    """Loan contracts of imported applications in this state that have no loan yet."""
    imported = select(application.c.id).where(application.c.imported_key.is_not(None))
    asked = select(contract.c.id).where(
        contract.c.kind == "loan",
        contract.c.state == state,
        contract.c.application_id.in_(imported),
        contract.c.id.not_in(select(loan.c.contract_id)),
    )
    with house.system().transaction() as connection:
        return list(connection.execute(asked.order_by(contract.c.id)).scalars())
