"""Contracts: made once from a sanction, with the guarantee and mortgage contracts that go with it; signed by
another hand.

The package (the loan contract and what its product wants beside it: package.py) is numbered and its texts are filled
in one transaction. What the texts say never changes; a signed package is ready for disbursement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy import update as change

from loanloom.metadata.registry import Registry
from loanloom.problems import text
from loanloom.services import facts, numbers, scope
from loanloom.services.approval import granting, sanctions
from loanloom.services.context import Context
from loanloom.services.definitions import compiled, releases
from loanloom.services.flows import cases
from loanloom.services.money.lines import credit_lines
from loanloom.services.once import Once
from loanloom.services.origination import applications
from loanloom.services.papers import agreed_facts, contract_register, documents, signing_rules
from loanloom.services.papers import package as package_of
from loanloom.services.papers.package import Paper, Part
from loanloom.store import audit, bulk, tables

CONTRACT = text("contract", "合同")
TABLE = tables.contract
MAIN = signing_rules.MAIN


@dataclass(frozen=True, slots=True)
class Prepared:
    """A package that was made. `replayed`: this is the first answer given again."""

    contract_id: int
    number: str
    replayed: bool = False


def prepare(ctx: Context, sanction_id: int, *, idempotency_key: str | None = None) -> Prepared:
    """Make the contracts of a sanction; refused when it expired, a conflict when they exist."""
    ctx.require("contract.prepare")
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, "contract.prepare", sanction_id)
        if first.answer is not None:
            return Prepared(**{**first.answer, "replayed": True})
        with bulk.together(connection, bulk.ids(connection, {TABLE: 1, tables.document: 2})):
            sanction = sanctions.take_up(ctx, connection, sanction_id)
            made = _package(ctx, connection, sanction)
            first.keep({"contract_id": made.contract_id, "number": made.number})
        _hand_in(ctx, connection, sanction, made.contract_id)
        return made


def _hand_in(ctx: Context, connection: Connection, sanction: Row[Any], contract_id: int) -> None:
    """The package enters its approval where the product names a flow for contracts."""
    registry = releases.pinned(ctx, connection, sanction.release_id)
    flow = (registry.require("product", sanction.product_key).spec.get("flows") or {}).get("contract")
    if flow is not None:
        cases.start(ctx, connection, flow, ("contract", contract_id))


def sign(
    ctx: Context, contract_id: int, signed_on: date, *, version: int, idempotency_key: str | None = None,
    way: str = "paper", reference: str | None = None,
) -> None:  # fmt: skip
    """Note that the whole package was signed on a day, on paper or through a connector (its `reference`); never by who
    prepared it."""
    ctx.require("contract.sign")
    with ctx.transaction() as connection:
        row = read(ctx, connection, contract_id, lock=True)
        asked = {"signed_on": signed_on}
        first = Once(ctx, connection, idempotency_key, "contract.sign", contract_id, asked, locked=True)
        if first.answer is not None:
            return
        signing_rules.check(ctx, connection, row, signed_on, version)
        with bulk.together(connection):
            _mark_signed(ctx, connection, row, signed_on, way, reference)
            first.keep({"contract_id": contract_id})


def _mark_signed(
    ctx: Context,
    connection: Connection,
    row: Row[Any],
    signed_on: date,
    way: str = "paper",
    reference: str | None = None,
) -> None:
    whole = (TABLE.c.id == row.id) | (TABLE.c.main_contract_id == row.id)
    values = {"state": "signed", "signed_on": signed_on, "signed_by": ctx.actor.user_id}
    connection.execute(change(TABLE).where(whole).values(**values, version=TABLE.c.version + 1))
    contract_register.note(ctx, connection, [row.id], "signed", on=signed_on, what=way, words=reference)
    if row.kind == "line":
        terms = compiled.offer(releases.pinned(ctx, connection, row.release_id), row.product_key).line
        assert terms is not None
        credit_lines.open_for(ctx, connection, row, terms)
    audit.write(
        connection, ctx.actor, "contract.signed", ("contract", row.id),
        before={"state": row.state}, after={"state": "signed", "signed_on": signed_on},
        release_id=row.release_id, at=ctx.now,
    )  # fmt: skip


def prepare_many(ctx: Context, sanction_ids: Sequence[int], *, with_documents: bool = False) -> dict[int, int]:
    """Contracts for many sanctions in one transaction; contract ids by application. Those already made are left
    alone."""
    ctx.require("contract.prepare")
    made: dict[int, int] = {}
    with ctx.transaction() as connection:
        open_ones = select(tables.sanction.c.id).where(
            tables.sanction.c.id.in_(sanction_ids), tables.sanction.c.state == "in_force"
        )
        for sanction_id in connection.execute(open_ones.order_by(tables.sanction.c.id)).scalars().all():
            sanction = sanctions.take_up(ctx, connection, sanction_id)
            package_made = _package(ctx, connection, sanction, with_documents=with_documents)
            _hand_in(ctx, connection, sanction, package_made.contract_id)
            made[sanction.application_id] = package_made.contract_id
    return made


def sign_many(ctx: Context, contract_ids: Sequence[int], signed_on: date) -> int:
    """Note the signing of many packages; how many. Those not waiting for it are left alone."""
    ctx.require("contract.sign")
    signed = 0
    with ctx.transaction() as connection:
        waiting = (
            select(TABLE)
            .where(TABLE.c.id.in_(contract_ids), TABLE.c.state == "prepared", scope.visible(ctx, TABLE))
            .with_for_update()
        )
        for row in connection.execute(waiting.order_by(TABLE.c.id)).all():
            signing_rules.check(ctx, connection, row, signed_on, row.version)
            _mark_signed(ctx, connection, row, signed_on)
            signed += 1
    return signed


def read(ctx: Context, connection: Connection, contract_id: int, *, lock: bool = False) -> Row[Any]:
    """A contract's row, if the actor may see it."""
    ctx.require("contract.read", "portal.use")
    query = select(TABLE).where(TABLE.c.id == contract_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    scope.check_visible(ctx, row._mapping if row is not None else None, CONTRACT)
    assert row is not None
    return row


def package(connection: Connection, contract_id: int) -> list[Row[Any]]:
    """The contracts that go with a loan contract, itself first."""
    asked = select(TABLE).where((TABLE.c.id == contract_id) | (TABLE.c.main_contract_id == contract_id))
    return list(connection.execute(asked.order_by(TABLE.c.id)))


def of_application(connection: Connection, application_id: int) -> Row[Any] | None:
    """The loan contract of an application, if there is one."""
    asked = select(TABLE).where(TABLE.c.application_id == application_id, TABLE.c.kind.in_(MAIN))
    return connection.execute(asked.order_by(TABLE.c.kind, TABLE.c.id.desc()).limit(1)).one_or_none()


def facts_of(ctx: Context, connection: Connection, contract_id: int) -> dict[str, Any]:
    """Everything a document about this contract may say."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == contract_id)).one()
    sanction = sanctions.find(connection, row.sanction_id)
    registry = releases.pinned(ctx, connection, row.release_id)
    known = sanction_facts(ctx, connection, registry, sanction)
    return known | {"contract": _contract_facts(row.number, row.amount, row.prepared_on, row.signed_on)}


def _package(ctx: Context, connection: Connection, sanction: Row[Any], *, with_documents: bool = True) -> Prepared:
    registry = releases.pinned(ctx, connection, sanction.release_id)
    spec = registry.require("product", sanction.product_key).spec
    agreed_facts.check_price(ctx, registry, sanction)
    known = sanction_facts(ctx, connection, registry, sanction)
    number = numbers.issue(ctx, connection, (spec.get("numbering") or {}).get("contract"), unit=sanction.unit)
    kind = "loan" if compiled.offer(registry, sanction.product_key).line is None else "line"
    row = _row(ctx, sanction, kind, number, known["customer"]["name"], sanction.amount)
    contract_id = _insert(connection, row)
    known["contract"] = _contract_facts(number, sanction.amount, ctx.business_date, None)
    if with_documents:
        _document(ctx, connection, registry, spec, "contract", contract_id, known, number)
        _document(ctx, connection, registry, spec, "disclosure", contract_id, known, f"{number}-D")
    for part in package_of.parts(registry, _papers(registry, sanction), known):
        _part(ctx, connection, registry, sanction, contract_id, part)
    audit.write(
        connection, ctx.actor, "contract.prepared", ("contract", contract_id),
        after={"number": number, "sanction": sanction.number, "amount": sanction.amount},
        release_id=sanction.release_id, at=ctx.now,
    )  # fmt: skip
    return Prepared(contract_id, number)


def write_papers(ctx: Context, contract_id: int) -> None:
    """Fill the papers of a package that came in without them (an import); harmless to repeat."""
    ctx.require("contract.prepare")
    with ctx.transaction() as connection:
        row = read(ctx, connection, contract_id, lock=True)
        main_id = row.main_contract_id or row.id
        registry = releases.pinned(ctx, connection, row.release_id)
        spec = registry.require("product", row.product_key).spec
        known = facts_of(ctx, connection, main_id)
        rows = package(connection, main_id)
        missing = [one for one in rows if not documents.listing(connection, ("contract", one.id))]
        for one in missing:
            if one.kind in MAIN:
                _document(ctx, connection, registry, spec, "contract", one.id, known, one.number)
                _document(ctx, connection, registry, spec, "disclosure", one.id, known, f"{one.number}-D")
        for part in package_of.parts(registry, _papers(registry, sanctions.find(connection, row.sanction_id)), known):
            alike = [one for one in rows if one.kind == part.paper.kind]
            mine = [one for one in alike if _is(one, part)] or alike[part.place : part.place + 1]
            if mine and mine[0] in missing:
                documents.make(
                    ctx, connection, registry, part.paper.template, ("contract", mine[0].id), part.facts,
                    number=mine[0].number,
                )  # fmt: skip


def _is(row: Row[Any], part: Part) -> bool:
    made = (row.extra or {}).get("paper") or {}
    return bool(made) and (made["template"], int(made["place"])) == (part.paper.template, part.place)


def _papers(registry: Registry, sanction: Row[Any]) -> Sequence[Paper]:
    return package_of.papers(registry, sanction.product_key, sanction.guarantee_mode)


def _part(
    ctx: Context, connection: Connection, registry: Registry, sanction: Row[Any], main_id: int, part: Part
) -> None:
    """One contract beside the loan contract, with its own number and text."""
    number = numbers.issue(ctx, connection, part.paper.numbering, unit=sanction.unit)
    row = _row(ctx, sanction, part.paper.kind, number, part.party, part.amount)
    extra: dict[str, Any] = {"paper": {"template": part.paper.template, "place": part.place}}
    if part.about.get("id_number"):
        digest = ctx.database.vault.search_hash(ctx.company.id, "customer.id_number", str(part.about["id_number"]))
        extra["party_id_hash"] = digest.hex()
    contract_id = _insert(connection, row | {"main_contract_id": main_id, "extra": extra})
    subject = ("contract", contract_id)
    documents.make(ctx, connection, registry, part.paper.template, subject, part.facts, number=number)


def _document(
    ctx: Context,
    connection: Connection,
    registry: Registry,
    spec: Mapping[str, Any],
    what: str,
    contract_id: int,
    known: Mapping[str, Any],
    number: str,
) -> None:
    key = (spec.get("templates") or {}).get(what)
    if key:
        documents.make(ctx, connection, registry, key, ("contract", contract_id), known, number=number)


def _row(ctx: Context, sanction: Row[Any], kind: str, number: str, party: str, amount: Decimal) -> dict[str, Any]:
    return {
        "number": number,
        "kind": kind,
        "sanction_id": sanction.id,
        "application_id": sanction.application_id,
        "customer_id": sanction.customer_id,
        "release_id": sanction.release_id,
        "product_key": sanction.product_key,
        "amount": amount,
        "currency": sanction.currency,
        "annual_rate": sanction.annual_rate,
        "term_months": sanction.term_months,
        "method": sanction.method,
        "terms": (sanction.extra or {}).get("terms") or {},
        "party_name": party,
        "state": "prepared",
        "prepared_on": ctx.business_date,
        "unit": sanction.unit,
        "created_by": ctx.actor.user_id,
    }


def _insert(connection: Connection, row: Mapping[str, Any]) -> int:
    return int(bulk.insert(connection, TABLE, [row], returning=["id"])[0]["id"])


def sanction_facts(ctx: Context, connection: Connection, registry: Registry, sanction: Row[Any]) -> dict[str, Any]:
    """Everything a paper about a sanction may say before there is a contract."""
    known = granting.with_terms(applications.facts_of(ctx, connection, sanction.application_id), _granted(sanction))
    known["company"] = facts.of_company(ctx, registry, facts.company_settings(connection, ctx.company.id))
    known["sanction"] = {
        "number": sanction.number,
        "amount": sanction.amount,
        "term_months": Decimal(sanction.term_months),
        "annual_rate": sanction.annual_rate,
        "method": sanction.method,
        "sanctioned_on": sanction.sanctioned_on,
        "expires_on": sanction.expires_on,
    }
    known["product"] = {**known["product"], "rate": sanction.annual_rate}
    return known | agreed_facts.of(ctx, registry, sanction)


def _granted(sanction: Row[Any]) -> dict[str, Any]:
    """The terms that were granted otherwise than asked: papers say what was granted."""
    changed = (sanction.extra or {}).get("changed") or {}
    return {name: said["granted"] for name, said in changed.items() if name.startswith("application.")}


def _contract_facts(number: str, amount: Decimal, prepared_on: date | None, signed_on: date | None) -> dict[str, Any]:
    return {"number": number, "amount": amount, "prepared_on": prepared_on, "signed_on": signed_on}
