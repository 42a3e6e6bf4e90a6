"""Random people do random things to cases of random flows: no state is ever broken, and every case can still end.

What is checked after each step needs no engine: which items are open is counted from what was opened and closed, as a
work list would; who may decide is told from the item alone.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from random import Random

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.engines.flows.random_flows import NAMES, STAFF, Staff, flow_from

from loanloom.engines import flows as engine
from loanloom.engines.flows import Deadline, Decision, Ruled, State, World

SEEDS = st.integers(0, 2**64 - 1)
WEIGHTS = {
    "decide": 14, "resubmit": 8, "record_minutes": 4, "take": 3, "give_back": 2, "transfer": 2, "give": 2,
    "add_signers": 4, "remove_signer": 2, "ask_material": 2, "escalate": 1, "take_back": 3, "withdraw": 1,
    "suspend": 1, "terminate": 1, "jump": 1, "happen": 3, "pass_time": 2, "call_comes_back": 4, "sub_flow_ends": 3,
    "expire": 2, "expire_elsewhere": 1,
}  # fmt: skip
"""What happens how often."""
WAITS = {
    "people": ("start", "form", "approval", "countersign", "committee"), "event": ("wait",), "call": ("service",),
    "sub": ("subflow",), "join": ("join",),
}  # fmt: skip


class Cases(RuleBasedStateMachine):
    @initialize(flow=SEEDS, amount=st.integers(0, 1000), known=st.booleans(), maker=st.integers(1, 3))
    def begin(self, flow, amount, known, maker):
        self.flow, self.people, self.amount = flow_from(flow), Staff(known=known), amount
        self.state, self.before = State(), State()
        self.open: set[int] = set()
        self.jumped = False
        note(" ".join(drawn(one) for one in self.flow))
        self.moved(engine.start(self.flow, self.world(), makers=(maker,)))

    def world(self):
        found = lambda key, facts: Ruled(values={"outcome": "refer"})  # noqa: E731
        at = datetime(2026, 3, 2, 9)
        return World(facts={"amount": self.amount}, automatic=found, calculate=found, people=self.people, at=at)

    def moved(self, moved):
        """Take a step over, as a store would; a refused one changes nothing."""
        if moved.problems:
            assert moved.state is self.state or not self.state.tokens
            assert not (moved.opened or moved.closed or moved.changed or moved.effects or moved.history)
            assert all(one.message["en"] and one.message["zh"] and one.code for one in moved.problems)
            return False
        opened, closed = {item.number for item in moved.opened}, set(moved.closed)
        assert closed <= self.open and not opened & closed
        assert not opened & self.open, "opened twice"
        self.open = (self.open - closed) | opened
        assert {item.number for item in moved.changed} <= self.open
        assert moved.state.step == self.state.step + 1
        self.before, self.state = self.state, moved.state
        return True

    # --- what people do: mostly what they may, now and then what nobody may

    @rule(seed=SEEDS)
    def something_happens(self, seed):
        self.random = random = Random(seed)
        if self.state.status == "ended":
            self.act(engine.reconsider, self.maker(), reason=random.choice(["x", "x", ""]))
            return
        self.resume() if self.state.status == "suspended" and random.random() < 0.5 else None
        names = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
        getattr(self, random.choice(names))()

    def act(self, command, *args, **more):
        return self.moved(command(self.flow, self.state, *args, world=self.world(), **more))

    def number(self):
        """Mostly an open item, sometimes one that is closed, waits, or was never there."""
        others = [self.state.last_number, 0, *(item.number for item in self.state.items)]
        return self.random.choice([*self.open] if self.open and self.random.random() < 0.9 else others)

    def person(self, number=0):
        """Mostly somebody who may do this item, sometimes anybody."""
        item = self.state.item(number)
        may = [one for one in STAFF if item is not None and engine.eligible(item, one) is None]
        return self.random.choice(may if may and self.random.random() < 0.9 else STAFF)

    def maker(self):
        return STAFF[self.random.choice(self.state.makers) - 1]

    def somebody(self):
        return self.random.randint(1, 14)

    def decide(self):
        number, random = self.number(), self.random
        item, person = self.state.item(number), self.person(number)
        node = self.flow.nodes[item.node] if item is not None else None
        targets = [None, "nowhere", *(node.return_to if node is not None else ())]
        action = random.choice(["approve"] * 6 + ["refuse", "return", "return", "abstain"])
        chosen = random.choice([{}, {}, {random.choice([*self.flow.nodes]): (self.somebody(), self.somebody())}])
        terms = {"sanction.amount": 5} if action == "approve" and random.random() < 0.2 else {}
        to, then = random.choice(targets), random.choice([None, "straight_back"])
        said = Decision(action=action, by=person, to=to, then=then, chosen=chosen, terms=terms)
        if not self.act(engine.decide, number, said):
            return
        assert item is not None and node is not None and not item.pending and person.id not in item.excluded
        assert not item.users or person.id in (*item.users, *item.escalated)
        assert item.role != engine.ADMINISTRATOR or person.administrator or person.id in item.escalated
        beside = item.kind == "signer"  # an added signer speaks beside those whose authority it is
        assert action != "approve" or node.limit is None or beside or node.limit in person.covers
        assert item.taken_by in (None, person.id), "somebody else has it"

    def resubmit(self):
        number = self.number()
        item = self.state.item(number)
        mine = item is not None and item.kind != "form" and item.taken_by is None and self.random.random() < 0.95
        self.act(engine.resubmit, number, self.maker() if mine else self.person(number))

    def take(self):
        number = self.number()
        person = self.person(number)
        if self.act(engine.take, number, person):
            assert self.state.item(number).taken_by == person.id
            assert self.before.item(number).taken_by in (None, person.id), "taken from somebody"

    def give_back(self):
        number = self.number()
        self.act(engine.give_back, number, self.person(number))

    def transfer(self):
        number, to = self.number(), STAFF[self.somebody() - 1]
        if self.act(engine.transfer, number, self.person(number), to):
            assert self.state.item(number).users == (to.id,) and to.id not in self.state.item(number).excluded

    def give(self):
        person = self.random.choice([STAFF[-1], STAFF[-1], STAFF[2]])
        if self.act(engine.give, self.number(), person, self.somebody()):
            assert person.administrator

    def add_signers(self):
        number = self.number()
        added = tuple(self.somebody() for _ in range(self.random.choice([0, 1, 1, 2])))
        when = self.random.choice(["before", "after"])
        self.act(engine.add_signers, number, self.person(number), added, when=when)

    def remove_signer(self):
        number = self.number()
        others = [item.number for item in self.state.items] or [0]
        self.act(engine.remove_signer, number, self.person(number), self.random.choice(others))

    def ask_material(self):
        number = self.number()
        self.act(engine.ask_material, number, self.person(number), reason="x")

    def record_minutes(self):
        number = self.number()
        self.act(engine.record_minutes, number, self.person(number), self.random.choice(["x", "x", " "]))

    def escalate(self):
        self.act(engine.escalate, self.number(), (self.somebody(), self.somebody()))

    def take_back(self):
        then = self.before
        person = STAFF[self.state.undoable[1] - 1] if self.state.undoable else self.person()
        if self.act(engine.take_back, then, person):
            assert same_numbers(self.state) == same_numbers(then)

    # --- what holds, moves and ends it

    def withdraw(self):
        if self.random.random() < 0.3 and self.act(engine.withdraw, self.somebody()):
            assert self.state.outcome == "withdrawn"

    def suspend(self):
        open_then = set(self.open)
        if self.act(engine.suspend, self.person(), reason=self.random.choice(["x", " "])):
            assert self.open == open_then

    def resume(self):
        self.act(engine.resume, self.person())

    def terminate(self):
        person = self.person()
        if self.random.random() < 0.3 and self.act(engine.terminate, person, reason="x"):
            assert person.administrator and self.state.outcome == "terminated"

    def jump(self):
        token = self.random.choice([None, *(one.number for one in self.state.tokens)])
        to = self.random.choice([*self.flow.nodes, "nowhere"])
        if self.act(engine.jump, STAFF[-1], to, reason="x", token=token):
            self.jumped = True

    # --- what happens by itself

    def token(self, waits):
        numbers = [one.number for one in self.state.tokens if one.waits == waits or self.random.random() < 0.05]
        return self.random.choice(numbers or [0])

    def happen(self):
        self.act(engine.happen, self.random.choice(["paid", "other"]), {})

    def pass_time(self):
        self.act(engine.pass_time, self.token("event"), 1)

    def call_comes_back(self):
        if self.random.random() < 0.7:
            self.act(engine.answer_call, self.token("call"), {"score": 5})
        else:
            self.act(engine.fail_call, self.token("call"), "timeout")

    def sub_flow_ends(self):
        runs = [*(run for one in self.state.tokens for run in one.waiting_for), "none"]
        self.act(engine.sub_flow_ended, self.random.choice(runs), "approved", {})

    def expire(self):
        number = self.number()
        item = self.state.item(number)
        if item is not None and self.flow.nodes[item.node].deadlines:
            self.act(engine.expire, number, self.flow.nodes[item.node].deadlines[0])

    def expire_elsewhere(self):
        self.act(engine.expire, self.number(), Deadline(do="route", to=self.random.choice(["yes", "no"])))

    # --- what must hold

    @invariant()
    def it_survives_the_store(self):
        assert State.from_json(json.loads(json.dumps(self.state.to_json()))) == self.state

    @invariant()
    def nothing_is_left_of_an_ended_case(self):
        state = self.state
        if state.status == "ended":
            assert not state.tokens and not state.items and not state.votes and not self.open
            assert state.outcome in ("approved", "refused", "withdrawn", "terminated", "completed")
        else:
            assert state.tokens and state.outcome is None

    @invariant()
    def work_lists_tell_the_truth(self):
        assert self.open == {item.number for item in self.state.open_items}
        numbers = [item.number for item in self.state.items]
        assert len(numbers) == len(set(numbers)) and all(number <= self.state.last_number for number in numbers)

    @invariant()
    def every_token_waits_for_something_that_can_come(self):
        for token in self.state.tokens:
            assert self.flow.nodes[token.node].type in WAITS[token.waits], token
            mine = [item for item in self.state.items if item.token == token.number]
            assert bool(mine) == (token.waits == "people"), token
            if mine:
                first = min(item.turn for item in mine)
                asked = {item.asked_for for item in mine if item.kind == "material" and not item.pending}
                waiting = {item.number for item in mine if item.turn == first and item.pending}
                assert waiting <= asked, "nobody can do what is next"
            assert bool(token.waiting_for) == (token.waits == "sub")

    @invariant()
    def everything_belongs_to_a_token(self):
        tokens = {token.number for token in self.state.tokens}
        assert len(tokens) == len(self.state.tokens)
        assert {item.token for item in self.state.items} | {vote.token for vote in self.state.votes} <= tokens
        open_now = {item.number for item in self.state.items}
        assert not open_now & {vote.item for vote in self.state.votes}, "a vote for an item that still waits"

    @invariant()
    def branches_stay_apart(self):
        """No branch of a split holds two tokens, unless an administrator moved one there."""
        places = [token.forks for token in self.state.tokens]
        assert self.jumped or len(places) == len(set(places)), self.state.tokens

    @precondition(lambda self: self.state.status != "ended" and self.state.step % 4 == 0)
    @rule()
    def it_can_still_end(self):
        """Everybody who may does their work and says yes; whatever is waited for comes."""
        state, limit = self.state, 60
        if state.status == "suspended":
            state = engine.resume(self.flow, state, STAFF[-1], self.world()).state
        while state.status == "running" and limit:
            limit -= 1
            state = self.one_more(state)
        assert state.status == "ended", [(one.node, one.waits) for one in state.tokens]

    def yes(self, person):
        """A yes that names everybody for whatever step asks for it."""
        named = [one.key for one in self.flow if any(by.chosen_by == "previous" for by in one.assign)]
        return Decision(action="approve", by=person, chosen=dict.fromkeys(named, tuple(NAMES.values())))

    def one_more(self, state):
        """One thing that brings the case forwards."""
        for item in sorted(state.open_items, key=lambda one: one.taken_by is None):
            for person in STAFF:
                if item.kind in ("revision", "material") and person.id not in (item.taken_by, *state.makers):
                    continue
                if item.kind in ("revision", "form", "material"):
                    moved = engine.resubmit(self.flow, state, item.number, person, self.world())
                elif item.kind == "minutes":
                    moved = engine.record_minutes(self.flow, state, item.number, person, "x", self.world())
                else:
                    said = self.yes(person)
                    moved = engine.decide(self.flow, state, item.number, said, self.world())
                if not moved.problems:
                    return moved.state
        for item in state.open_items:  # nobody may: an administrator finds somebody
            for to in NAMES.values():
                moved = engine.give(self.flow, state, item.number, STAFF[-1], to, self.world())
                if not moved.problems and to not in item.users:
                    said = self.yes(STAFF[to - 1])
                    done = engine.decide(self.flow, moved.state, item.number, said, self.world())
                    if not done.problems:
                        return done.state
        for token in state.tokens:
            if token.waits == "event":
                return engine.pass_time(self.flow, state, token.number, 1, self.world()).state
            if token.waits == "call":
                return engine.answer_call(self.flow, state, token.number, {}, self.world()).state
            if token.waits == "sub":
                return engine.sub_flow_ended(self.flow, state, token.waiting_for[0], "approved", {}, self.world()).state
        raise AssertionError(("stuck", state.tokens, state.items))


def drawn(node):
    """A node in few words, for whoever reads what failed."""
    ways = [route.to for route in node.routes] + [one.to for one in node.awaited]
    more = [node.voting.rule if node.voting else "", node.if_starter[:2], node.if_same[:6], node.if_nobody.do[:3]]
    return f"{node.key}:{node.type}{more if node.actions else ''}->{ways}{node.on_refuse or ''}\n"


def same_numbers(state):
    """What is the same after a decision was taken back: all but counters and the numbers of items."""
    items = tuple(replace(item, number=0, taken_by=None) for item in state.items)
    return replace(state, items=items, last_number=0, last_token=0, step=0, undoable=None)


Cases.TestCase.settings = settings(
    max_examples=80, stateful_step_count=25, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip
test_random_cases = Cases.TestCase
