"""A node as written -> Node. Expressions are compiled on the way; what is wrong with them is gathered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from loanloom import feel
from loanloom.engines import facts
from loanloom.engines.flows import scope as scopes
from loanloom.engines.flows.model import (
    ACTIONS,
    HUMAN,
    POWERS,
    VOTED,
    Action,
    Assignment,
    Awaited,
    Call,
    Deadline,
    Join,
    Nobody,
    Node,
    NodeType,
    Route,
    Sub,
    Telling,
    Voting,
)
from loanloom.feel import Program, Type
from loanloom.metadata.document import Document
from loanloom.problems import LANGUAGES, Problem, say

START = "start"  # in return_to: the start node, whatever its key
Raw = Mapping[str, Any]


class Reader:
    """Reads the nodes of one document; `problems` fills up on the way."""

    def __init__(self, document: Document, scope: Type) -> None:
        self.document = document
        self.scope = scope
        self.problems: list[Problem] = []

    def node(self, pointer: str, raw: Raw) -> Node:
        """One node; what it does not say is as the model has it."""
        kind = cast(NodeType, raw["type"])
        said: dict[str, Any] = {
            "key": str(raw["key"]),
            "title": {tag: say(raw.get("title"), tag) or str(raw["key"]) for tag in LANGUAGES},
            "type": kind,
            "routes": self._routes(pointer, raw),
            **{name: raw[name] for name in _PLAIN if name in raw},
            **{name: tuple(raw[name]) for name in ("cancels", "documents") if name in raw},
            "interleaved": bool(raw.get("one_at_a_time")),
            "telling": self._telling(pointer, raw.get("tell")),
            "join": _join(raw.get("join")) if kind == "join" else None,
            "awaited": self._awaited(pointer, raw.get("events", ())),
            "until": self.program(raw.get("until"), f"{pointer}/until", feel.BOOLEAN),
            "until_source": raw.get("until"),
            "call": self._call(pointer, raw.get("call")),
            "sub": self._sub(pointer, raw.get("subflow")),
        }
        if kind in HUMAN:
            said |= self._work(pointer, raw, kind)
        return Node(**said)

    def _work(self, pointer: str, raw: Raw, kind: str) -> dict[str, Any]:
        stated = raw.get("actions")
        known = tuple(stated) if stated is not None else usual_actions(kind)
        actions = cast("tuple[Action, ...]", tuple(one for one in known if one not in POWERS)) if kind != "form" else ()
        vote, dispatch = raw.get("vote") or {}, raw.get("dispatch") or {}
        return {
            "assign": self.people(f"{pointer}/assign", raw.get("assign")),
            "record": self.people(f"{pointer}/record_by", raw.get("record_by")),
            "cc": self.people(f"{pointer}/cc", raw.get("cc")),
            "if_nobody": self._nobody(pointer, raw.get("if_nobody")),
            "dispatch": dispatch.get("by", "claim"),
            "dispatch_ruleset": dispatch.get("ruleset"),
            "exclude": frozenset(raw.get("exclude", usual_exclusions(kind))),
            "voting": _voting(vote) if kind in VOTED else None,
            "each": vote.get("each", "person"),
            "actions": actions,
            "powers": frozenset(one for one in known if one in POWERS),
            "return_to": tuple(raw.get("return_to", (START,) if "return" in actions else ())),
            "may_change": frozenset(raw.get("may_change", ())),
            "deadlines": self._deadlines(pointer, raw),
            "reasons": _reasons(raw.get("reasons"), actions),
            "reason_required": frozenset(raw.get("reason_required", ())),
            "opinion_required": frozenset(raw.get("opinion_required", ())),
        }

    def program(self, source: Any, place: str, expect: Type | None = None, scope: Type | None = None) -> Program | None:
        """An expression, compiled; None where nothing is written or what is written is wrong (a problem says so)."""
        if source is None:
            return None
        text = source if isinstance(source, str) else str(source).lower()
        checked = feel.check(text, scope or self.scope, expect=expect, functions=feel.LENDING)
        self.problems.extend(facts.problem_from_feel(problem, self.document, place) for problem in checked.problems)
        return checked.program

    def people(self, pointer: str, raw: Any) -> tuple[Assignment, ...]:
        """One assignment, or several."""
        if not raw:
            return ()
        if isinstance(raw, Mapping):
            return (self._assignment(pointer, raw),)
        return tuple(self._assignment(f"{pointer}/{place}", one) for place, one in enumerate(raw))

    def _assignment(self, pointer: str, raw: Raw) -> Assignment:
        return Assignment(
            **{name: raw[name] for name in _ASSIGNMENT if name in raw},
            users=tuple(raw.get("users", ())),
            fact=raw.get("field"),
            resolver=raw.get("plugin"),
            condition=self.program(raw.get("expression"), f"{pointer}/expression"),
            source=raw.get("expression"),
        )

    def _nobody(self, pointer: str, raw: Raw | None) -> Nobody:
        if raw is None:
            return Nobody()
        people = self.people(f"{pointer}/if_nobody/assign", raw.get("assign"))
        return Nobody(do=raw["do"], assign=people, stated=True)

    def _telling(self, pointer: str, raw: Raw | None) -> Telling | None:
        if raw is None:
            return None
        to = self.people(f"{pointer}/tell/to", raw.get("to"))
        return Telling(to=to, text=raw.get("text"))

    def _deadlines(self, pointer: str, raw: Raw) -> tuple[Deadline, ...]:
        first = [raw["deadline"]] if raw.get("deadline") else []
        found = [Deadline(working_hours=int(one["working_hours"])) for one in first]
        for place, one in enumerate(raw.get("deadlines", ())):
            found.append(
                Deadline(
                    **_numbers(one, "working_hours", "hours", "repeat"),
                    **{name: one[name] for name in ("do", "to") if name in one},
                    until=one.get("on"),
                    assign=self.people(f"{pointer}/deadlines/{place}/assign", one.get("assign")),
                )
            )
        return tuple(found)

    def _routes(self, pointer: str, raw: Raw) -> tuple[Route, ...]:
        routes: list[Route] = []
        for index, route in enumerate(raw.get("routes", ())):
            title = route.get("title")
            if "when" not in route:
                routes.append(Route(to=str(route["to"]), title=title, otherwise=bool(route.get("otherwise"))))
                continue
            source = _text(route["when"])
            checked = feel.check(source, self.scope, expect=feel.BOOLEAN, functions=feel.LENDING)
            place = f"{pointer}/routes/{index}/when"
            self.problems.extend(facts.problem_from_feel(problem, self.document, place) for problem in checked.problems)
            routes.append(
                Route(to=str(route["to"]), condition=checked.program, source=source, reads=checked.inputs, title=title)
            )
        if raw.get("next") is not None:
            routes.append(Route(to=str(raw["next"])))
        return tuple(routes)

    def _awaited(self, pointer: str, listed: Sequence[Raw]) -> tuple[Awaited, ...]:
        scope = scopes.with_name(self.scope, "event")
        return tuple(
            Awaited(
                to=str(one["to"]),
                event=one.get("event"),
                title=one.get("title"),
                until=one.get("on"),
                condition=self.program(one.get("when"), f"{pointer}/events/{place}/when", feel.BOOLEAN, scope),
                source=one.get("when"),
                **_numbers(one, "working_hours", "hours"),
            )
            for place, one in enumerate(listed)
        )

    def _call(self, pointer: str, raw: Raw | None) -> Call | None:
        if raw is None:
            return None
        given = self._programs(f"{pointer}/call/with", raw.get("with"), self.scope)
        plain = {name: raw[name] for name in ("action", "compensate", "on_failure") if name in raw}
        return Call(**plain, **_numbers(raw, "timeout", "retries", "pause"), given=given)

    def _sub(self, pointer: str, raw: Raw | None) -> Sub | None:
        if raw is None:
            return None
        scope = scopes.with_name(self.scope, "each") if "for_each" in raw else self.scope
        return Sub(
            flow=str(raw["flow"]),
            for_each=self.program(raw.get("for_each"), f"{pointer}/subflow/for_each"),
            data=self._programs(f"{pointer}/subflow/with", raw.get("with"), scope),
            wait=raw.get("wait", "all"),
        )

    def _programs(self, pointer: str, raw: Raw | None, scope: Type) -> dict[str, Program]:
        made = {name: self.program(source, f"{pointer}/{name}", None, scope) for name, source in (raw or {}).items()}
        return {name: program for name, program in made.items() if program is not None}


_PLAIN = (
    "state", "outcome", "ends", "ruleset", "calculation", "if_starter", "if_same", "limit", "return_then", "on_refuse",
    "form", "bulk",
)  # fmt: skip
_ASSIGNMENT = (
    "role", "position", "scope", "unit", "head_of", "manager_of", "authority", "deciders_of", "chosen_by", "outside",
    "weight", "veto",
)  # fmt: skip


def _text(source: Any) -> str:
    return source if isinstance(source, str) else str(source).lower()


def _numbers(raw: Raw, *names: str) -> dict[str, Any]:
    return {name: int(raw[name]) for name in names if raw.get(name) is not None}


def _join(raw: Raw | None) -> Join:
    return Join(**_numbers(raw or {}, "needed"), rest=(raw or {}).get("rest", "cancel"))


def _voting(raw: Raw) -> Voting:
    exact: dict[str, Any] = {name: Decimal(str(raw[name])) for name in ("needed", "quorum") if name in raw}
    return Voting(**{name: raw[name] for name in ("rule", "early", "in_turn") if name in raw}, **exact)


def _reasons(stated: Any, actions: tuple[str, ...]) -> dict[str, str]:
    """The code list of reasons by action; one list for all actions may be stated alone."""
    if stated is None:
        return {}
    if isinstance(stated, str):
        return dict.fromkeys(actions, stated)
    return {str(action): str(key) for action, key in stated.items()}


def usual_actions(type_: str) -> tuple[str, ...]:
    """What people may do at a step that does not say."""
    return (*ACTIONS, "abstain") if type_ == "committee" else ACTIONS


def usual_exclusions(type_: str) -> tuple[str, ...]:
    """Who never does a step that does not say."""
    return () if type_ == "form" else ("maker", "previous_approvers")
