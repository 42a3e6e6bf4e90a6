"""What the component of a drawn flow needs: its shapes, how a line of the history looks, how long something took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Flask, g
from flask_babel import gettext as _

from loanloom.engines import flows
from loanloom.engines.flows.drawing import DrawnEdge, Step
from loanloom.web.formats import moment

TONES = {
    "approve": "good", "approved": "good", "completed": "good", "refuse": "bad", "refused": "bad", "terminated": "bad",
    "return": "notice",
}  # fmt: skip
_KINDS = {
    "returned": "notice", "suspended": "notice", "expired": "notice", "call_failed": "bad", "jumped": "notice",
    "withdrawn": "notice",
}  # fmt: skip


def shapes(shown: flows.Diagram) -> tuple[flows.Picture, flows.Picture]:
    """A diagram as shapes: from left to right, and downwards."""
    return flows.pictures(shown, moment)


def tone(step: Step) -> str:
    """How a line of the history looks: good, bad, notice or plain."""
    return TONES.get(step.action or "") or _KINDS.get(step.kind, "plain")


def took(span: timedelta) -> str:
    """A span of time as people say it: the two largest units."""
    minutes = max(int(span.total_seconds() // 60), 0)
    days, hours, left = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(days)s d %(hours)s h", days=days, hours=hours)
    if hours:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=left)
    return _("%(minutes)s min", minutes=left)


def now() -> datetime:
    """The instant of the request."""
    instant: datetime = g.context.now
    return instant


def action_words(action: str, words: Mapping[str, str]) -> str:
    """What people call something they may do."""
    return words.get(action, action)


def step_title(key: str, shown: flows.Diagram) -> str:
    """What a step is called."""
    return next((node.title for node in shown.nodes if node.key == key), key)


def way_words(edge: DrawnEdge, shown: flows.Diagram) -> str:
    """Where a way leads, and on what it depends."""
    title = step_title(edge.target, shown)
    return f"{title} ({edge.label})" if edge.label else title


def install(app: Flask) -> None:
    """Give every template the shapes of a flow."""
    app.jinja_env.globals.update(flow_pictures=shapes, now=now)
    filters = {
        "flow_tone": tone, "took": took, "flow_action": action_words, "flow_step": step_title, "flow_way": way_words,
    }  # fmt: skip
    app.jinja_env.filters.update(filters)
