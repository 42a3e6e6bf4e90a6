"""The ways out of a step as a flow document states them: routes, refusal, returns, and where each of them leads.

A way knows the pointer of what it says, from the step's own mapping, so that an arrow redrawn elsewhere finds it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loanloom.engines.flows.model import ACTIONS, HUMAN
from loanloom.problems import Text, say, text

Raw = Mapping[str, Any]
START = "start"  # in return_to: the start node, whatever its key
GATEWAYS = ("parallel", "inclusive", "exclusive")
ENDING_DEADLINES = ("route", "approve", "refuse", "return")

_OTHERWISE = text("otherwise", "其他情况")
_APPROVED = text("approve", "同意")
_REFUSED = text("refuse", "否决")
_RETURNED = text("return", "退回")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way out. `what` names it within the step: next, route.0, refuse, return.0."""

    what: str
    to: str
    name: str = ""
    condition: str | None = None
    default: bool = False
    side: bool = False


def ways(node: Raw, nodes: Sequence[Raw], language: str) -> list[Way]:
    """Every way out of a step by what people say or what conditions find, in the order they are looked at."""
    said = list(_said(node, nodes, language))
    found = [*said, *_routed(node, language, say(_APPROVED, language) if said else "")]
    first = next((way for way in found if way.default and node["type"] != "parallel"), None)
    return [replace(way, default=way is first) for way in found]


def _said(node: Raw, nodes: Sequence[Raw], language: str) -> Iterator[Way]:
    actions = said_of(node)
    refused = refused_to(node, nodes)
    if "refuse" in actions and refused is not None:
        yield Way(what="refuse", to=refused, name=say(_REFUSED, language), condition='action = "refuse"')
    targets = returns(node)
    for place, to in enumerate(targets):
        more = f' and to = "{to}"' if len(targets) > 1 else ""
        condition = f'action = "return"{more}'
        yield Way(
            what=f"return.{place}", to=start_named(to, nodes), name=say(_RETURNED, language),
            condition=condition, side=True,
        )  # fmt: skip


def _routed(node: Raw, language: str, next_name: str) -> Iterator[Way]:
    for place, route in enumerate(node.get("routes", ())):
        when = route.get("when")
        condition = None if when is None else condition_text(when)
        rest = say(_OTHERWISE, language) if len(node["routes"]) > 1 and node["type"] != "parallel" else ""
        name = say(route.get("title"), language) or condition or rest
        yield Way(
            what=f"route.{place}", to=str(route["to"]), name=name, condition=condition,
            default=condition is None,
        )  # fmt: skip
    if node.get("next") is not None:
        yield Way(what="next", to=str(node["next"]), name=next_name, default=True)


def condition_text(when: Any) -> str:
    """A condition as FEEL: YAML reads true and false as values."""
    return when.strip() if isinstance(when, str) else str(when).lower()


def said_of(node: Raw) -> Sequence[str]:
    """What people may say of a step."""
    if node["type"] not in HUMAN or node["type"] == "form":
        return ()
    stated = node.get("actions")
    return ACTIONS if stated is None else tuple(stated)


def returns(node: Raw) -> Sequence[str]:
    """The steps to which one may return; the start unless the step says which."""
    if "return" not in said_of(node):
        return ()
    return tuple(node.get("return_to", (START,)))


def refused_to(node: Raw, nodes: Sequence[Raw]) -> str | None:
    """Where a refusal leads: as stated, else to the first end of that outcome."""
    if node.get("on_refuse") is not None:
        return str(node["on_refuse"])
    return next((str(one["key"]) for one in nodes if one["type"] == "end" and one.get("outcome") == "refused"), None)


def start_named(to: str, nodes: Sequence[Raw]) -> str:
    """The key of the start where it is only called `start`."""
    if to != START or any(one["key"] == START for one in nodes):
        return to
    return next((str(one["key"]) for one in nodes if one["type"] == "start"), to)


def splits(nodes: Sequence[Raw]) -> bool:
    """Whether a case may be at several places at once."""
    return any(one["type"] in ("parallel", "inclusive") for one in nodes)


def hours(count: Any, working: bool) -> Text:
    """A term in words."""
    if working:
        return text(f"{count} working hours", f"{count} 个工作小时")
    return text(f"{count} hours", f"{count} 小时")
