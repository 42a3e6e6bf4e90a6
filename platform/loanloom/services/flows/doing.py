"""The commands, each in a few lines: arguments in, the engine's step out. `COMMANDS` is the one dispatch table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines import flows
from loanloom.problems import Problem, text
from loanloom.services.flows import guards, requests, staff, states, subjects
from loanloom.services.flows.commands import Asked, Command
from loanloom.services.flows.given import Given
from loanloom.services.flows.remarks import comment, urge


def _decision(asked: Asked) -> flows.Decision:
    if asked.said is None:
        asked.said = _read(asked)
    return asked.said


def _read(asked: Asked) -> flows.Decision:
    given = asked.given
    action = given.text("decision")
    terms, problems = subjects.of(asked.case.subject).terms(asked.case, given.record("terms"))
    guards.refuse(problems)
    return flows.Decision(
        action=action,  # type: ignore[arg-type]  # any text may arrive; the engine refuses what is no action
        by=asked.by,
        reason=given.text("reason") or None,
        opinion=str(given.values.get("opinion") or "").strip(),
        to=given.text("to") or None,
        then=given.text("then") or None,  # type: ignore[arg-type]  # as above
        conditions=given.texts("conditions") if action == "approve" else (),
        terms=terms,
        chosen=_chosen(asked),
    )


def _chosen(asked: Asked) -> dict[str, tuple[int, ...]]:
    """People named for later steps; all of them work here. Nobody out of the house names any."""
    if asked.by.outside is not None:
        return {}
    return staff.chosen(asked.ctx, asked.connection, asked.given.people_by_node("chosen"))


def _decide(asked: Asked) -> flows.Moved:
    return flows.decide(asked.case.flow, asked.state, asked.number, _decision(asked), asked.world)


def _decide_check(asked: Asked) -> list[Problem]:
    said = _decision(asked)
    own = subjects.of(asked.case.subject).problems(asked.ctx, asked.connection, asked.case, asked.world.facts, said)
    return [*guards.words_problems(asked.case, asked.node or "", said), *own]


def _decide_closing(asked: Asked) -> dict[str, Any]:
    said = _decision(asked)
    return {
        "decision": said.action,
        "reason_code": said.reason,
        "opinion": said.opinion or None,
        "conditions": list(said.conditions),
        "snapshot": subjects.of(asked.case.subject).snapshot(asked.world.facts),
    }


def _approve_in_bulk(asked: Asked) -> flows.Moved:
    """A yes among others: the step must allow it, and nothing is said but an opinion."""
    if not asked.case.flow.nodes[asked.node or ""].bulk:
        return flows.Moved(state=asked.state, problems=(_not_in_bulk(),))
    asked.given = Given({"decision": "approve", "opinion": asked.given.values.get("opinion")})
    return _decide(asked)


def _not_in_bulk() -> Problem:
    """The step wants every case looked at by itself."""
    return Problem(
        code="flow.not_in_bulk",
        message=text("This step is not approved in bulk.", "该环节不支持批量审批。"),
        hint=text("Open the case and decide it by itself.", "请打开业务逐笔审批。"),
    )


def _resubmit(asked: Asked) -> flows.Moved:
    item = asked.state.item(asked.number)
    by_makers = item is not None and item.kind in ("revision", "material")
    if by_makers and asked.by.id not in asked.state.makers and not asked.ctx.actor.is_system:
        return flows.Moved(state=asked.state, problems=(flows.not_allowed(),))
    requests.hand_in(asked)
    return flows.resubmit(asked.case.flow, asked.state, asked.number, asked.by, asked.world)


def _minutes(asked: Asked) -> flows.Moved:
    minutes = asked.given.text("minutes") or asked.given.text("opinion")
    chosen = _chosen(asked)
    return flows.record_minutes(
        asked.case.flow, asked.state, asked.number, asked.by, minutes, asked.world, chosen=chosen
    )  # fmt: skip


def _minutes_closing(asked: Asked) -> dict[str, Any]:
    return {"decision": "minutes", "opinion": asked.given.text("minutes") or asked.given.text("opinion")}


def _add_signers(asked: Asked) -> flows.Moved:
    added = tuple(one.id for one in staff.persons(asked, asked.given.numbers("people")))
    when = "after" if asked.given.text("when") == "after" else "before"
    said = {"when": when, "reason": asked.given.text("reason")}
    return flows.add_signers(asked.case.flow, asked.state, asked.number, asked.by, added, asked.world, **said)  # type: ignore[arg-type]  # one of the two


def _remove_signer(asked: Asked) -> flows.Moved:
    removed = asked.given.number("number")
    return flows.remove_signer(asked.case.flow, asked.state, asked.number, asked.by, removed, asked.world)


def _ask_material(asked: Asked) -> flows.Moved:
    reason = asked.given.text("reason")
    return flows.ask_material(asked.case.flow, asked.state, asked.number, asked.by, asked.world, reason=reason)


def _transfer(asked: Asked) -> flows.Moved:
    (to,) = staff.persons(asked, (asked.given.number("to"),))
    reason = asked.given.text("reason")
    return flows.transfer(asked.case.flow, asked.state, asked.number, asked.by, to, asked.world, reason=reason)


def _give(asked: Asked) -> flows.Moved:
    (to,) = staff.persons(asked, (asked.given.number("to"),))
    reason = asked.given.text("reason")
    return flows.give(asked.case.flow, asked.state, asked.number, asked.by, to.id, asked.world, reason=reason)


def _take(asked: Asked) -> flows.Moved:
    return flows.take(asked.case.flow, asked.state, asked.number, asked.by, asked.world)


def _give_back(asked: Asked) -> flows.Moved:
    return flows.give_back(asked.case.flow, asked.state, asked.number, asked.by, asked.world)


def _escalate(asked: Asked) -> flows.Moved:
    return flows.escalate(asked.case.flow, asked.state, asked.number, asked.given.numbers("to"), asked.world)


def _expire(asked: Asked) -> flows.Moved:
    item = asked.state.item(asked.number)
    terms = asked.case.flow.nodes[item.node].deadlines if item is not None else ()
    place = asked.given.number("deadline")
    if not 0 <= place < len(terms):
        return flows.Moved(state=asked.state, problems=(flows.not_open(),))
    return flows.expire(asked.case.flow, asked.state, asked.number, terms[place], asked.world)


def _withdraw(asked: Asked) -> flows.Moved:
    reason = asked.given.text("reason") or None
    return flows.withdraw(asked.case.flow, asked.state, asked.ctx.actor.user_id, asked.world, reason=reason)


def _reconsider(asked: Asked) -> flows.Moved:
    reason = asked.given.text("reason")
    return flows.reconsider(asked.case.flow, asked.state, asked.by, asked.world, reason=reason)


def _reconsider_check(asked: Asked) -> list[Problem]:
    allowed, ended = asked.case.flow.reconsider, asked.case.ended_at
    if asked.case.parent_id is not None:
        return [guards.part_of_another()]
    late = allowed is not None and allowed.days is not None and ended is not None
    if late and allowed is not None and ended is not None and (asked.ctx.now - ended).days >= (allowed.days or 0):
        return [guards.too_late(allowed.days or 0)]
    return []


def _suspend(asked: Asked) -> flows.Moved:
    reason = asked.given.text("reason")
    return flows.suspend(asked.case.flow, asked.state, asked.by, asked.world, reason=reason)


def _resume(asked: Asked) -> flows.Moved:
    return flows.resume(asked.case.flow, asked.state, asked.by, asked.world)


def _terminate(asked: Asked) -> flows.Moved:
    reason = asked.given.text("reason")
    return flows.terminate(asked.case.flow, asked.state, asked.by, asked.world, reason=reason)


def _jump(asked: Asked) -> flows.Moved:
    to, reason, token = asked.given.text("to"), asked.given.text("reason"), asked.given.number_or_none("token")
    return flows.jump(asked.case.flow, asked.state, asked.by, to, asked.world, reason=reason, token=token)


def _take_back(asked: Asked) -> flows.Moved:
    before = states.read(asked.ctx, asked.case.before or {})
    return flows.take_back(asked.case.flow, asked.state, before, asked.by, asked.world)


def _happen(asked: Asked) -> flows.Moved:
    event, data = asked.given.text("event"), asked.given.record("data")
    return flows.happen(asked.case.flow, asked.state, event, data, asked.world)


def _pass_time(asked: Asked) -> flows.Moved:
    token, place = asked.given.number("token"), asked.given.number("place")
    return flows.pass_time(asked.case.flow, asked.state, token, place, asked.world)


def _answer_call(asked: Asked) -> flows.Moved:
    token, values = asked.given.number("token"), asked.given.record("values")
    return flows.answer_call(asked.case.flow, asked.state, token, values, asked.world)


def _fail_call(asked: Asked) -> flows.Moved:
    token, reason = asked.given.number("token"), asked.given.text("reason")
    return flows.fail_call(asked.case.flow, asked.state, token, reason, asked.world)


def _sub_flow_ended(asked: Asked) -> flows.Moved:
    run, outcome, values = asked.given.text("run"), asked.given.text("outcome"), asked.given.record("values")
    return flows.sub_flow_ended(asked.case.flow, asked.state, run, outcome, values, asked.world)


COMMANDS: Mapping[str, Command] = {
    "decide": Command(
        of="item", do=_decide, deciding=True, grants=True, closes=True, closing=_decide_closing, check=_decide_check
    ),
    "approve_in_bulk": Command(
        of="item", do=_approve_in_bulk, deciding=True, closes=True, closing=_decide_closing, check=_decide_check
    ),
    "resubmit": Command(of="item", do=_resubmit, closes=True, closing=lambda asked: {"decision": "resubmit"}),
    "record_minutes": Command(of="item", do=_minutes, deciding=True, closes=True, closing=_minutes_closing),
    "add_signers": Command(of="item", do=_add_signers, deciding=True),
    "remove_signer": Command(of="item", do=_remove_signer, deciding=True),
    "ask_material": Command(of="item", do=_ask_material, deciding=True),
    "transfer": Command(of="item", do=_transfer, deciding=True),
    "take": Command(of="item", do=_take),
    "give_back": Command(of="item", do=_give_back),
    "give": Command(of="item", do=_give, who="repair"),
    "escalate": Command(of="item", do=_escalate, who="system"),
    "expire": Command(of="item", do=_expire, who="system", closes=True, closing=lambda asked: {"decision": "expired"}),
    "urge": Command(of="case", do=urge, who="makers"),
    "comment": Command(of="case", do=comment),
    "withdraw": Command(of="case", do=_withdraw, who="makers"),
    "reconsider": Command(of="case", do=_reconsider, who="makers", check=_reconsider_check),
    "suspend": Command(of="case", do=_suspend, who="holders"),
    "resume": Command(of="case", do=_resume, who="holders"),
    "terminate": Command(of="case", do=_terminate, who="repair"),
    "jump": Command(of="case", do=_jump, who="repair"),
    "take_back": Command(of="case", do=_take_back, deciding=True),
    "happen": Command(of="case", do=_happen, who="system"),
    "pass_time": Command(of="case", do=_pass_time, who="system"),
    "answer_call": Command(of="case", do=_answer_call, who="system"),
    "fail_call": Command(of="case", do=_fail_call, who="system"),
    "sub_flow_ended": Command(of="case", do=_sub_flow_ended, who="system"),
}
"""Every command by name."""
