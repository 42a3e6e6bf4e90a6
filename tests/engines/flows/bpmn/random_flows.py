"""Flow documents at random: every type of step with everything it may say, sound by the schema, any shape of ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from loanloom.engines.flows.model import NodeType

TYPES: tuple[NodeType, ...] = NodeType.__args__  # type: ignore[attr-defined]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1, max_size=20)
NAMES = st.fixed_dictionaries({"en": WORDS}, optional={"zh": WORDS})
CONDITIONS = st.sampled_from(
    ["application.amount > 1000", 'decision.outcome = "refuse"', "a < b and c >= d", "not(flow.round = 2)", True, False]
)
PATHS = st.sampled_from(["application.due_on", "contract.starts", "as_of"])
KEYS = st.sampled_from(["credit-check", "notice_sent", "x", "risk"])


def _maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def _people() -> st.SearchStrategy[Any]:
    one = st.one_of(
        st.fixed_dictionaries(
            {"role": KEYS}, optional={"scope": st.sampled_from(["branch", "all"]), "veto": st.booleans()}
        ),
        st.fixed_dictionaries({"position": KEYS}),
        st.fixed_dictionaries({"authority": KEYS}),
        st.fixed_dictionaries({"users": st.lists(st.sampled_from(["wang", "li", "zhao"]), min_size=1, unique=True)}),
        st.fixed_dictionaries({"expression": st.just("application.manager")}),
    )
    return st.one_of(one, st.lists(one, min_size=1, max_size=3))


def _ways(keys: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    to = st.sampled_from(keys)
    titled: dict[str, Any] = {"title": NAMES}
    when = st.fixed_dictionaries({"when": CONDITIONS, "to": to}, optional=titled)
    rest = st.fixed_dictionaries({"otherwise": st.just(True), "to": to}, optional=titled)
    plain = st.fixed_dictionaries({"to": to}, optional=titled)
    routes = st.lists(st.one_of(when, plain, rest), min_size=1, max_size=4)
    return st.one_of(
        st.fixed_dictionaries({"next": to}), st.fixed_dictionaries({"routes": routes}), st.just({}),
        st.fixed_dictionaries({"routes": routes, "next": to}),
    )  # fmt: skip


def _term(extra: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    count = st.integers(1, 500)
    return st.one_of(
        st.fixed_dictionaries({"working_hours": count, **extra}, optional=optional),
        st.fixed_dictionaries({"hours": count, **extra}, optional=optional),
        st.fixed_dictionaries({"on": PATHS, **extra}, optional=optional),
    )


def _work(kind: str, keys: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    to = st.sampled_from(keys)
    actions = st.lists(st.sampled_from(["approve", "refuse", "return", "transfer"]), min_size=1, unique=True)
    vote = _maybe(
        rule=st.sampled_from(["all", "any", "count", "ratio", "weight"]), needed=st.sampled_from([1, 2, 3]),
        in_turn=st.booleans(), each=st.sampled_from(["person", "group"]),
    )  # fmt: skip
    do = st.sampled_from(["remind", "escalate", "approve", "refuse", "return", "route"])
    said: dict[str, Any] = {
        "assign": _people(), "deadlines": st.lists(_term({}, {"do": do, "to": to}), min_size=1, max_size=3),
        "deadline": st.fixed_dictionaries({"working_hours": st.integers(1, 40)}), "bulk": st.booleans(),
    }  # fmt: skip
    if kind != "form":
        said |= {
            "actions": actions, "on_refuse": to,
            "return_to": st.lists(st.one_of(to, st.just("start")), min_size=1, unique=True),
        }  # fmt: skip
    if kind in ("countersign", "committee"):
        said["vote"] = vote
    return _maybe(**said)


def _more(kind: str, keys: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What a step of this type may say beside its name and its ways."""
    to = st.sampled_from(keys)
    if kind in ("form", "approval", "countersign", "committee"):
        return _work(kind, keys)
    event = st.fixed_dictionaries({"event": KEYS, "to": to}, optional={"when": st.just("event.ok")})
    events = st.lists(st.one_of(event, _term({"to": to}, {})), min_size=1, max_size=3)
    call = st.fixed_dictionaries(
        {"action": KEYS}, optional={"on_failure": to, "with": st.just({"amount": "application.amount"})}
    )
    sub = st.fixed_dictionaries({"flow": KEYS}, optional={"for_each": st.just("guarantors"), "wait": st.just("any")})
    return {
        "decision": _maybe(ruleset=KEYS), "calculation": _maybe(calculation=KEYS),
        "service": st.fixed_dictionaries({"call": call}), "document": _maybe(documents=st.just(["contract"])),
        "wait": st.one_of(_maybe(events=events), _maybe(events=events, until=CONDITIONS)),
        "notify": _maybe(tell=st.fixed_dictionaries({"to": _people()}, optional={"text": NAMES})),
        "subflow": st.fixed_dictionaries({"subflow": sub}), "parallel": _maybe(one_at_a_time=st.booleans()),
        "join": _maybe(join=_maybe(needed=st.integers(1, 5), rest=st.sampled_from(["cancel", "absorb"]))),
        "end": st.fixed_dictionaries(
            {"outcome": st.sampled_from(["approved", "refused", "withdrawn", "completed"])},
            optional={"ends": st.sampled_from(["case", "path"])},
        ),
    }.get(kind, st.just({}))  # fmt: skip


@st.composite
def flows(draw: st.DrawFn, types: Sequence[str] = TYPES) -> dict[str, Any]:
    """The mapping of a flow document; every given type occurs, in any order."""
    kinds = draw(st.permutations([*types, *draw(st.lists(st.sampled_from(types), max_size=4))]))
    letters = draw(st.permutations([f"{'abcdefgh'[at % 8]}{at}_step" for at in range(len(kinds))]))
    keys = list(dict.fromkeys(letters))
    nodes = [_node(draw, key, kind, keys) for key, kind in zip(keys, kinds, strict=True)]
    more = draw(_maybe(withdraw_until=st.just([keys[0]]), reconsider=st.just({"times": 2})))
    return {
        "apiVersion": "loanloom/v1", "kind": "flow", "key": draw(KEYS), "title": draw(NAMES),
        "spec": {"subject": draw(st.sampled_from(["application", "request"])), **more, "nodes": nodes},
    }  # fmt: skip


def _node(draw: st.DrawFn, key: str, kind: str, keys: Sequence[str]) -> dict[str, Any]:
    node = {"key": key, "title": draw(NAMES), "type": kind, **draw(_maybe(state=st.sampled_from(["A0", "B1"])))}
    ways = {} if kind == "end" else draw(_ways(keys))
    return {**node, **ways, **draw(_more(kind, keys))}
