"""Who is next: for whom or what a case waits at each place, until when, and which steps may come after that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from loanloom.engines.flows.drawing import wording
from loanloom.engines.flows.drawing.model import Following, Titles, Waiting
from loanloom.engines.flows.drawing.ways import Way
from loanloom.engines.flows.model import Flow, Node
from loanloom.engines.flows.moves import Entry
from loanloom.engines.flows.people import ADMINISTRATOR
from loanloom.engines.flows.state import Item, State, Token
from loanloom.problems import say

MOST = 8
"""Steps named after the one that waits."""


class Place:
    """What is known about a case when its places are looked at."""

    def __init__(
        self,
        flow: Flow,
        state: State,
        language: str,
        titles: Titles,
        names: Mapping[int, str],
        due: Mapping[int, datetime],
        since: Mapping[int, datetime],
    ) -> None:
        self.flow, self.state, self.language = flow, state, language
        self.titles, self.names, self.due, self.since = titles, names, due, since

    def who_has(self, item: Item) -> str:
        """Whom an item waits for, in words."""
        if item.taken_by is not None:
            return self.names.get(item.taken_by, f"#{item.taken_by}")
        if item.users:
            return wording.listed([self.names.get(one, f"#{one}") for one in item.users], self.language)
        if item.outside is not None:
            return item.outside
        if item.role == ADMINISTRATOR:
            return say(wording.ADMINISTRATORS, self.language)
        if item.role is not None:
            return say(self.titles("role", item.role) or item.role, self.language)
        if item.position is not None:
            return say(self.titles("position", item.position) or item.position, self.language)
        return say(wording.MAKERS, self.language)

    def waiting(self, token: Token, ways: Sequence[Way]) -> Waiting:
        """What this token waits for."""
        node = self.flow.nodes[token.node]
        items = [item for item in self.state.items if item.token == token.number]
        open_now = [item for item in items if not item.pending]
        said = sum(1 for vote in self.state.votes if vote.token == token.number)
        several = len(items) + said
        return Waiting(
            node=node.key,
            title=say(node.title, self.language),
            what=self._what(node, token, open_now),
            who=tuple(dict.fromkeys(self.who_has(item) for item in open_now)),
            since=min((self.since[one.number] for one in open_now if one.number in self.since), default=None),
            due_at=min((self.due[one.number] for one in open_now if one.number in self.due), default=None),
            votes=(said, several) if several > 1 else None,
            then=self._then(token, ways),
        )

    def _what(self, node: Node, token: Token, items: Sequence[Item]) -> str:
        if token.waits != "people":
            return say(wording.WAITS[token.waits], self.language)
        kinds = {item.kind for item in items}
        special = next((kind for kind in ("minutes", "material", "revision") if kind in kinds), None)
        return say(wording.WAITS.get(special or node.type, wording.WAITS["approval"]), self.language)

    def _then(self, token: Token, ways: Sequence[Way]) -> tuple[Following, ...]:
        if token.back_to is not None:
            return (self._following(self.flow.nodes[token.back_to], ""),)
        return following(self.flow, token.node, ways, self.titles, self.language)

    def _following(self, node: Node, depends: str) -> Following:
        return _following(self.flow, node, depends, self.titles, self.language)


def following(flow: Flow, key: str, ways: Sequence[Way], titles: Titles, language: str) -> tuple[Following, ...]:
    """The next steps at which somebody or something is waited for, or the case ends; automatic steps are looked
    through, and what the ways to them depend on is said."""
    out: dict[str, list[Way]] = {}
    for way in ways:
        if way.kind != "return":
            out.setdefault(way.source, []).append(way)
    found: dict[str, Following] = {}
    seen = {key}
    waiting = [(way, "") for way in out.get(key, ())]
    while waiting and len(found) < MOST:
        way, before = waiting.pop(0)
        depends = " · ".join(part for part in (before, say(way.label, language)) if part)
        node = flow.nodes[way.target]
        if node.human or node.type in ("end", "wait", "service", "subflow"):
            found.setdefault(node.key, _following(flow, node, depends, titles, language))
        elif node.key not in seen:
            seen.add(node.key)
            waiting.extend((after, depends) for after in out.get(node.key, ()))
    return tuple(found.values())


def _following(flow: Flow, node: Node, depends: str, titles: Titles, language: str) -> Following:
    return Following(
        node=node.key,
        title=say(node.title, language),
        who=whom(flow, node, titles, language),
        depends=depends,
        ends=node.type == "end",
    )


def whom(flow: Flow, node: Node, titles: Titles, language: str) -> tuple[str, ...]:
    """Who does the work of a node, in words, each once."""
    named = (wording.of_assignment(one, titles, flow.labels, language) for one in node.assign)
    return tuple(dict.fromkeys(named))


def since_opened(history: Sequence[Entry]) -> dict[int, datetime]:
    """When each item was opened, by its number; one that was opened again counts from then."""
    return {entry.item: entry.at for entry in history if entry.kind == "opened" and entry.item and entry.at}


def sentence(waits: Sequence[Waiting], state: State | None, language: str) -> str:
    """Where the case stands, in one sentence: also what somebody hears who cannot see the picture."""
    if state is None:
        return ""
    mark = wording.colon(language)
    if state.status == "ended":
        outcome = say(wording.OUTCOMES.get(state.outcome or "", state.outcome or ""), language)
        return say(wording.HAPPENED["ended"], language) + mark + outcome
    parts = [
        f"{one.title}{mark}{one.what}" + (f" ({wording.listed(one.who, language)})" if one.who else "") for one in waits
    ]
    said = ("；" if language.startswith("zh") else "; ").join(parts)
    if state.status == "suspended":
        return say(wording.HAPPENED["suspended"], language) + mark + said
    return said
