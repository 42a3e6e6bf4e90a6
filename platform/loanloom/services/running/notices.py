"""Notices that the house sends by itself: what is overdue, to the person who looks after it."""

from __future__ import annotations

from sqlalchemy import select

from loanloom.problems import text
from loanloom.services.context import Context
from loanloom.store import messages
from loanloom.store.tables import customer, loan


def overdue(ctx: Context) -> int:
    """One message a loan and business date to the relationship manager; how many loans are overdue."""
    query = (
        select(loan.c.id, loan.c.number, loan.c.days_past_due, loan.c.manager_user_id, customer.c.name)
        .join(customer, customer.c.id == loan.c.customer_id)
        .where(loan.c.status == "active", loan.c.days_past_due > 0, loan.c.manager_user_id.is_not(None))
        .order_by(loan.c.id)
    )
    with ctx.transaction() as connection:
        rows = connection.execute(query).all()
        for row in rows:
            messages.send(
                connection,
                [row.manager_user_id],
                "overdue",
                text(f"{row.name}: {row.days_past_due} days overdue", f"{row.name}：逾期 {row.days_past_due} 天"),
                text(f"Loan {row.number}", f"借据 {row.number}"),
                url=f"/loans/{row.id}",
                severity="notice",
                subject=("loan", row.id),
                key=f"overdue-{row.id}-{ctx.business_date.isoformat()}",
            )
    return len(rows)
