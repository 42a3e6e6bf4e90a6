"""Whether every case can end, whatever its data and people: all ways of a flow with branches are walked, to a bound.

A flow without splits has one token, and `shape` has said all there is to say. With splits, joins may wait for each
other, branches may outlive their case, circles may split without end. So the tokens are moved as the engine would, all
choices left open: which route, yes or no, which event. Returns, jumps and withdrawals only lead back or out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from loanloom.engines.flows.checks.telling import wrong
from loanloom.engines.flows.model import HUMAN, Flow, Node
from loanloom.problems import Problem, Text, text

BOUND = 20_000
"""Standings of the tokens that are looked at."""
MOST_TOKENS = 40
"""More at once means that the flow splits without end."""
MOST_NESTED = 3
"""A split that is inside so many runs of itself leads back into itself for ever."""
MOST_CHOSEN = 4
"""Of an inclusive split with more ways than this, only single ways, pairs and all together are tried."""

Run = tuple[str, int]
Forks = tuple[Run, ...]
"""In which runs of which splits: the split's key and a number that tells its runs apart."""
Token = tuple[str, Forks]
Standing = tuple[Token, ...]


@dataclass
class Walked:
    """What walking all ways has found."""

    after: dict[Standing, list[Standing]] = field(default_factory=dict)
    cut: dict[str, str] = field(default_factory=dict)
    """Ends that were reached while another branch stood at the node named."""
    joined: set[str] = field(default_factory=set)
    """Joins that were reached from inside a split."""
    endless: bool = False
    complete: bool = True


def soundness(flow: Flow, pointers: Mapping[str, str]) -> Iterator[Problem]:
    """The problems of a flow with branches."""
    if not any(node.type in ("parallel", "inclusive", "join") for node in flow):
        return
    walked = walk(flow)
    if walked.endless:
        yield _endless(flow, pointers)
        return
    for end, other in walked.cut.items():
        yield _cut(pointers[end], flow.nodes[end].title, flow.nodes[other].title)
    for node in flow:
        if node.type == "join" and node.key not in walked.joined and walked.complete:
            yield _joins_nothing(pointers[node.key], node.title)
    if walked.complete:
        for key in _stuck(walked)[:1]:
            yield _cannot_end(pointers[key], flow.nodes[key].title)
    else:
        yield _too_many(pointers[flow.start])


def walk(flow: Flow) -> Walked:
    """All standings that a case can come to, as far as the bound goes."""
    walked, begin = Walked(), ((flow.start, ()),)
    waiting: deque[Standing] = deque([begin])
    walked.after[begin] = []
    while waiting:
        standing = waiting.popleft()
        for following in _moves(flow, standing, walked):
            if len(following) > MOST_TOKENS or any(_nested(forks) > MOST_NESTED for _, forks in following):
                walked.endless = True
                return walked
            walked.after[standing].append(following)
            if following not in walked.after:
                if len(walked.after) >= BOUND:
                    walked.complete = False
                    return walked
                walked.after[following] = []
                waiting.append(following)
    return walked


def _nested(forks: Forks) -> int:
    """How many runs of one split a token is in."""
    keys = [key for key, _ in forks]
    return max((keys.count(key) for key in keys), default=0)


def _stuck(walked: Walked) -> list[str]:
    """The nodes at which a case stands from which it cannot end."""
    before: dict[Standing, list[Standing]] = {}
    for standing, following in walked.after.items():
        for one in following:
            before.setdefault(one, []).append(standing)
    can_end: set[Standing] = {()}
    waiting: deque[Standing] = deque(can_end)
    while waiting:
        for one in before.get(waiting.popleft(), ()):
            if one not in can_end:
                can_end.add(one)
                waiting.append(one)
    stopped = [one for one, following in walked.after.items() if one and not following]
    lost = stopped or [one for one in walked.after if one not in can_end]
    return list(dict.fromkeys(key for standing in lost[:1] for key, _ in standing))


def _moves(flow: Flow, standing: Standing, walked: Walked) -> Iterator[Standing]:
    """What can come next. Automatic nodes go first, since the engine passes them in the same step."""
    automatic = next((token for token in standing if _automatic(flow.nodes[token[0]])), None)
    if automatic is not None:
        yield from _left(flow, standing, automatic, walked)
        return
    joining = next((one for one in standing if _joins(flow, standing, one, walked)), None)
    if joining is not None:
        yield from _goes_on(flow, standing, joining, walked)
        return
    for token in standing:
        if flow.nodes[token[0]].type != "join":
            yield from _left(flow, standing, token, walked)


def _automatic(node: Node) -> bool:
    return node.type not in (*HUMAN, "service", "wait", "subflow", "join")


def _left(flow: Flow, standing: Standing, token: Token, walked: Walked) -> Iterator[Standing]:
    """The standings after one token has left its node, one for each way."""
    node, rest = flow.nodes[token[0]], _without(standing, token)
    if node.type == "end":
        if node.ends == "case":
            if rest and node.outcome in ("approved", "completed"):
                walked.cut.setdefault(node.key, rest[0][0])
            yield ()
        else:
            yield rest
        return
    if node.type in ("parallel", "inclusive"):
        runs = (number for _, forks in standing for key, number in forks if key == node.key)
        run = (node.key, 1 + max(runs, default=0))
        for ways in _splits(node):
            yield _entered(flow, rest, [(to, (*token[1], run)) for to in ways], walked)
        return
    if "refuse" in node.actions and node.on_refuse is None:
        yield ()
    for to in dict.fromkeys(_ways(node)):
        yield _entered(flow, rest, [(to, token[1])], walked)


def _splits(node: Node) -> Iterator[tuple[str, ...]]:
    if node.type == "parallel":
        yield tuple(route.to for route in node.routes)
        return
    asked = [route.to for route in node.routes if route.source is not None or route.condition is not None]
    sizes = range(1, len(asked) + 1) if len(asked) <= MOST_CHOSEN else (1, 2, len(asked))
    for size in sizes:
        yield from combinations(asked, size)
    yield from ((route.to,) for route in node.routes if route.condition is None and route.source is None)


def _ways(node: Node) -> Iterator[str]:
    """Where a token may go from a node that does not split."""
    yield from (route.to for route in node.routes)
    yield from (awaited.to for awaited in node.awaited)
    yield from (deadline.to for deadline in node.deadlines if deadline.do == "route" and deadline.to is not None)
    if node.call is not None and node.call.on_failure is not None:
        yield node.call.on_failure
    if node.on_refuse is not None and "refuse" in node.actions:
        yield node.on_refuse


def _entered(flow: Flow, rest: Standing, tokens: list[Token], walked: Walked) -> Standing:
    for key, forks in tokens:
        node = flow.nodes[key]
        if node.cancels:
            rest = tuple(one for one in rest if one[0] not in node.cancels)
        if node.type == "join" and forks:
            walked.joined.add(key)
    return _named_anew((*rest, *tokens))


def _joins(flow: Flow, standing: Standing, token: Token, walked: Walked) -> bool:
    """Whether the join at which this token waits has all it waits for."""
    node = flow.nodes[token[0]]
    if node.type != "join":
        return False
    if not token[1]:
        return True
    inside = [one for one in standing if token[1][-1] in one[1]]
    arrived = [one for one in inside if one == token]
    needed = node.join.needed if node.join is not None else None
    return len(arrived) == len(inside) or (needed is not None and len(arrived) >= needed)


def _goes_on(flow: Flow, standing: Standing, token: Token, walked: Walked) -> Iterator[Standing]:
    """A join goes on: its branches end; what has not arrived is cancelled, or runs out by itself."""
    node = flow.nodes[token[0]]
    forks = token[1][:-1]
    rest = tuple(one for one in standing if token[1][-1] not in one[1]) if token[1] else _without(standing, token)
    for to in dict.fromkeys(route.to for route in node.routes):
        yield _entered(flow, rest, [(to, forks)], walked)


def _without(standing: Standing, token: Token) -> Standing:
    place = standing.index(token)
    return standing[:place] + standing[place + 1 :]


def _named_anew(standing: Standing) -> Standing:
    """The same standing whatever the numbers of its runs are, so that circles come back to where they were."""
    ordered = sorted(standing)
    names: dict[Run, Run] = {}
    for _, forks in ordered:
        for run in forks:
            if run not in names:
                names[run] = (run[0], 1 + sum(1 for other in names if other[0] == run[0]))
    return tuple(sorted((key, tuple(names[run] for run in forks)) for key, forks in ordered))


def _cut(pointer: str, end: Text, other: Text) -> Problem:
    return wrong(
        "unjoined_branches",
        pointer,
        text(
            f"The end '{end['en']}' can be reached while another branch still stands at '{other['en']}'.",
            f"到达结束环节“{end['zh']}”时，另一分支可能仍停在“{other['zh']}”。",
        ),
        text(
            "Bring the branches together in a join before it, or let this end end its own branch only.",
            "请先用汇合环节合并分支（可设为到达一个分支即可），或将此结束的范围设为“仅本分支”。",
        ),
        "join: {needed: 1}, ends: path",
    )


def _joins_nothing(pointer: str, title: Text) -> Problem:
    return wrong(
        "join_without_split",
        pointer,
        text(f"No branches come to the join '{title['en']}'.", f"没有并行分支到达汇合环节“{title['zh']}”。"),
        text("Remove it, or split before it.", "请删除，或在其之前增加并行分支。"),
        severity="warning",
    )


def _cannot_end(pointer: str, title: Text) -> Problem:
    return wrong(
        "cannot_end",
        pointer,
        text(f"A case that stands at '{title['en']}' can never end.", f"停在“{title['zh']}”的业务永远无法结束。"),
        text("Let all branches of a split come to the same join.", "请让同一分支的各路径到达同一个汇合环节。"),
    )


def _endless(flow: Flow, pointers: Mapping[str, str]) -> Problem:
    split = next(node for node in flow if node.type in ("parallel", "inclusive"))
    return wrong(
        "splits_without_end",
        pointers[split.key],
        text(
            f"Branches can become more without end, from '{split.title['en']}' on.",
            f"从“{split.title['zh']}”起，分支可无限增加。",
        ),
        text("Join the branches before the way back.", "请先汇合分支，再返回前面的环节。"),
    )


def _too_many(pointer: str) -> Problem:
    return wrong(
        "not_all_looked_at",
        pointer,
        text(
            f"This flow can stand in more than {BOUND} ways; only these were looked at.",
            f"本流程的可能状态超过 {BOUND} 种，仅检查了这些。",
        ),
        text("Fewer branches at once are easier to follow.", "减少同时进行的分支更便于检查。"),
        severity="warning",
    )
