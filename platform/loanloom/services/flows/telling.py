"""Who is told what when a case moves: those it waits for now, those who made it, whom a node names; copies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from loanloom.engines import flows
from loanloom.problems import Text, text
from loanloom.services.context import Context
from loanloom.services.flows import staff, subjects
from loanloom.services.flows.case import Case
from loanloom.store import bulk, messages, tables

if TYPE_CHECKING:
    from loanloom.services.flows.saving import Step

OUTCOMES: dict[str, tuple[Text, str]] = {
    "approved": (text("was approved", "已获批准"), "success"),
    "refused": (text("was refused", "已被否决"), "warning"),
    "withdrawn": (text("was withdrawn", "已撤回"), "info"),
    "terminated": (text("was ended by an administrator", "已被管理员终止"), "warning"),
    "completed": (text("is completed", "已办结"), "success"),
}
WAITING = {
    "form": text("To fill in", "待填写"),
    "minutes": text("To write the minutes", "待填写会议纪要"),
    "material": text("Material is asked for", "请补充资料"),
}
_COPY = text("For your information", "抄送")
TO_PASS_ON = text("An outside party is asked: send it a link", "请向外部机构发送办理链接")
TO_DECIDE = text("To decide", "待审批")


def tell(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    """Write the messages of these steps; the actor is never told what they just did."""
    for step in steps:
        for item in (*step.moved.opened, *_given(step)):
            if item.kind != "revision":
                _waits(ctx, connection, step, item)
        _returned(ctx, connection, step)
        _nodes_say(ctx, connection, step)
        if step.verb == "urge":
            _urged(ctx, connection, step)
        if step.ended and (step.case.state is None or step.case.state.status != "ended"):
            _ended(ctx, connection, step)


def copies(ctx: Context, connection: Connection, steps: Sequence[Step]) -> None:
    """Write down who got a copy of a case for their information."""
    rows = [
        {
            "case_id": step.case.id,
            "user_id": person,
            "node": effect.node,
            "title": dict(step.case.flow.nodes[effect.node].title),
            "sent_at": ctx.now,
        }
        for step in steps
        for effect in step.moved.effects
        if effect.name == "told" and effect.data["copy"]
        for person in _told(ctx, connection, step, effect)
    ]
    bulk.insert(connection, tables.flow_copy, rows)


def _told(ctx: Context, connection: Connection, step: Step, effect: flows.Effect) -> list[int]:
    """The people whom a node names for a message."""
    groups = (
        flows.Item(number=0, token=0, node=effect.node, kind="approval", **group) for group in effect.data["groups"]
    )
    members = (person for group in groups for person in staff.doing(ctx, connection, step.case, group))
    return list(dict.fromkeys((*effect.data["users"], *members)))


def _nodes_say(ctx: Context, connection: Connection, step: Step) -> None:
    """The messages that nodes of the flow send."""
    for place, effect in enumerate(step.moved.effects):
        if effect.name != "told":
            continue
        title, said = step.case.flow.nodes[effect.node].title, effect.data.get("text")
        words = {
            tag: said[tag] if said and said.get(tag) else f"{_COPY[tag] if effect.data['copy'] else title.get(tag)}"
            for tag in ("en", "zh")
        }
        words = {tag: f"{one}{'：' if tag == 'zh' else ': '}{step.case.number}" for tag, one in words.items()}
        key = f"told:{step.case.id}:{step.state.step}:{place}"
        _send(ctx, connection, step.case, _told(ctx, connection, step, effect), key, words, "info")


def _given(step: Step) -> Iterator[flows.Item]:
    """Items that went to other people."""
    was = {item.number: item for item in step.case.state.items} if step.case.state is not None else {}
    for item in step.moved.changed:
        old = was.get(item.number)
        if old is not None and (old.users, old.escalated) != (item.users, item.escalated):
            yield item


def _waits(ctx: Context, connection: Connection, step: Step, item: flows.Item) -> None:
    case = step.case
    of_makers = item.kind == "material" or item.outside is not None
    people = step.state.makers if of_makers else _all_for(ctx, connection, case, step.state, item)
    title = case.flow.nodes[item.node].title
    words = TO_PASS_ON if item.outside is not None else WAITING.get(item.kind, TO_DECIDE)
    said = {
        tag: f"{words[tag]}{joined}{title.get(tag, item.node)}{colon}{case.number}"
        for tag, joined, colon in (("en", ", ", ": "), ("zh", "，", "："))
    }
    key = f"item:{case.id}:{item.number}:{step.state.step}"
    mine = item.outside is not None  # even whoever did it just now: the link is theirs to pass on
    _send(ctx, connection, case, dict.fromkeys((*people, *item.escalated)), key, said, "info", actor_too=mine)


def _urged(ctx: Context, connection: Connection, step: Step) -> None:
    """Remind those it waits for; each once a day."""
    words = text(f"Please attend to it: {step.case.number}", f"催办：{step.case.number}")
    people = [one for item in step.state.open_items for one in _all_for(ctx, connection, step.case, step.state, item)]
    key = f"urge:{step.case.id}:{step.state.step}:{ctx.business_date}"
    _send(ctx, connection, step.case, people, key, words, "warning")


def _returned(ctx: Context, connection: Connection, step: Step) -> None:
    if any(effect.name == "returned" and effect.data.get("to_makers") for effect in step.moved.effects):
        named = subjects.of(step.case.subject).named(step.case)
        words = text(f"{_begun(named['en'])} was returned to you", f"{named['zh']} 已退回，请补充修改")
        key = f"returned:{step.case.id}:{step.state.step}"
        _send(ctx, connection, step.case, _owners(ctx, connection, step), key, words, "warning")


def _ended(ctx: Context, connection: Connection, step: Step) -> None:
    words, severity = OUTCOMES[step.state.outcome or "completed"]
    named = subjects.of(step.case.subject).named(step.case)
    said = text(f"{_begun(named['en'])} {words['en']}", f"{named['zh']} {words['zh']}")
    key = f"ended:{step.case.id}:{step.state.step}"
    _send(ctx, connection, step.case, _owners(ctx, connection, step), key, said, severity)


def _begun(words: str) -> str:
    """The words as a sentence begins; numbers and names in them stay as they are written."""
    return words[:1].upper() + words[1:]


def _owners(ctx: Context, connection: Connection, step: Step) -> set[int]:
    """Those who made the case, and the borrower's own log-in where there is one."""
    return {*step.state.makers, *staff.borrowers(ctx, connection, step.case.customer_id)}


def _send(
    ctx: Context,
    connection: Connection,
    case: Case,
    people: Iterable[int],
    key: str,
    words: Text,
    severity: str,
    *,
    actor_too: bool = False,
) -> None:
    messages.send(
        connection,
        [person for person in people if actor_too or person != ctx.actor.user_id],
        "approval",
        words,
        url=subjects.of(case.subject).page(case),
        severity=severity,
        subject=case.owner,
        key=key,
    )


def _all_for(ctx: Context, connection: Connection, case: Case, state: flows.State, item: flows.Item) -> list[int]:
    """Everybody whom an item waits for: who took it, else all who may do it."""
    if item.taken_by is not None:
        return [item.taken_by]
    if item.kind in ("revision", "material"):
        return list(state.makers)
    return [*staff.doing(ctx, connection, case, item), *item.escalated]
