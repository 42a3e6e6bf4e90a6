"""What people, clocks and other parts may do to a case: one file a family, each a function of the state."""

from loanloom.engines.flows.acting.deciding import decide, record_minutes
from loanloom.engines.flows.acting.handing import escalate, give, give_back, take, transfer, unfit_to_take_over
from loanloom.engines.flows.acting.happening import answer_call, expire, fail_call, happen, pass_time, sub_flow_ended
from loanloom.engines.flows.acting.making import reconsider, resubmit, start, withdraw
from loanloom.engines.flows.acting.signing import (
    add_signers,
    ask_material,
    asked_by,
    removable,
    remove_signer,
    unfit_to_sign,
)
from loanloom.engines.flows.acting.steering import jump, resume, suspend, take_back, terminate

__all__ = [
    "add_signers", "answer_call", "ask_material", "asked_by", "decide", "escalate", "expire", "fail_call", "give",
    "give_back", "happen", "jump", "pass_time", "reconsider", "record_minutes", "removable", "remove_signer",
    "resubmit", "resume", "start", "sub_flow_ended", "suspend", "take", "take_back", "terminate", "transfer",
    "unfit_to_sign", "unfit_to_take_over", "withdraw",
]  # fmt: skip
