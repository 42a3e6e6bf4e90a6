"""Papers of a loan: the disbursement voucher 借据, filled once when first asked for, from the contract and the loan."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from loanloom.core.lending.events import LoanDisbursed
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules, loan_rows
from loanloom.services.money.end_of_day import arrears
from loanloom.services.money.page import loans
from loanloom.services.papers import agreed_facts, contracts, documents
from loanloom.store import tables


def voucher(ctx: Context, loan_id: int) -> int:
    """The document of a loan's voucher; made now if nobody asked before. Two asking at once get the same one."""
    ctx.require("loan.read", "money.read")
    with ctx.transaction() as connection:
        found = loan_rows.load(ctx, connection, [loan_id], lock=True)
        scope.check_visible(ctx, found[0].row if found else None, loans.LOAN)
        made = documents.listing(connection, ("loan", loan_id))
        if made:
            return made[0].id
        kept = found[0]
        if kept.row["status"] == "cancelled":
            raise Refused(_taken_back())
        registry = releases.pinned(ctx, connection, kept.row["release_id"])
        template = lending_rules.offer_of(registry, kept.row["product_key"]).templates.get("voucher")
        table = tables.disbursement
        number = connection.execute(
            select(table.c.number).where(table.c.loan_id == loan_id, table.c.sequence == 1)
        ).scalar_one()
        facts = facts_of(ctx, connection, kept)
        document = (
            documents.make(ctx, connection, registry, template, ("loan", loan_id), facts, number=number)
            if template
            else None
        )
        if document is None:
            raise Refused(
                Problem(
                    code="loan.no_voucher_template",
                    message=text("This product names no template for the voucher.", "本产品未配置放款凭证模板。"),
                    hint=text("A business administrator can add it.", "请业务管理员在产品中补充。"),
                )
            )
        return document


def _taken_back() -> Problem:
    return Problem(
        code="loan.taken_back",
        message=text("This disbursement was undone; it has no voucher.", "该笔放款已撤销，不再出具放款凭证。"),
    )


def facts_of(ctx: Context, connection: Connection, kept: loan_rows.Kept) -> dict[str, Any]:
    """Everything a document about a loan may say: the contract's facts, the loan today, its schedule as agreed."""
    values = loan_rows.figures(kept.loan, ctx.business_date)
    disbursed = loan_rows.events_of(connection, kept.id)[0][1]
    assert isinstance(disbursed, LoanDisbursed)
    return contracts.facts_of(ctx, connection, kept.row["contract_id"]) | {
        "loan": arrears.loan_facts(kept, values),
        "schedule": [agreed_facts.schedule_row(row) for row in disbursed.instalments],
    }
