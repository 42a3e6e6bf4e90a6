"""What customers agree to: which agreements the company asks for, who has accepted which version, what is still open.

A version is its words: whoever accepted them is not asked again until the words change. The customer accepts on the
borrowers' pages; staff note what was signed on paper. An acceptance is never changed, and leads to the words as they
were published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.postgresql import insert

from loanloom.core.dates import written_day
from loanloom.metadata import canonical
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.access import names
from loanloom.services.context import Context
from loanloom.services.definitions.releases import stored
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.parties import customers
from loanloom.store import audit, tables

KIND = "agreement"
AGREEMENT = text("agreement", "协议")
ASKED = ("portal", "application")
"""What `asked` of an agreement may say; without it the agreement is only there to be read."""
LONGEST_NOTE = 200
SHOWN = 12
"""As many letters of a version's digest tell it from others for people."""
TITLES: Mapping[str, Text] = {
    "agreement": AGREEMENT,
    "effective_from": text("In force from", "生效日期"),
    "words": text("Mark of the words", "正文校验码"),
}
"""What the audit of an acceptance is called, for the history of a customer."""
_TABLE = tables.agreement_acceptance


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One agreement in force and how a customer stands to it. `former`: the version accepted before this one."""

    document: Document
    version: str
    accepted: Row[Any] | None
    former: Row[Any] | None

    @property
    def needed(self) -> bool:
        """Whether no application is handed in without it."""
        return bool(self.document.spec["asked"] == "application")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Every agreement that is asked for, and everything that was accepted, the newest first."""

    standings: Sequence[Standing]
    accepted: Sequence[Row[Any]]

    @property
    def open(self) -> Sequence[Standing]:
        """What is still to be accepted."""
        return [one for one in self.standings if one.accepted is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One acceptance with the words as they were, and who accepted or noted it."""

    row: Row[Any]
    document: Document | None
    by: str | None


def version_of(document: Document) -> str:
    """What tells versions apart: a digest of the words, in every language."""
    return canonical.digest(document.spec["text"])


def asked(registry: Registry, on: date, how: Sequence[str] = ASKED) -> list[Document]:
    """The agreements in force that customers are asked for."""
    return [one for one in registry.all(KIND) if one.spec.get("asked") in how and _in_force(one, on)]


def _in_force(document: Document, on: date) -> bool:
    since = _since(document)
    return since is None or since <= on


def _since(document: Document) -> date | None:
    return written_day(document.effective_from) if document.effective_from else None


def waiting(ctx: Context) -> int:
    """How many agreements the customer who is signed in has yet to accept. Asks nothing where none is asked for."""
    if ctx.actor.customer_id is None or not asked(ctx.registry, ctx.business_date):
        return 0
    with ctx.transaction() as connection:
        return len(of_customer(ctx, connection, ctx.actor.customer_id).open)


def mine(ctx: Context) -> Overview:
    """How I stand to what the company asks for."""
    me = ctx.require_customer()
    with ctx.transaction() as connection:
        return of_customer(ctx, connection, me)


def of_customer(ctx: Context, connection: Connection, customer_id: int) -> Overview:
    """How a customer stands; the caller has checked sight."""
    wanted = asked(ctx.registry, ctx.business_date)
    query = select(_TABLE).where(_TABLE.c.customer_id == customer_id).order_by(_TABLE.c.id.desc())
    rows = connection.execute(query).all()
    return Overview(standings=[_standing(one, rows) for one in wanted], accepted=rows)


def count(ctx: Context, document: Document) -> int:
    """How many customers have accepted an agreement in these words."""
    same = _TABLE.c.agreement_key == document.key, _TABLE.c.text_digest == version_of(document)
    with ctx.transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(_TABLE).where(*same)).scalar_one())


def accept(ctx: Context, given: Iterable[tuple[str, str]]) -> int:
    """Accept, as the customer, the versions that were read: (key, version) of each. How many are new."""
    me = ctx.require_customer()
    with ctx.transaction() as connection:
        return _accept(ctx, connection, me, given, way="portal", note=None)


def note_paper(ctx: Context, customer_id: int, given: Iterable[tuple[str, str]], note: str) -> int:
    """Note that the customer has signed these versions on paper: `note` says where the paper is. How many are new."""
    ctx.require("customer.write")
    plain = " ".join(note.split())
    if not plain or len(plain) > LONGEST_NOTE:
        raise Refused(_no_note())
    with ctx.transaction() as connection:
        customers.read(ctx, connection, customer_id)
        return _accept(ctx, connection, customer_id, given, way="office", note=plain)


def read(ctx: Context, acceptance_id: int, *, customer_id: int | None = None) -> Accepted:
    """One acceptance with the words that were accepted: one's own, or of a customer the actor may see."""
    of = ctx.require_customer() if customer_id is None else customer_id
    with ctx.transaction() as connection:
        if customer_id is not None:
            customers.read(ctx, connection, customer_id)
        found = select(_TABLE).where(_TABLE.c.id == acceptance_id, _TABLE.c.customer_id == of)
        row = connection.execute(found).one_or_none()
        if row is None:
            raise NotFound(AGREEMENT)
        document = stored.by_digest(connection, KIND, row.agreement_key, row.definition_digest)
        by = names.names(connection, [row.accepted_by]).get(row.accepted_by)
        return Accepted(row=row, document=document, by=by)


def missing(ctx: Context, connection: Connection, customer_id: int) -> list[Problem]:
    """A problem for each agreement without which this customer's application is not handed in."""
    if not asked(ctx.registry, ctx.business_date, ("application",)):
        return []
    return [_missing(one.document) for one in of_customer(ctx, connection, customer_id).open if one.needed]


def missing_of(ctx: Context, customer_id: int) -> list[Problem]:
    """The same, for the page of an application of this customer; whoever sees that page may know it."""
    if not asked(ctx.registry, ctx.business_date, ("application",)):
        return []
    with ctx.transaction() as connection:
        return missing(ctx, connection, customer_id)


def _standing(document: Document, rows: Sequence[Row[Any]]) -> Standing:
    version = version_of(document)
    own = [row for row in rows if row.agreement_key == document.key]
    return Standing(
        document=document,
        version=version,
        accepted=next((row for row in own if row.text_digest == version), None),
        former=next((row for row in own if row.text_digest != version), None),
    )


def _accept(
    ctx: Context,
    connection: Connection,
    customer_id: int,
    given: Iterable[tuple[str, str]],
    *,
    way: str,
    note: str | None,
) -> int:
    in_force = {one.key: one for one in asked(ctx.registry, ctx.business_date)}
    chosen = dict(given)
    if not chosen:
        raise Refused(_nothing_chosen())
    for key, version in chosen.items():
        if key not in in_force or version_of(in_force[key]) != version:
            raise Conflict(_newer())
    return sum(_keep(ctx, connection, customer_id, in_force[key], way, note) for key in chosen)


def _keep(
    ctx: Context, connection: Connection, customer_id: int, document: Document, way: str, note: str | None
) -> int:
    version = version_of(document)
    values = {
        "customer_id": customer_id,
        "agreement_key": document.key,
        "text_digest": version,
        "definition_digest": document.digest,
        "title": dict(document.title),
        "effective_from": _since(document),
        "way": way,
        "accepted_by": ctx.actor.user_id or 0,
        "ip": ctx.actor.ip,
        "note": note,
        "accepted_at": ctx.now,
    }
    new = insert(_TABLE).values(values).on_conflict_do_nothing(constraint="uq_agreement_acceptance")
    made = connection.execute(new.returning(_TABLE.c.id)).scalar_one_or_none()
    if made is None:
        return 0
    named = " / ".join(dict.fromkeys(document.title[tag] for tag in sorted(document.title, reverse=True)))
    told = {"agreement": named, "effective_from": document.effective_from, "words": version[:SHOWN]}
    action = "agreement.accepted" if way == "portal" else "agreement.noted"
    audit.write(connection, ctx.actor, action, ("customer", customer_id), after=told, reason=note, at=ctx.now)
    return 1


def _missing(document: Document) -> Problem:
    en, zh = (document.title.get(tag) or document.key for tag in ("en", "zh"))
    return Problem(
        code="application.agreement_missing",
        message=text(f"The customer has not accepted “{en}” yet.", f"客户尚未同意《{zh}》。"),
        hint=text(
            "The customer accepts it on the borrowers' pages; or note the signed paper on the customer's page, "
            "under Agreements.",
            "请客户在客户门户中同意，或在客户页面的“协议与政策”中登记已签署的纸质协议。",
        ),
    )


def _nothing_chosen() -> Problem:
    return Problem(
        code="agreement.nothing_chosen",
        message=text("Tick what is accepted.", "请勾选同意的协议。"),
        field="accept",
    )


def _newer() -> Problem:
    return Problem(
        code="agreement.newer",
        message=text("This agreement has been replaced by a newer version meanwhile.", "该协议已更新为新版本。"),
        hint=text("Read the version below, which is in force now.", "请阅读下方的现行版本。"),
    )


def _no_note() -> Problem:
    return Problem(
        code="agreement.no_note",
        message=text(
            f"Say where the signed paper is, in at most {LONGEST_NOTE} characters.",
            f"请写明纸质协议的存放位置，不超过{LONGEST_NOTE}个字。",
        ),
        field="note",
    )
