"""Who must sign a change of definitions: the company's rules in effect (kind change_policy), and who has signed.

Each role that must sign is signed for by somebody who holds it; nobody signs for two of them, and no maker signs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.metadata.diff import Change
from loanloom.metadata.document import Document
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, say, text
from loanloom.services.access.names import names
from loanloom.services.access.rights import roles_with
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden
from loanloom.store import audit
from loanloom.store.tables import membership
from loanloom.store.tables import release_signature as signature

REVIEW = "release.approve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the change form: the role that must sign, and who has signed for it."""

    role: Text
    by: str | None = None
    at: datetime | None = None
    opinion: str | None = None


def asked(live: Registry, changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The roles that must sign these changes, with the rules that say so; none where no rule fits."""
    changed = {(change.kind, change.key) for change in changes}
    wanted: dict[str, list[Text]] = {}
    for document in live.all("change_policy"):
        for rule in document.spec["rules"]:
            if any(_fits(rule, kind, key) for kind, key in changed):
                for role in rule["signers"]:
                    wanted.setdefault(role, []).append(dict(rule["title"]))
    return [
        {"role": role, "title": dict(live.require("role", role).title), "rules": rules}
        for role, rules in sorted(wanted.items())
    ]


def _fits(rule: Mapping[str, Any], kind: str, key: str) -> bool:
    return kind in rule["kinds"] and ("keys" not in rule or key in rule["keys"])


def sign(ctx: Context, connection: Connection, row: Row[Any], opinion: str | None) -> bool:
    """The actor signs the plan of a change; whether everybody who must has signed now."""
    wanted = _wanted(row)
    if not wanted:
        return True
    assert ctx.actor.user_id is not None, "a person signs"
    signed = _signed(connection, row)
    if any(one.signed_by == ctx.actor.user_id for one in signed):
        raise Conflict(Problem(code="release.signed_already", message=text("You have signed it.", "您已签批。")))
    mine = [role for role in wanted if role in ctx.actor.roles]
    held = [tuple(one.roles) for one in signed]
    if len(matched(wanted, [*held, mine])) <= len(matched(wanted, held)):
        raise Forbidden(_not_yours(row, wanted, matched(wanted, held)))
    _write(ctx, connection, row, ctx.actor.user_id, mine, opinion)
    return len(matched(wanted, [*held, mine])) == len(wanted)


def signed_in_flow(ctx: Context, connection: Connection, row: Row[Any], people: Iterable[int]) -> bool:
    """Those who said yes to a change in its flow have signed it, as far as they must; whether that is everybody."""
    wanted = _wanted(row)
    if not wanted:
        return True
    known = {one.signed_by for one in _signed(connection, row)}
    chosen = [user for user in dict.fromkeys(people) if user not in known]
    here = membership.c.user_id.in_(chosen), membership.c.company_id == ctx.company.id
    query = select(*membership.c["user_id", "roles"]).where(*here)
    roles = {one.user_id: one.roles for one in connection.execute(query)}
    for user in chosen:
        mine = [role for role in wanted if role in roles.get(user, ())]
        if mine:
            _write(ctx, connection, row, user, mine, None)
    return len(matched(wanted, [tuple(one.roles) for one in _signed(connection, row)])) == len(wanted)


def lines(ctx: Context, plan: Mapping[str, Any], release_id: int, plan_digest: str) -> tuple[Line, ...]:
    """The lines of the change form; none where nobody in particular must sign."""
    wanted = plan.get("signatures") or []
    if not wanted:
        return ()
    with ctx.transaction() as connection:
        mine = signature.c.release_id == release_id, signature.c.plan_digest == plan_digest
        signed = connection.execute(select(signature).where(*mine).order_by(signature.c.id)).all()
        people = names(connection, {one.signed_by for one in signed})
    by_role = matched([one["role"] for one in wanted], [tuple(one.roles) for one in signed])
    found = []
    for one in wanted:
        place = by_role.get(one["role"])
        row = signed[place] if place is not None else None
        who = {} if row is None else {"by": people.get(row.signed_by), "at": row.signed_at, "opinion": row.opinion}
        found.append(Line(role=one["title"], **who))
    return tuple(found)


def matched(wanted: Sequence[str], held: Sequence[Sequence[str]]) -> dict[str, int]:
    """As many of the roles as the signers can cover, each by one of them: role -> place of the signer."""
    found: dict[str, int] = {}

    def place(signer: int, seen: set[str]) -> bool:
        for role in held[signer]:
            if role not in wanted or role in seen:
                continue
            seen.add(role)
            if role not in found or place(found[role], seen):
                found[role] = signer
                return True
        return False

    for signer in range(len(held)):
        place(signer, set())
    return found


def check(registry: Registry) -> list[Problem]:
    """Kinds that do not exist, and roles that may not review changes, in the policies of a registry."""
    return [problem for document in registry.all("change_policy") for problem in _check(document, registry)]


def _check(document: Document, registry: Registry) -> Iterator[Problem]:
    may = roles_with(registry, REVIEW)
    for place, rule in enumerate(document.spec["rules"]):
        for number, kind in enumerate(rule["kinds"]):
            if kind not in registry.kinds:
                message = text(f'There is no kind "{kind}".', f"没有配置类别“{kind}”。")
                pointer = f"/rules/{place}/kinds/{number}"
                known = [one.key for one in registry.kinds]
                yield document.problem("change_policy.unknown_kind", message, pointer, hint=nearest_hint(kind, known))
        for number, role in enumerate(rule["signers"]):
            named = registry.get("role", role)
            if named is not None and role not in may:
                message = text(
                    f"“{say(named.title, 'en')}” may not review changes, so nobody could sign.",
                    f"“{say(named.title, 'zh')}”没有审批发布的权限，无人可签批。",
                )
                yield document.problem("change_policy.may_not_review", message, f"/rules/{place}/signers/{number}")


# -- inside -----------------------------------------------------------------------------------------------------------


def _wanted(row: Row[Any]) -> list[str]:
    return [one["role"] for one in row.plan.get("signatures") or ()]


def _signed(connection: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    mine = signature.c.release_id == row.id, signature.c.plan_digest == row.plan_digest
    return connection.execute(select(signature).where(*mine).order_by(signature.c.id)).all()


def _write(
    ctx: Context, connection: Connection, row: Row[Any], user: int, roles: Sequence[str], opinion: str | None
) -> None:
    said = (opinion or "").strip() or None
    values = {
        "release_id": row.id, "plan_digest": row.plan_digest, "roles": list(roles), "signed_by": user, "opinion": said,
        "signed_at": ctx.now,
    }  # fmt: skip
    connection.execute(signature.insert().values(values))
    told = {"plan_digest": row.plan_digest, "roles": list(roles), "signed_by": user}
    audit.write(
        connection, ctx.actor, "release.signed", ("release", row.id), release_id=row.id, after=told, reason=said,
        at=ctx.now,
    )  # fmt: skip


def _not_yours(row: Row[Any], wanted: Sequence[str], signed: Mapping[str, int]) -> Problem:
    titles = {one["role"]: one["title"] for one in row.plan["signatures"]}
    missing = [titles[role] for role in wanted if role not in signed]
    english = ", ".join(say(one, "en") for one in missing)
    chinese = "、".join(say(one, "zh") for one in missing)
    return Problem(
        code="release.not_a_signer",
        message=text(f"This change still has to be signed by: {english}.", f"本变更尚须由以下角色签批：{chinese}。"),
        hint=text("Somebody who holds that role has to look at it.", "请由具备相应角色的人员处理。"),
    )
