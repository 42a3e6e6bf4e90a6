"""Bank statements 银行对账单: a file becomes lines with the loan each is likely for; people look, correct, and book.

Reading books nothing. A line that the bank has told before, on the same account under the same reference, is refused;
reading a file twice therefore does no harm. The number of statements depends on neither lines nor loans.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.money import total
from loanloom.engines.imports import Mapped
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.money.cashier import bank_matches, payees, payers
from loanloom.services.origination.imports import mapping_of
from loanloom.store import audit, bulk, tables
from loanloom.store.vault import masked

STATEMENT = text("bank statement", "对账单")
TABLE, LINE = tables.bank_statement, tables.bank_line
MOST_LINES = 5_000
MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its lines as they would be booked (or were)."""

    row: RowMapping
    lines: Sequence[RowMapping]

    def sum_of(self, *states: str) -> Decimal:
        """What the lines in these states come to."""
        return total(line["amount"] for line in self.lines if line["state"] in states)

    def count_of(self, *states: str) -> int:
        """How many lines are in these states."""
        return sum(line["state"] in states for line in self.lines)


def mappings(ctx: Context) -> list[Any]:
    """The mapping documents of bank statements."""
    return [one for one in ctx.registry.all("import_mapping") if one.spec["record"] == "bank_line"]


def read(ctx: Context, mapping_key: str, content: bytes, file_name: str) -> int:
    """Read a statement and look for the loan of each line; the statement's id. Books nothing."""
    ctx.require("money.receive")
    mapping = mapping_of(ctx.registry, mapping_key)
    if mapping.record != "bank_line":
        raise NotFound(text("mapping of bank statements", "对账单导入映射"))
    found = mapping.read(content, file_name)
    problems, mapped = list(found.problems), []
    for row in found.rows:
        one, wrong = mapping.map(row)
        problems += wrong
        if one is not None and _is_line(ctx, one, problems):
            mapped.append(one)
    if not mapped:
        raise Refused(problems[:MOST_PROBLEMS] or [_empty()])
    if len(mapped) > MOST_LINES:
        raise Refused(_too_long())
    account = mapping.account or mapping_key
    with ctx.transaction() as connection:
        fresh = _fresh(connection, account, mapped, problems)
        if not fresh:
            raise Refused(problems[:MOST_PROBLEMS])
        statement_id = _write(ctx, connection, mapping_key, account, content, file_name, fresh, problems)
        _write_lines(ctx, connection, statement_id, account, fresh)
        after = {"lines": len(fresh), "file": file_name[:200], "problems": len(problems)}
        audit.write(connection, ctx.actor, "statement.read", ("bank_statement", statement_id), after=after, at=ctx.now)
        return statement_id


def listing(ctx: Context, *, limit: int = 50) -> Sequence[RowMapping]:
    """Statements, the newest first."""
    ctx.require("money.receive", "money.read")
    with ctx.transaction() as connection:
        return connection.execute(select(TABLE).order_by(TABLE.c.id.desc()).limit(limit)).mappings().all()


def show(ctx: Context, statement_id: int) -> Statement:
    """A statement with its lines, the loans they are for and why."""
    ctx.require("money.receive", "money.read")
    with ctx.transaction() as connection:
        return shown(connection, statement_id)


def shown(connection: Connection, statement_id: int) -> Statement:
    """The same inside a transaction."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == statement_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(STATEMENT)
    loan, customer, payout = tables.loan, tables.customer, tables.payout
    query = (
        select(
            LINE, loan.c.number.label("loan_number"), customer.c.name.label("customer_name"),
            payout.c.number.label("payout_number"), tables.receipt.c.number.label("receipt_number"),
        )
        .outerjoin(loan, loan.c.id == LINE.c.loan_id)
        .outerjoin(customer, customer.c.id == loan.c.customer_id)
        .outerjoin(payout, payout.c.id == LINE.c.payout_id)
        .outerjoin(tables.receipt, tables.receipt.c.id == LINE.c.receipt_id)
        .where(LINE.c.bank_statement_id == statement_id)
        .order_by(LINE.c.line, LINE.c.id)
    )  # fmt: skip
    return Statement(row, connection.execute(query).mappings().all())


def choose(ctx: Context, line_id: int, loan_number: str | None, *, leave_out: bool = False) -> int:
    """Say which loan a line is for, that it is nobody's yet (None), or that it is no receipt of ours; its statement."""
    ctx.require("money.receive")
    with ctx.transaction() as connection:
        line = connection.execute(select(LINE).where(LINE.c.id == line_id).with_for_update()).mappings().one_or_none()
        if line is None:
            raise NotFound(STATEMENT)
        unbooked(connection, line["bank_statement_id"])
        values: dict[str, Any] = {"loan_id": None, "state": "left_out" if leave_out else "unmatched", "why": ["chosen"]}
        if loan_number and not leave_out:
            values |= {"loan_id": _loan(ctx, connection, loan_number), "state": "matched"}
        if line["amount"] <= 0 and values["state"] != "left_out":
            raise Refused(_not_incoming())
        connection.execute(update(LINE).where(LINE.c.id == line_id).values(values))
        return int(line["bank_statement_id"])


def discard(ctx: Context, statement_id: int) -> None:
    """Forget a statement that was read and not booked; its lines may come again."""
    ctx.require("money.receive")
    with ctx.transaction() as connection:
        unbooked(connection, statement_id)
        connection.execute(update(LINE).where(LINE.c.bank_statement_id == statement_id).values(state="discarded"))
        connection.execute(update(TABLE).where(TABLE.c.id == statement_id).values(state="discarded"))
        audit.write(connection, ctx.actor, "statement.discarded", ("bank_statement", statement_id), at=ctx.now)


def _is_line(ctx: Context, one: Mapped, problems: list[Problem]) -> bool:
    facts = one.facts["bank_line"]
    amount = facts.get("amount")
    if facts.get("happened_on") is None or not amount:
        words = text("The line has no day or no amount.", "该行缺少日期或金额。")
        problems.append(Problem(code="statement.no_amount", message=words, line=one.line))
        return False
    if not payees.rounding_of(ctx.company.currency).holds(amount):
        words = text("The amount has too many digits.", "金额位数过多。")
        problems.append(Problem(code="statement.bad_amount", message=words, line=one.line))
        return False
    return True


def _fresh(connection: Connection, account: str, mapped: Sequence[Mapped], problems: list[Problem]) -> list[Mapped]:
    """The lines that the bank tells for the first time; the others are problems."""
    query = select(LINE.c.bank_reference).where(
        LINE.c.account == account,
        LINE.c.state != "discarded",
        LINE.c.bank_reference.in_([one.key for one in mapped]),
    )
    known = set(connection.execute(query).scalars())
    fresh = []
    for one in mapped:
        if one.key in known:
            problems.append(
                Problem(
                    code="statement.duplicate",
                    message=text(f"The bank told {one.key} before.", f"流水 {one.key} 此前已导入。"),
                    line=one.line,
                )
            )
            continue
        known.add(one.key)
        fresh.append(one)
    return fresh


def _write(
    ctx: Context, connection: Connection, mapping_key: str, account: str, content: bytes, file_name: str,
    fresh: Sequence[Mapped], problems: Sequence[Problem],
) -> int:  # fmt: skip
    amounts = [one.facts["bank_line"]["amount"] for one in fresh]
    kept = [{"line": one.line, "code": one.code, "message": dict(one.message)} for one in problems[:MOST_PROBLEMS]]
    values = {
        "mapping_key": mapping_key,
        "account": account,
        "file_name": file_name[:200],
        "file_digest": hashlib.sha256(content).hexdigest(),
        "currency": ctx.company.currency,
        "lines": len(fresh),
        "money_in": total(amount for amount in amounts if amount > 0),
        "money_out": total(-amount for amount in amounts if amount < 0),
        "problems": kept,
        "created_by": ctx.actor.user_id,
    }
    return int(connection.execute(insert(TABLE).values(values).returning(TABLE.c.id)).scalar_one())


def _write_lines(
    ctx: Context, connection: Connection, statement_id: int, account: str, fresh: Sequence[Mapped]
) -> None:
    vault, company = ctx.database.vault, ctx.company.id
    rows: list[dict[str, Any]] = []
    for one in fresh:
        facts = one.facts["bank_line"]
        number = facts.get("payer_account")
        rows.append(
            {
                "bank_statement_id": statement_id,
                "account": account,
                "line": one.line,
                "bank_reference": one.key,
                "happened_on": facts["happened_on"],
                "amount": facts["amount"],
                "payer_name": (facts.get("payer_name") or "")[:200] or None,
                "payer_account_cipher": vault.encrypt(company, payers.FIELD, number) if number else None,
                "payer_account_hash": vault.search_hash(company, payers.FIELD, number) if number else None,
                "payer_account_masked": masked(number) if number else None,
                "words": (facts.get("words") or "")[:400] or None,
            }
        )
    found = bank_matches.found(ctx, connection, rows)
    for row in rows:
        loan_id, payout_id, why = found.get(row["line"], (None, None, ()))
        state = "matched" if loan_id else "paid_out" if payout_id else "unmatched" if row["amount"] > 0 else "left_out"
        row |= {"state": state, "loan_id": loan_id, "payout_id": payout_id, "why": list(why)}
    bulk.insert(connection, LINE, rows)


def unbooked(connection: Connection, statement_id: int) -> RowMapping:
    """A statement that is not booked yet, locked."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == statement_id).with_for_update()).mappings().one_or_none()
    if row is None:
        raise NotFound(STATEMENT)
    if row["state"] != "read":
        raise Conflict(
            Problem(
                code="statement.booked",
                message=text("This statement was booked or discarded.", "该对账单已入账或已作废。"),
            )
        )
    return row


def _loan(ctx: Context, connection: Connection, number: str) -> int:
    """A loan that the actor may see, in the statement's currency."""
    loan = tables.loan
    query = select(loan.c.id).where(
        loan.c.number == number.strip().upper(), loan.c.currency == ctx.company.currency, scope.visible(ctx, loan)
    )
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise Refused(
            Problem(
                code="statement.no_loan",
                message=text(f"There is no loan {number[:40]}.", f"没有借据 {number[:40]}。"),
                field="loan_number",
            )
        )
    return int(found)


def _not_incoming() -> Problem:
    return Problem(code="statement.money_out", message=text("This line is money that left.", "该行为付出款项。"))


def _empty() -> Problem:
    return Problem(code="statement.empty", message=text("The file holds no line.", "文件中没有明细。"))


def _too_long() -> Problem:
    en, zh = f"More than {MOST_LINES} lines; divide the file.", f"超过{MOST_LINES}行，请拆分文件。"
    return Problem(code="statement.too_long", message=text(en, zh))
