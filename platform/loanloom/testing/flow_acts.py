"""What people and the world may do in a case that is played: each word of a case's actions, as the engine's command."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from loanloom.engines import flows
from loanloom.problems import Problem, text

if TYPE_CHECKING:
    from loanloom.testing.flow_play import Play


def _decide(action: Any, play: Play, step: Mapping[str, Any]) -> flows.Moved:
    decision = flows.Decision(
        action=action, by=play.person(step["by"], step.get("terms")), reason=step.get("reason"),
        opinion=step.get("opinion", ""), to=step.get("to"), then=step.get("then"),
        conditions=tuple(step.get("conditions", ())), terms=dict(step.get("terms", {})),
        chosen=_chosen(play, step),
    )  # fmt: skip
    return flows.decide(play.flow, play.state, play.item(step), decision, play.world())


def _people(play: Play, names: Any) -> tuple[int, ...]:
    return tuple(play.around.people[name] for name in ([names] if isinstance(names, str) else names))


def _with_item(act: Any, play: Play, step: Mapping[str, Any], **more: Any) -> flows.Moved:
    moved: flows.Moved = act(
        play.flow, play.state, play.item(step), play.person(step["by"]), **more, world=play.world()
    )
    return moved


def _transfer(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    return _with_item(flows.transfer, play, step, to=play.person(step["to"]), reason=step.get("reason", ""))


def _give(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    number = next((one.number for one in play.state.open_items if one.node == step.get("node", one.node)), 0)
    by, to = play.person(step["by"]), play.around.people[step["to"]]
    return flows.give(play.flow, play.state, number, by, to, play.world(), reason=step.get("reason", ""))


def _add_signers(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    added = _people(play, step["people"])
    return _with_item(flows.add_signers, play, step, added=added, when=step.get("when", "before"))


def _remove_signer(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    removed = play.around.people[step["to"]]
    number = next((one.number for one in play.state.items if one.users == (removed,)), 0)
    return _with_item(flows.remove_signer, play, step, removed=number)


def _ask_material(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    return _with_item(flows.ask_material, play, step, reason=step.get("reason", ""))


def _minutes(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    return _with_item(flows.record_minutes, play, step, minutes=step.get("opinion", ""), chosen=_chosen(play, step))


def _chosen(play: Play, step: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {node: _people(play, names) for node, names in step.get("chosen", {}).items()}


def _withdraw(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    by = play.around.people[step["by"]]
    return flows.withdraw(play.flow, play.state, by, play.world(), reason=step.get("reason"))


def _with_reason(act: Any, play: Play, step: Mapping[str, Any]) -> flows.Moved:
    reason = step.get("reason", "")
    moved: flows.Moved = act(play.flow, play.state, play.person(step["by"]), world=play.world(), reason=reason)
    return moved


def _resume(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    return flows.resume(play.flow, play.state, play.person(step["by"]), play.world())


def _jump(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    by, reason = play.person(step["by"]), step.get("reason", "")
    token = next((one.number for one in play.state.tokens if one.node == step["node"]), 0) if "node" in step else None
    return flows.jump(play.flow, play.state, by, step.get("to", ""), play.world(), reason=reason, token=token)


def _take_back(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    before = play.before or play.state
    return flows.take_back(play.flow, play.state, before, play.person(step["by"]), play.world())


def _happen(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    return flows.happen(play.flow, play.state, str(step.get("event")), step.get("data", {}), play.world())


def _answer(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    return flows.answer_call(play.flow, play.state, play.token(step, "call"), step.get("data", {}), play.world())


def _fail(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    return flows.fail_call(play.flow, play.state, play.token(step, "call"), step.get("reason", ""), play.world())


def _end_sub_flow(play: Play, step: Mapping[str, Any]) -> flows.Moved:
    """The next run of the sub-flow at a node ends."""
    waiting = (one.waiting_for for one in play.state.tokens if one.node == step.get("node", one.node))
    run = next((runs[0] for runs in waiting if runs), "")
    outcome = step.get("outcome", "approved")
    return flows.sub_flow_ended(play.flow, play.state, run, outcome, step.get("data", {}), play.world())


ACTS: Mapping[str, Any] = {
    **{action: partial(_decide, action) for action in ("approve", "refuse", "return", "abstain")},
    **{name: partial(_with_item, getattr(flows, name)) for name in ("resubmit", "take", "give_back")},
    **{name: partial(_with_reason, getattr(flows, name)) for name in ("reconsider", "suspend", "terminate")},
    "transfer": _transfer, "give": _give, "add_signers": _add_signers, "remove_signer": _remove_signer,
    "ask_material": _ask_material, "record_minutes": _minutes, "withdraw": _withdraw, "resume": _resume,
    "jump": _jump, "take_back": _take_back, "event": _happen, "answer": _answer, "fail": _fail,
    "end_subflow": _end_sub_flow,
}  # fmt: skip
"""What may be done in a case, by the word that states it."""


def unknown_act(command: str) -> Problem:
    """What a case does that no flow knows."""
    known = ", ".join(ACTS)
    return Problem(
        code="case.unknown_event",
        message=text(f"'{command}' is nothing that can be done in a flow.", f"流程中没有“{command}”这一操作。"),
        hint=text(f"Possible: {known}", f"可用：{known}"),
    )
