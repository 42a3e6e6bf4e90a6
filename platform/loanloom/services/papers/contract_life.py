"""The life of a contract on paper: printed (how often, by whom), sealed 用印 with a number in the register. Every step
is a line that is only added; the contract's row knows where it stands.

What a package is signed, archived and changed by stands elsewhere (contracts, contract_archive, contract_changes).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from loanloom.problems import Problem, text
from loanloom.services import numbers
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.once import Once
from loanloom.services.papers import contract_register, contracts, documents
from loanloom.services.papers.blobs import File
from loanloom.services.papers.documents import Format
from loanloom.store import audit, tables

TABLE = tables.contract
SEALS = "seal"
"""The code list of seals."""
MOST_COPIES, LONGEST = 20, 500


def print_out(
    ctx: Context, document_id: int, wanted: Format = "pdf", *, copies: int = 1, reason: str = "",
    idempotency_key: str | None = None,
) -> File:  # fmt: skip
    """A document of a contract to be printed: counted, and with a reason beyond what the product allows."""
    ctx.require("contract.prepare")
    with ctx.transaction() as connection:
        row = _of_document(ctx, connection, document_id)
        refuse(_not_printable(row), _copies(copies), too_long(reason))
        given = {"wanted": wanted, "copies": copies, "reason": reason}
        first = Once(ctx, connection, idempotency_key, "contract.print", document_id, given, locked=True)
        if first.answer is None:
            free = _contracting(ctx, connection, row).get("prints")
            if free is not None and row.printed >= int(free) and not reason.strip():
                raise Refused(_why_again(row.printed))
            set_values(connection, row, printed=row.printed + 1)
            contract_register.note(
                ctx, connection, [row.id], "printed", copies=copies, what=wanted, words=reason.strip() or None
            )
            audit.write(
                connection, ctx.actor, "contract.printed", ("contract", row.id),
                after={"document": document_id, "copies": copies, "times": row.printed + 1}, reason=reason or None,
                at=ctx.now,
            )  # fmt: skip
            first.keep({"document_id": document_id})
    return documents.file(ctx, document_id, wanted)


def seal(
    ctx: Context, contract_id: int, seal_key: str, *, version: int, copies: int = 1, words: str = "",
    idempotency_key: str | None = None,
) -> str:  # fmt: skip
    """Seal a whole package: every contract of it gets a line in the register under one number. Never by who prepared
    it; a package that waits for approval is not sealed."""
    ctx.require("contract.seal")
    with ctx.transaction() as connection:
        row = contracts.read(ctx, connection, contract_id, lock=True)
        given = {"seal": seal_key, "copies": copies, "words": words.strip()}
        first = Once(ctx, connection, idempotency_key, "contract.seal", contract_id, given, locked=True)
        if first.answer is not None:
            return str(first.answer["number"])
        if row.version != version:
            raise Conflict()
        if ctx.actor.user_id is not None and row.created_by == ctx.actor.user_id:
            raise Forbidden(_same_person())
        refuse(part(row), _not_printable(row), _copies(copies), too_long(words), _unknown_seal(ctx, seal_key))
        number = _register_number(ctx, connection, row)
        whole = contracts.package(connection, row.id)
        contract_register.note(
            ctx, connection, [one.id for one in whole], "sealed", number=number, copies=copies, what=seal_key,
            words=words.strip() or None,
        )  # fmt: skip
        for one in whole:
            set_values(connection, one, sealed_on=ctx.business_date)
        audit.write(
            connection, ctx.actor, "contract.sealed", ("contract", row.id), before={"sealed_on": row.sealed_on},
            after={"sealed_on": ctx.business_date, "seal": seal_key, "number": number, "copies": copies}, at=ctx.now,
        )  # fmt: skip
        first.keep({"number": number})
        return number


def set_values(connection: Connection, row: Row[Any], **values: Any) -> None:
    """Change a contract's row."""
    connection.execute(update(TABLE).where(TABLE.c.id == row.id).values(**values, version=TABLE.c.version + 1))


def _of_document(ctx: Context, connection: Connection, document_id: int) -> Row[Any]:
    """The contract that a document belongs to, locked."""
    table = tables.document
    asked = select(table.c.subject_id).where(table.c.id == document_id, table.c.subject_kind == "contract")
    contract_id = connection.execute(asked).scalar_one_or_none()
    if contract_id is None:
        raise NotFound(documents.DOCUMENT)
    return contracts.read(ctx, connection, contract_id, lock=True)


def _contracting(ctx: Context, connection: Connection, row: Row[Any]) -> Mapping[str, Any]:
    """What the product asks for in making its contracts."""
    spec = releases.pinned(ctx, connection, row.release_id).require("product", row.product_key).spec
    found: Mapping[str, Any] = spec.get("contracting") or {}
    return found


def _register_number(ctx: Context, connection: Connection, row: Row[Any]) -> str:
    spec = releases.pinned(ctx, connection, row.release_id).require("product", row.product_key).spec
    key = (spec.get("numbering") or {}).get("seal")
    return numbers.issue(ctx, connection, key, unit=row.unit) if key else row.number


def refuse(*found: Problem | None) -> None:
    """Raise what was found, if anything was."""
    problems = tuple(one for one in found if one is not None)
    if problems:
        raise Refused(problems)


def part(row: Row[Any]) -> Problem | None:
    """Why something is not done with one contract of a package alone."""
    if row.main_contract_id is None:
        return None
    return Problem(
        code="contract.part_of_package",
        message=text("This is done for the whole package, at its loan contract.", "请在主合同上对整个合同包办理。"),
    )


def _not_printable(row: Row[Any]) -> Problem | None:
    if row.approval in ("pending", "refused"):
        return Problem(
            code="contract.not_approved",
            message=text("The contract has not been approved.", "合同尚未审批通过。"),
            hint=text("Only an approved contract is printed, sealed and signed.", "审批通过后方可打印、用印和签订。"),
        )
    if row.state in ("cancelled",):
        return Problem(code="contract.cancelled", message=text("The contract was cancelled.", "合同已作废。"))
    return None


def _copies(copies: int) -> Problem | None:
    if 1 <= copies <= MOST_COPIES:
        return None
    words = text(f"1 to {MOST_COPIES} copies.", f"份数须为 1 至 {MOST_COPIES}。")
    return Problem(code="contract.copies", field="copies", message=words)


def too_long(said: str) -> Problem | None:
    """Why these words cannot be kept."""
    if len(said) <= LONGEST:
        return None
    words = text(f"At most {LONGEST} characters.", f"不得超过 {LONGEST} 字。")
    return Problem(code="contract.too_long", field="words", message=words)


def _unknown_seal(ctx: Context, key: str) -> Problem | None:
    document = ctx.registry.get("code_list", SEALS)
    known = {str(item["key"]) for item in document.spec["items"] if not item.get("retired")} if document else set()
    if key in known:
        return None
    return Problem(code="contract.unknown_seal", field="seal", message=text("Choose a seal.", "请选择印章。"))


def _why_again(times: int) -> Problem:
    return Problem(
        code="contract.printed_before",
        field="reason",
        message=text(f"It was printed {times} times already.", f"该文书已打印 {times} 次。"),
        hint=text("Say why it is printed again.", "请说明再次打印的原因。"),
    )


def _same_person() -> Problem:
    return Problem(
        code="contract.same_person",
        message=text("Who prepared a contract does not seal it.", "合同制作人不得用印。"),
        hint=text("Ask a colleague to do it.", "请由印章管理人员办理。"),
    )
