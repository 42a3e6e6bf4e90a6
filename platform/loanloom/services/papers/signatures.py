"""Signing through a connector instead of on paper: the package is handed to whatever fills the connector `signature`,
whose answer notes the signing. Handing over is an outbox row; nothing leaves inside the transaction.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.papers import contract_register, contracts, documents
from loanloom.services.running.plugged import plugged
from loanloom.store import audit, outbox, tables

TOPIC = "signature.wanted"
CONNECTOR = "signature"


def offered() -> bool:
    """Whether packages can be signed through a connector here."""
    return CONNECTOR in plugged().parts("connector")


def send(ctx: Context, contract_id: int, *, version: int) -> None:
    """Hand the package over for signature. Sending again is allowed: the connector knows it by its number."""
    ctx.require("contract.prepare")
    if not offered():
        raise Refused(_no_connector())
    with ctx.transaction() as connection:
        row = contracts.read(ctx, connection, contract_id, lock=True)
        if row.state != "prepared" or row.version != version or row.main_contract_id is not None:
            raise Conflict()
        if row.approval in ("pending", "refused"):
            raise Refused(_not_approved())
        whole = contracts.package(connection, row.id)
        papers = [made.id for one in whole for made in documents.listing(connection, ("contract", one.id))]
        contract_register.note(ctx, connection, [row.id], "sent", what=CONNECTOR)
        payload = {"contract_id": row.id, "number": row.number, "documents": papers}
        outbox.put_many(connection, [(TOPIC, payload, f"{row.id}:{row.version}")])
        audit.write(
            connection, ctx.actor, "contract.sent", ("contract", row.id), after={"documents": papers}, at=ctx.now
        )


def answered(ctx: Context, number: str, signed_on: date, reference: str) -> int:
    """The connector tells that everybody has signed; told twice it stays as it is. The contract's id."""
    ctx.require("contract.sign")
    table = tables.contract
    with ctx.transaction() as connection:
        row = connection.execute(select(table).where(table.c.number == number)).one_or_none()
        if row is None:
            raise NotFound(contracts.CONTRACT)
    key = f"signature:{reference}"
    contracts.sign(
        ctx, row.id, signed_on, version=row.version if row.state == "prepared" else 0, idempotency_key=key,
        way=CONNECTOR, reference=reference,
    )  # fmt: skip
    return int(row.id)


def _no_connector() -> Problem:
    return Problem(
        code="contract.no_signature_connector",
        message=text("No connector for signatures is installed.", "未安装电子签章接口。"),
        hint=text("Print the package and have it signed on paper.", "请打印后纸质签署。"),
    )


def _not_approved() -> Problem:
    return Problem(
        code="contract.not_approved", message=text("The contract has not been approved.", "合同尚未审批通过。")
    )
