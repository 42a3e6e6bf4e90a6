"""What may be wrong with a delegation: its days, whoever stands in, and their authority beside that of the absent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from loanloom.engines import flows
from loanloom.engines.flows import resolving
from loanloom.engines.flows.resolving import Member, Staff
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, text
from loanloom.services.access.rights import rights_of
from loanloom.services.context import Context

LONGEST = timedelta(days=366)
DECIDING = ("application.decide", "loan.approve_change")
"""The rights without which nobody can decide what waits for another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A delegation as asked for, or as it stands."""

    from_user: int
    to_user: int | None
    starts_on: date
    ends_on: date
    flows: tuple[str, ...] = ()
    reason: str = ""

    def meets(self, other: Wanted) -> bool:
        """Whether both count on some day."""
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on

    def shares(self, other: Wanted) -> bool:
        """Whether both are about some flow."""
        return not self.flows or not other.flows or bool(set(self.flows) & set(other.flows))


def problems(ctx: Context, wanted: Wanted, staff: Staff, others: Iterable[Wanted]) -> list[Problem]:
    """Everything wrong with it; empty when it may be given."""
    others = list(others)
    found = [*_days(ctx, wanted), *_flows(ctx.registry, wanted), *_twice(wanted, others)]
    if len(wanted.reason) > 200:
        found.append(_problem("reason", "reason", "The reason is too long (200 at most).", "原因过长（最多200字）。"))
    absent = staff.members.get(wanted.from_user)
    if absent is None or not absent.active:
        return [*found, _problem("nobody", "from_user", "This person does not work here.", "该人员不在职。")]
    if wanted.to_user is None:
        return found
    stands_in = staff.members.get(wanted.to_user)
    if stands_in is None or not stands_in.active:
        return [*found, _problem("nobody", "to_user", "Choose somebody who works here.", "请选择在职人员。")]
    if stands_in.id == absent.id:
        return [*found, _problem("self", "to_user", "Choose somebody else.", "不能委托本人。")]
    found += [*_away_too(wanted, others), *_rights(ctx.registry, absent, stands_in)]
    if wanted.starts_on <= wanted.ends_on:
        found += lesser(ctx.registry, staff, wanted, max(wanted.starts_on, ctx.business_date))
    return found


def lesser(registry: Registry, staff: Staff, wanted: Wanted, since: date) -> Iterator[Problem]:
    """The authority tables under which whoever stands in may decide less than the absent, on some day of it."""
    if wanted.to_user is None:
        return
    absent, stands_in = staff.members[wanted.from_user], staff.members[wanted.to_user]
    asked = tables_asked(registry, wanted.flows)
    for key, table in resolving.authorities(registry).items():
        if key not in asked:
            continue
        days = resolving.changes(table, since, wanted.ends_on)
        case = resolving.shortfall(table, absent, stands_in, staff.organisation, days)
        if case is not None:
            title = registry.require("authority", key).title
            on = case.on.isoformat()
            yield _problem(
                "lesser_authority",
                "to_user",
                f"{stands_in.name} has less authority than {absent.name} ({title.get('en', key)}, on {on}).",
                f"{on} {stands_in.name}的审批权限低于{absent.name}（{title.get('zh', key)}）。",
                "Choose somebody with at least the same authority.",
                "请选择权限不低于委托人的人员。",
            )


@kept
def _tables_of_flows(registry: Registry) -> dict[str, frozenset[str]]:
    found = {}
    for document in registry.all("flow"):
        compiled = flows.compile_flow(document, registry)
        found[document.key] = resolving.tables_of(compiled.flow) if compiled.flow is not None else frozenset()
    return found


def tables_asked(registry: Registry, keys: Iterable[str]) -> frozenset[str]:
    """The authority tables that these flows go by (none named: all flows)."""
    by_flow = _tables_of_flows(registry)
    wanted = set(keys) or set(by_flow)
    return frozenset(table for key in wanted for table in by_flow.get(key, ()))


def _days(ctx: Context, wanted: Wanted) -> Iterator[Problem]:
    if wanted.ends_on < wanted.starts_on:
        yield _problem("order", "ends_on", "It ends before it begins.", "结束日期早于开始日期。")
    elif wanted.ends_on < ctx.business_date:
        yield _problem("past", "ends_on", "These days are over.", "该日期已过。")
    elif wanted.ends_on - wanted.starts_on > LONGEST:
        yield _problem("long", "ends_on", "A year at most.", "委托期限最长一年。")


def _flows(registry: Registry, wanted: Wanted) -> Iterator[Problem]:
    for key in wanted.flows:
        if registry.get("flow", key) is None:
            yield _problem("flow", "flows", f"There is no flow '{key}'.", f"流程“{key}”不存在。")


def _twice(wanted: Wanted, others: Iterable[Wanted]) -> Iterator[Problem]:
    for other in others:
        if other.from_user == wanted.from_user and other.meets(wanted) and other.shares(wanted):
            days = f"{other.starts_on.isoformat()} – {other.ends_on.isoformat()}"
            yield _problem(
                "twice",
                "starts_on",
                f"Somebody stands in on these days already ({days}).",
                f"该期间已有委托（{days}）。",
                "End that one first, or choose other days or flows.",
                "请先结束原委托，或选择其他日期、流程。",
            )
            return


def _away_too(wanted: Wanted, others: Iterable[Wanted]) -> Iterator[Problem]:
    if any(other.from_user == wanted.to_user and other.meets(wanted) for other in others):
        yield _problem(
            "away_too",
            "to_user",
            "This person is away as well on some of these days.",
            "该人员在此期间也离岗。",
            "A delegation is not passed on; choose somebody who is there.",
            "委托不可转委托，请选择在岗人员。",
        )


def _rights(registry: Registry, absent: Member, stands_in: Member) -> Iterator[Problem]:
    needed, held = (rights_of(one.roles, registry)[0] for one in (absent, stands_in))
    if any(right in needed and right not in held for right in DECIDING):
        yield _problem(
            "no_right",
            "to_user",
            f"{stands_in.name} may not decide cases at all.",
            f"{stands_in.name}没有审批权限。",
            "Choose somebody whose roles decide.",
            "请选择具有审批角色的人员。",
        )


def _problem(code: str, field: str, en: str, zh: str, hint_en: str = "", hint_zh: str = "") -> Problem:
    hint = text(hint_en, hint_zh) if hint_en else None
    return Problem(code=f"delegation.{code}", field=field, message=text(en, zh), hint=hint)
