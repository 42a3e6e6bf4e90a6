"""The lines of work lists: an item with what people want to see of its case. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import FromClause, Select, and_, select

from loanloom.problems import Text
from loanloom.services.context import Context
from loanloom.store import tables

ITEM, CASE = tables.work_item, tables.flow_case
APPLICATION, CUSTOMER = tables.application, tables.customer


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One line of a work list."""

    id: int
    kind: str
    version: int
    case_id: int
    subject: str
    subject_id: int | None
    number: str
    customer: str | None
    product_key: str | None
    amount: Any
    currency: str | None
    title: Text
    code: str | None
    round: int
    bulk: bool
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    due_today: bool
    assignee: int | None
    status: str
    decision: str | None
    decided_at: datetime | None
    grade: str | None

    @property
    def page(self) -> str:
        """Where the work is done."""
        if self.subject != "application":
            return f"/cases/{self.case_id}"
        return f"/applications/{self.subject_id}" if self.kind in ("revision", "material") else f"/approvals/{self.id}"

    @property
    def application_id(self) -> int | None:
        """The application it is about, if it is about one."""
        return self.subject_id if self.subject == "application" else None


def lines(rows: FromClause) -> Select[Any]:
    """Items with what lists show of their cases."""
    joined = (
        rows.join(CASE, CASE.c.id == ITEM.c.case_id)
        .outerjoin(APPLICATION, and_(CASE.c.subject_kind == "application", APPLICATION.c.id == CASE.c.subject_id))
        .outerjoin(CUSTOMER, CUSTOMER.c.id == CASE.c.customer_id)
    )
    return select(
        ITEM,
        *CASE.c["subject_kind", "subject_id", "product_key", "amount", "currency", "code"],
        CASE.c.number.label("case_number"),
        APPLICATION.c.score_grade,
        CUSTOMER.c.name.label("customer_name"),
    ).select_from(joined)


def line(ctx: Context, row: Mapping[Any, Any]) -> WorkItem:
    """A row of such a statement as a line."""
    due = row["due_at"]
    waiting = row["status"] == "open" and due is not None
    return WorkItem(
        id=row["id"],
        kind=row["kind"],
        version=row["version"],
        case_id=row["case_id"],
        subject=row["subject_kind"],
        subject_id=row["subject_id"],
        number=row["case_number"],
        customer=row["customer_name"],
        product_key=row["product_key"],
        amount=row["amount"],
        currency=row["currency"],
        title=row["title"],
        code=row["code"],
        round=row["round"],
        bulk=row["bulk"],
        opened_at=row["opened_at"],
        due_at=due,
        overdue=waiting and due < ctx.now,
        due_today=waiting and ctx.now <= due < tomorrow(ctx),
        assignee=row["assignee"],
        status=row["status"],
        decision=row["decision"],
        decided_at=row["decided_at"],
        grade=row["score_grade"],
    )


def tomorrow(ctx: Context) -> datetime:
    """Midnight at the end of today, where the company is."""
    local = ctx.now.astimezone(ZoneInfo(ctx.company.time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
