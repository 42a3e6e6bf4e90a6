"""Flows as metadata: compile a flow document, move cases through it, draw where they stand. Pure; never stuck."""

from loanloom.engines.flows.acting import (
    add_signers,
    answer_call,
    ask_material,
    asked_by,
    decide,
    escalate,
    expire,
    fail_call,
    give,
    give_back,
    happen,
    jump,
    pass_time,
    reconsider,
    record_minutes,
    removable,
    remove_signer,
    resubmit,
    resume,
    start,
    sub_flow_ended,
    suspend,
    take,
    take_back,
    terminate,
    transfer,
    unfit_to_sign,
    unfit_to_take_over,
    withdraw,
)
from loanloom.engines.flows.changing import Term, term
from loanloom.engines.flows.compiling import Compiled, check, compile_flow
from loanloom.engines.flows.deadlines import WorkingTime, due_at, working_time
from loanloom.engines.flows.drawing import Diagram, Picture, Titles, diagram, pictures, whom
from loanloom.engines.flows.model import ACTIONS, POWERS, Assignment, Deadline, Flow, Node, Route
from loanloom.engines.flows.moves import Automatic, Calculate, Effect, Entry, Found, Moved, People, Ruled, World
from loanloom.engines.flows.people import (
    ADMINISTRATOR,
    acting_as,
    actions_of,
    barred,
    blocked,
    eligible,
    voice,
)
from loanloom.engines.flows.refusing import not_allowed, not_open, wrong_role
from loanloom.engines.flows.returning import return_targets
from loanloom.engines.flows.scope import REQUEST
from loanloom.engines.flows.state import Approval, Decision, Item, Person, State, Token, Vote

__all__ = [
    "ACTIONS", "ADMINISTRATOR", "POWERS", "REQUEST", "Approval", "Assignment", "Automatic", "Calculate", "Compiled",
    "Deadline", "Decision", "Diagram", "Effect", "Entry", "Flow", "Found", "Item", "Moved", "Node", "People", "Person",
    "Picture", "Route", "Ruled", "State", "Term", "Titles", "Token", "Vote", "WorkingTime", "World", "acting_as",
    "actions_of", "add_signers", "answer_call", "ask_material", "asked_by", "barred", "blocked", "check",
    "compile_flow", "decide", "diagram", "due_at", "eligible", "escalate", "expire", "fail_call", "give", "give_back",
    "happen", "jump", "not_allowed", "not_open", "pass_time", "pictures", "reconsider", "record_minutes", "removable",
    "remove_signer", "resubmit", "resume", "return_targets", "start", "sub_flow_ended", "suspend", "take", "take_back",
    "term", "terminate", "transfer", "unfit_to_sign", "unfit_to_take_over", "voice", "whom", "withdraw",
    "working_time", "wrong_role",
]  # fmt: skip
