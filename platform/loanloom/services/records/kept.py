"""One record: read by whoever may, taken on, changed, archived and taken up again, each with its line in the audit.

The form decides what may be written. Values that are unique are so among the records in use; an archived one gives
its values free and must fit in again when it is taken up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from loanloom.engines import forms
from loanloom.metadata.field_types import empty
from loanloom.metadata.registers import Register, register_of
from loanloom.problems import Problem, Text, text
from loanloom.services import facts, numbers, scope, stored
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.once import Once
from loanloom.services.records import form_files, indexing, references
from loanloom.store import audit, names, saving, tables

TABLE = tables.record
ACTIVE, ARCHIVED = "active", "archived"
OWNERS = {"customer": (tables.customer, text("customer", "客户")), "party": (tables.party, text("partner", "合作方"))}
UNKNOWN = text("list of records", "档案")


def register(ctx: Context, entity: str, what: str = "read") -> Register:
    """The register of an entity whose records the actor may `read` or `write`."""
    found = register_of(ctx.registry, entity)
    if found is None or ctx.actor.customer_id is not None:
        raise NotFound(UNKNOWN)
    ctx.require(found.right(what))
    return found


def form_of(ctx: Context, entity: str) -> forms.Form:
    """The company's form about these records; else a plain one over all their fields."""
    return compiled.record_form(ctx.registry, entity)


def create(
    ctx: Context,
    entity: str,
    raw: Mapping[str, Any],
    *,
    owner: int | None = None,
    idempotency_key: str | None = None,
    although_similar: bool = False,
) -> int:
    """Take on a record from a filled form; its id. `owner` is the customer or partner it belongs to."""
    kept = register(ctx, entity, "write")
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, "record.create", entity)
        if first.answer is not None:
            return int(first.answer["record_id"])
        values = evaluated(ctx, connection, kept, raw, owner=owner)
        made = add(ctx, connection, kept, values, owner=owner, although_similar=although_similar)
        first.keep({"record_id": made})
        return made


def add(
    ctx: Context,
    connection: Connection,
    kept: Register,
    values: Mapping[str, Any],
    *,
    owner: int | None = None,
    although_similar: bool = False,
) -> int:
    """Write a record whose facts are already clean; its id."""
    indexing.refuse_same(ctx, connection, kept, values, although_similar=although_similar)
    number = numbers.issue_or_plain(ctx, connection, kept.numbering or f"record:{kept.key}", kept.prefix, 1)[0]
    row = {
        "entity": kept.key,
        "number": number,
        "unit": ctx.actor.unit,
        "manager_user_id": ctx.actor.user_id,
        "created_by": ctx.actor.user_id,
        **({f"{kept.about}_id": owner} if kept.about else {}),
        **_columns(ctx, kept, values),
    }
    made = int(connection.execute(insert(TABLE).values(row).returning(TABLE.c.id)).scalar_one())
    form_files.take(ctx, connection, form_of(ctx, kept.key), ("record", made), {kept.key: values})
    _index(ctx, connection, kept, made, values, ACTIVE)
    audit.write(connection, ctx.actor, "record.created", ("record", made), after=_shown(row), at=ctx.now)
    return made


def change(ctx: Context, entity: str, record_id: int, raw: Mapping[str, Any], *, version: int) -> None:
    """Change a record from a filled form; refused when somebody else changed it meanwhile."""
    kept = register(ctx, entity, "write")
    with ctx.transaction() as connection:
        row = read(ctx, connection, entity, record_id, lock=True)
        if row.version != version:
            raise Conflict()
        rewrite(ctx, connection, kept, row, raw)


def rewrite(ctx: Context, connection: Connection, kept: Register, row: Row[Any], raw: Mapping[str, Any]) -> None:
    """Write a filled form over a record that is locked."""
    if row.state == ARCHIVED:
        raise Refused(_archived())
    before = values_of(ctx, kept, row)
    values = {**before, **evaluated(ctx, connection, kept, raw, row=row)}
    indexing.refuse_same(ctx, connection, kept, values, own=row.id, although_similar=True)
    form = form_of(ctx, kept.key)
    form_files.take(ctx, connection, form, ("record", row.id), {kept.key: values}, {kept.key: before})
    _index(ctx, connection, kept, row.id, values, ACTIVE)
    _save(ctx, connection, row, _columns(ctx, kept, values, row.data), "record.changed")


def archive(ctx: Context, entity: str, record_id: int, *, version: int) -> None:
    """Take a record out of use; it stays to be read."""
    _move(ctx, entity, record_id, version, ARCHIVED, "record.archived")


def restore(ctx: Context, entity: str, record_id: int, *, version: int) -> None:
    """Take an archived record up again."""
    _move(ctx, entity, record_id, version, ACTIVE, "record.restored")


def hand_over(ctx: Context, connection: Connection, kept: Register, row: Row[Any], customer_id: int) -> None:
    """A locked record became a customer: out of use, its values free for others, pointing at the customer."""
    _index(ctx, connection, kept, row.id, values_of(ctx, kept, row), ARCHIVED)
    _save(ctx, connection, row, {"state": ARCHIVED, "customer_id": customer_id}, "record.became_customer")


def _move(ctx: Context, entity: str, record_id: int, version: int, state: str, action: str) -> None:
    kept = register(ctx, entity, "write")
    with ctx.transaction() as connection:
        row = read(ctx, connection, entity, record_id, lock=True)
        if row.version != version or row.state == state:
            raise Conflict()
        values = values_of(ctx, kept, row)
        if state == ACTIVE:
            indexing.refuse_same(ctx, connection, kept, values, own=row.id, although_similar=True)
        _index(ctx, connection, kept, row.id, values, state)
        _save(ctx, connection, row, {"state": state}, action)


# -- reading ------------------------------------------------------------------------------------------------------


def read(ctx: Context, connection: Connection, entity: str, record_id: int, *, lock: bool = False) -> Row[Any]:
    """A record's row, if the actor may see it."""
    kept = register(ctx, entity)
    query = select(TABLE).where(TABLE.c.id == record_id, TABLE.c.entity == entity)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(kept.label)
    if kept.about is not None:
        owner_of(ctx, connection, kept, getattr(row, f"{kept.about}_id"))
    elif not kept.shared:
        scope.check_visible(ctx, row._mapping, kept.label)
    return row


def check_visible(ctx: Context, connection: Connection, record_id: int) -> None:
    """Raise unless the actor may see this record, of whatever entity."""
    entity = connection.execute(select(TABLE.c.entity).where(TABLE.c.id == record_id)).scalar_one_or_none()
    if entity is None:
        raise NotFound(UNKNOWN)
    read(ctx, connection, str(entity), record_id)


def owner_of(ctx: Context, connection: Connection, kept: Register, owner: int | None) -> Row[Any] | None:
    """Whom a record belongs to, whom the actor must see to see it; None where it belongs to nobody."""
    if kept.about is None:
        return None
    table, words = OWNERS[kept.about]
    row = connection.execute(select(table).where(table.c.id == owner)).one_or_none() if owner else None
    scope.check_visible(ctx, row._mapping if row is not None else None, words, is_customer=kept.about == "customer")
    assert row is not None
    return row


def values_of(ctx: Context, kept: Register, row: Row[Any]) -> dict[str, Any]:
    """The facts of a record."""
    return stored.from_json(ctx.database.vault, ctx.company.id, kept.key, kept.fields, row.data)


def whose(
    ctx: Context, connection: Connection, kept: Register, row: Row[Any] | None, owner: int | None = None
) -> Row[Any] | None:
    """Whom a record belongs to; of one that is about to be entered, its `owner`."""
    told = getattr(row, f"{kept.about}_id") if row is not None and kept.about else owner
    return owner_of(ctx, connection, kept, told)


def known(ctx: Context, kept: Register, row: Row[Any] | None, owner: Row[Any] | None) -> dict[str, Any]:
    """What the rules of a record's form see: its values, whose it is, the company."""
    found: dict[str, Any] = {
        kept.key: {one.key: empty(one.shape) for one in kept.fields} if row is None else values_of(ctx, kept, row),
        "company": facts.of_company(ctx, ctx.registry),
        "as_of": ctx.business_date,
    }
    if kept.about == "customer" and owner is not None:
        found["customer"] = facts.of_customer(ctx, owner, ctx.registry)
    return found


def evaluated(
    ctx: Context,
    connection: Connection,
    kept: Register,
    raw: Mapping[str, Any],
    *,
    row: Row[Any] | None = None,
    owner: int | None = None,
) -> Mapping[str, Any]:
    """The clean values of a filled form; refused with everything that is wrong."""
    before = known(ctx, kept, row, whose(ctx, connection, kept, row, owner))
    done = references.judged(ctx, connection, form_of(ctx, kept.key), raw, before, ctx.actor.roles)
    values: Mapping[str, Any] = done.values.get(kept.key, {})
    return values


# -- writing ------------------------------------------------------------------------------------------------------


def _columns(
    ctx: Context, kept: Register, values: Mapping[str, Any], was: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    name = str(values.get(kept.name) or "")
    data = stored.to_json(ctx.database.vault, ctx.company.id, kept.key, kept.fields, values, was)
    return {"name": name, **names.name_columns(name), "data": data}


def _save(ctx: Context, connection: Connection, row: Row[Any], new: Mapping[str, Any], action: str) -> None:
    if not saving.update_if_unchanged(connection, TABLE, row.id, row.version, {**new, "updated_at": ctx.now}):
        raise Conflict()
    before, after = audit.changes(_shown({name: getattr(row, name) for name in new}), _shown(new))
    audit.write(connection, ctx.actor, action, ("record", row.id), before=before, after=after, at=ctx.now)


def _index(
    ctx: Context, connection: Connection, kept: Register, record_id: int, values: Mapping[str, Any], state: str
) -> None:
    try:
        indexing.write(ctx, connection, kept, record_id, values, in_use=state == ACTIVE)
    except IntegrityError as error:  # somebody took the same value at the same moment
        raise Refused(indexing.taken(kept.label)) from error


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit keeps of a row: the facts with closed ones closed, no search columns."""
    hidden = ("data", "name_pinyin", "name_grams", "name")
    plain = {name: value for name, value in row.items() if name not in hidden}
    return plain | ({"extra": row["data"]} if "data" in row else {})


def _archived() -> Problem:
    return Problem(
        code="record.archived",
        message=text("This record is archived.", "该档案已归档。"),
        hint=text("Take it up again first.", "请先恢复。"),
    )


def titles(kept: Register) -> Mapping[str, Text]:
    """What the fields of a record are called, for its history."""
    return {one.key: one.title for one in kept.fields} | {
        "number": text("Number", "编号"), "state": text("State", "状态"), "unit": text("Unit", "所属机构"),
        "manager_user_id": text("Looked after by", "管理人"), "created_by": text("Entered by", "录入人"),
        "entity": text("Kind of record", "档案类别"), "customer_id": text("Customer", "客户"),
        **({f"{kept.about}_id": text("Belongs to", "归属")} if kept.about else {}),
    }  # fmt: skip
