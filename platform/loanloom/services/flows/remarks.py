"""What is said about a case without moving it: remarks, and reminders to those it waits for (催办)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from loanloom.engines import flows
from loanloom.problems import Problem, text

if TYPE_CHECKING:
    from loanloom.services.flows.commands import Asked


def comment(asked: Asked) -> flows.Moved:
    """Write something beside the case for everybody who sees it."""
    said = asked.given.text("opinion")
    if not said:
        return _refused(asked, "flow.opinion_missing", "Write something.", "请填写内容。")
    return _noted(asked, flows.Entry(kind="commented", node=_place(asked), by=asked.ctx.actor.user_id, opinion=said))


def urge(asked: Asked) -> flows.Moved:
    """Remind those the case waits for."""
    if not asked.state.open_items:
        return _refused(asked, "flow.nothing_open", "This case waits for nobody.", "该业务当前无人办理。")
    said = asked.given.text("opinion")
    return _noted(asked, flows.Entry(kind="urged", node=_place(asked), by=asked.ctx.actor.user_id, opinion=said))


def _noted(asked: Asked, entry: flows.Entry) -> flows.Moved:
    return flows.Moved(state=asked.state, history=(replace(entry, at=asked.ctx.now, round=asked.state.round),))


def _place(asked: Asked) -> str:
    tokens = asked.state.tokens
    return tokens[0].node if tokens else asked.case.flow.start


def _refused(asked: Asked, code: str, en: str, zh: str) -> flows.Moved:
    return flows.Moved(state=asked.state, problems=(Problem(code=code, field="opinion", message=text(en, zh)),))
