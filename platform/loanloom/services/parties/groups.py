"""Groups of borrowers 联保小组: number, name, members, liability, agreement: the minimum of group lending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from loanloom.core.money import is_writable
from loanloom.problems import Problem, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.once import Once
from loanloom.services.parties import customers
from loanloom.store import audit, names, saving, tables

GROUP = text("group", "联保小组")
TABLE, MEMBER = tables.borrower_group, tables.group_member
LIABILITIES = {"joint": text("Joint liability", "联保连带"), "several": text("Each for itself", "各自承担")}
ROLES = ("leader", "member")


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is written about a group."""

    name: str
    liability: str = "joint"
    agreement_number: str | None = None
    agreed_on: date | None = None
    limit_amount: Decimal | None = None
    state: str = "active"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group with its members (customer rows with role, joined_on, left_on), the leader first."""

    row: RowMapping
    members: Sequence[RowMapping]

    @property
    def present(self) -> list[RowMapping]:
        """Who is in it now."""
        return [member for member in self.members if member["left_on"] is None]


def create(ctx: Context, details: Details, *, idempotency_key: str | None = None) -> int:
    """Make a group without members; its id."""
    ctx.require("party.write")
    _check(details)
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, "group.create", details.name)
        if first.answer is not None:
            return int(first.answer["group_id"])
        row = {
            "number": numbers.issue_or_plain(ctx, connection, "group", "G", 1)[0],
            "currency": ctx.company.currency,
            "unit": ctx.actor.unit,
            "manager_user_id": ctx.actor.user_id,
            "created_by": ctx.actor.user_id,
            **_columns(details),
        }
        made = int(connection.execute(insert(TABLE).values(row).returning(TABLE.c.id)).scalar_one())
        audit.write(connection, ctx.actor, "group.created", ("borrower_group", made), after={"name": details.name})
        first.keep({"group_id": made})
        return made


def change(ctx: Context, group_id: int, details: Details, *, version: int) -> None:
    """Change a group; refused when somebody else changed it meanwhile."""
    ctx.require("party.write")
    _check(details)
    with ctx.transaction() as connection:
        before = _row(ctx, connection, group_id)
        if not saving.update_if_unchanged(connection, TABLE, group_id, version, _columns(details)):
            raise Conflict()
        audit.write(
            connection, ctx.actor, "group.changed", ("borrower_group", group_id),
            before={"name": before["name"], "state": before["state"]},
            after={"name": details.name, "state": details.state},
        )  # fmt: skip


def add_member(ctx: Context, group_id: int, customer_id: int, role: str = "member") -> None:
    """Take a customer in (again); a new leader takes over from the old one."""
    ctx.require("party.write")
    if role not in ROLES:
        raise Refused(Problem(code="group.unknown_role", message=text("Choose a role.", "请选择角色。"), field="role"))
    with ctx.transaction() as connection:
        _open(_row(ctx, connection, group_id))
        customers.read(ctx, connection, customer_id)
        if role == "leader":
            connection.execute(
                update(MEMBER)
                .where(MEMBER.c.borrower_group_id == group_id, MEMBER.c.role == "leader")
                .values(role="member")
            )
        values = {"role": role, "joined_on": ctx.business_date, "left_on": None}
        statement = upsert(MEMBER).values(
            borrower_group_id=group_id, customer_id=customer_id, created_by=ctx.actor.user_id, **values
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["company_id", "borrower_group_id", "customer_id"], set_=values
            )
        )
        audit.write(
            connection, ctx.actor, "group.member_added", ("borrower_group", group_id),
            after={"customer_id": customer_id, "role": role},
        )  # fmt: skip


def remove_member(ctx: Context, group_id: int, customer_id: int) -> None:
    """Note that a member has left; not while it owes something: the others stand for it."""
    ctx.require("party.write")
    with ctx.transaction() as connection:
        _open(_row(ctx, connection, group_id))
        loan = tables.loan
        owing = connection.execute(
            select(func.count()).select_from(loan).where(loan.c.customer_id == customer_id, loan.c.status == "active")
        ).scalar_one()
        if owing:
            raise Refused(
                Problem(
                    code="group.member_owes",
                    message=text("This member still has a loan.", "该成员仍有未结清借据。"),
                    hint=text("It may leave once the loan is settled.", "借据结清后方可退出。"),
                )
            )
        connection.execute(
            update(MEMBER)
            .where(MEMBER.c.borrower_group_id == group_id, MEMBER.c.customer_id == customer_id)
            .values(left_on=ctx.business_date, role="member")
        )
        audit.write(
            connection, ctx.actor, "group.member_removed", ("borrower_group", group_id),
            after={"customer_id": customer_id},
        )  # fmt: skip


def read(ctx: Context, group_id: int) -> Group:
    """A group with its members."""
    ctx.require("party.write", "customer.read")
    customer = tables.customer
    query = (
        select(
            customer.c.id, customer.c.number, customer.c.name, customer.c.phone_masked,
            MEMBER.c.role, MEMBER.c.joined_on, MEMBER.c.left_on,
        )
        .join(customer, customer.c.id == MEMBER.c.customer_id)
        .where(MEMBER.c.borrower_group_id == group_id)
        .order_by(MEMBER.c.left_on.is_not(None), MEMBER.c.role, MEMBER.c.id)
    )  # fmt: skip
    with ctx.transaction() as connection:
        return Group(_row(ctx, connection, group_id), connection.execute(query).mappings().all())


def listing(ctx: Context, *, words: str = "", limit: int = 200) -> Sequence[RowMapping]:
    """Groups by number, with how many members each has."""
    ctx.require("party.write", "customer.read")
    count = (
        select(func.count())
        .where(MEMBER.c.borrower_group_id == TABLE.c.id, MEMBER.c.left_on.is_(None))
        .correlate(TABLE)
        .scalar_subquery()
    )
    query = select(TABLE, count.label("members")).where(scope.visible(ctx, TABLE))
    if words.strip():
        query = query.where(names.like_name(TABLE, words) | (TABLE.c.number == words.strip().upper()))
    with ctx.transaction() as connection:
        return connection.execute(query.order_by(TABLE.c.id).limit(limit)).mappings().all()


def _row(ctx: Context, connection: Connection, group_id: int) -> RowMapping:
    row = connection.execute(select(TABLE).where(TABLE.c.id == group_id)).mappings().one_or_none()
    scope.check_visible(ctx, row, GROUP)
    assert row is not None
    return row


def _open(row: RowMapping) -> None:
    if row["state"] != "active":
        raise Refused(Problem(code="group.closed", message=text("The group is closed.", "小组已关闭。")))


def _columns(details: Details) -> dict[str, object]:
    return {
        "name": details.name.strip(),
        **names.name_columns(details.name),
        "liability": details.liability,
        "agreement_number": details.agreement_number,
        "agreed_on": details.agreed_on,
        "limit_amount": details.limit_amount,
        "state": details.state,
        "note": details.note,
    }


def _check(details: Details) -> None:
    problems = []
    if not details.name.strip() or len(details.name) > 200:
        problems.append(
            ("group.no_name", "Enter a name of at most 200 characters.", "请填写名称（最多200字）。", "name")
        )
    if details.liability not in LIABILITIES:
        problems.append(("group.unknown_liability", "Choose who is liable.", "请选择责任方式。", "liability"))
    if details.state not in ("active", "closed"):
        problems.append(("group.unknown_state", "Choose a state.", "请选择状态。", "state"))
    if details.limit_amount is not None and not (is_writable(details.limit_amount) and details.limit_amount > 0):
        problems.append(("group.bad_limit", "The limit must be positive.", "额度须大于零。", "limit_amount"))
    if problems:
        raise Refused([Problem(code=code, message=text(en, zh), field=field) for code, en, zh, field in problems])
