"""Relations that staff declare (回避申报): relatives and parties they have an interest in. Flows keep such people away.

A relation is found by the identity number, closed like a customer's: it counts before the relative is a customer, and
when they only guarantee.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from loanloom.engines.forms import formats
from loanloom.problems import Problem, Text, text
from loanloom.services.access.sign_in import ab_user, full_name
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import colleagues
from loanloom.store import audit, tables
from loanloom.store.vault import masked

KINDS: Mapping[str, Text] = {
    "relative": text("relative", "亲属"),
    "related_party": text("party with common interests", "关联方"),
}
_EXCLUDED = {"relatives": "relative", "related_parties": "related_party"}
RELATION = text("declaration", "回避申报")
_TABLE = tables.staff_relation
LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One declared relation, as it may be shown."""

    id: int
    user_id: int
    user: str
    kind: str
    relation: str
    name: str
    id_number: str
    created_at: datetime
    version: int


def declare(ctx: Context, *, kind: str, relation: str, name: str, id_number: str, user_id: int | None = None) -> int:
    """Declare to whom somebody is related: oneself, or by whoever keeps the declarations; its number."""
    whose = colleagues.whose(ctx, user_id)
    number = formats.id_card(id_number)
    problems = list(_problems(kind, relation.strip(), name.strip(), number))
    if problems:
        raise Refused(problems)
    vault, company = ctx.database.vault, ctx.company.id
    values = {
        "user_id": whose,
        "kind": kind,
        "relation": relation.strip(),
        "name": name.strip(),
        "id_number_cipher": vault.encrypt(company, "staff_relation.id_number", number),
        "id_number_hash": vault.search_hash(company, "customer.id_number", number),
        "id_number_masked": masked(number),
        "created_by": ctx.actor.user_id,
    }
    with ctx.transaction() as connection:
        _check_member(ctx, connection, whose)
        try:
            made = int(connection.execute(insert(_TABLE).values(values).returning(_TABLE.c.id)).scalar_one())
        except IntegrityError as error:
            raise Refused(_declared_already()) from error
        told = {name: values[name] for name in ("user_id", "kind", "relation", "name", "id_number_masked")}
        audit.write(connection, ctx.actor, "staff_relation.declared", ("staff_relation", made), after=told, at=ctx.now)
    return made


def end(ctx: Context, relation_id: int, *, expected_version: int) -> None:
    """A relation no longer stands (a divorce, shares sold). Only whoever keeps the declarations may say so: nobody
    lifts their own bar."""
    ctx.require(colleagues.KEEP)
    with ctx.transaction() as connection:
        query = select(_TABLE).where(_TABLE.c.id == relation_id, _TABLE.c.ended_at.is_(None)).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(RELATION)
        if row.version != expected_version:
            raise Conflict()
        if row.user_id == ctx.actor.user_id:
            raise Forbidden(_own_bar())
        values = {"ended_by": ctx.actor.user_id, "ended_at": ctx.now, "version": row.version + 1}
        connection.execute(update(_TABLE).where(_TABLE.c.id == relation_id).values(values))
        before = {"user_id": row.user_id, "kind": row.kind, "relation": row.relation, "name": row.name}
        audit.write(
            connection, ctx.actor, "staff_relation.ended", ("staff_relation", relation_id), before=before, at=ctx.now
        )


def of(ctx: Context, user_id: int | None = None, *, everybody: bool = False) -> tuple[Relation, ...]:
    """The relations that stand: one's own, somebody's, or everybody's."""
    query = (
        select(*_TABLE.c, *ab_user.c["first_name", "last_name"])
        .join(ab_user, ab_user.c.id == _TABLE.c.user_id)
        .where(_TABLE.c.ended_at.is_(None))
        .order_by(_TABLE.c.user_id, _TABLE.c.id)
    )
    if everybody:
        ctx.require(colleagues.KEEP)
    else:
        query = query.where(_TABLE.c.user_id == colleagues.whose(ctx, user_id))
    with ctx.transaction() as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(_shown(row) for row in rows)


def declared_by(ctx: Context, connection: Connection, kind: str, facts: Mapping[str, Any]) -> tuple[int, ...]:
    """Staff who declared such a relation (`relatives`, `related_parties`) to anybody whom the facts name."""
    vault, company = ctx.database.vault, ctx.company.id
    hashes = {vault.search_hash(company, "customer.id_number", number) for number in identity_numbers(facts)}
    if not hashes:
        return ()
    query = select(_TABLE.c.user_id).where(
        _TABLE.c.id_number_hash.in_(hashes), _TABLE.c.kind == _EXCLUDED[kind], _TABLE.c.ended_at.is_(None)
    )
    return tuple(sorted(set(connection.execute(query).scalars())))


def identity_numbers(facts: Any) -> Iterator[str]:
    """Every identity number in the facts: the customer's, guarantors', owners' of collateral."""
    if isinstance(facts, Mapping):
        for name, value in facts.items():
            if isinstance(value, str) and str(name).endswith("id_number") and value:
                yield value
            else:
                yield from identity_numbers(value)
    elif isinstance(facts, list | tuple):
        for one in facts:
            yield from identity_numbers(one)


def _check_member(ctx: Context, connection: Connection, user_id: int) -> None:
    table = tables.membership
    query = select(table.c.id).where(
        table.c.company_id == ctx.company.id, table.c.user_id == user_id, table.c.customer_id.is_(None)
    )
    if connection.execute(query).first() is None:
        raise NotFound(text("user", "用户"))


def _shown(row: Mapping[Any, Any]) -> Relation:
    names = ("id", "user_id", "kind", "relation", "name", "created_at", "version")
    return Relation(user=full_name(row), id_number=row["id_number_masked"], **{name: row[name] for name in names})


def _problems(kind: str, relation: str, name: str, number: str) -> Iterator[Problem]:
    if kind not in KINDS:
        yield Problem(
            code="relation.kind", field="kind", message=text("Choose the kind of relation.", "请选择关系类型。")
        )
    for field, value, words in (
        ("relation", relation, text("Say what the relation is.", "请填写具体关系。")),
        ("name", name, text("Give the name.", "请填写姓名或名称。")),
    ):
        if not value or len(value) > LONGEST:
            hint = text(f"{LONGEST} characters at most.", f"最多 {LONGEST} 字。")
            yield Problem(code=f"relation.{field}", field=field, message=words, hint=hint)
    if formats.id_card_fault(number) is not None and not formats.is_credit_code(number):
        yield Problem(
            code="relation.id_number",
            field="id_number",
            message=text("This is no identity number or credit code.", "身份证号或统一社会信用代码不正确。"),
            hint=text("Eighteen characters, with the right check character.", "共18位，请核对校验位。"),
        )


def _declared_already() -> Problem:
    return Problem(
        code="relation.declared",
        field="id_number",
        message=text("This relation is declared already.", "该关系已申报。"),
    )


def _own_bar() -> Problem:
    return Problem(
        code="relation.own",
        message=text("Nobody ends their own declaration.", "不能撤销本人的回避申报。"),
        hint=text("Ask another administrator.", "请由其他管理员办理。"),
    )
