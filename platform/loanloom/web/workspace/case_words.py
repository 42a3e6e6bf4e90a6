"""What is said when something was done with a case or one of its items."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.problems import Text, text

DONE: Mapping[str, Text] = {
    "approve": text("Approved.", "已同意。"),
    "refuse": text("Refused.", "已否决。"),
    "return": text("Returned.", "已退回。"),
    "abstain": text("You abstained.", "已弃权。"),
    "resubmit": text("Handed in.", "已提交。"),
    "record_minutes": text("The minutes are recorded.", "会议纪要已提交。"),
    "add_signers": text("They are asked to sign too.", "已加签，等待其签署。"),
    "remove_signer": text("They need not sign any more.", "已减签。"),
    "ask_material": text("Material is asked for; it comes back to this step.", "已要求补充资料，补齐后回到本环节。"),
    "transfer": text("Passed on to your colleague.", "已转办给同事。"),
    "take": text("It is yours now.", "已领取，由您办理。"),
    "give_back": text("Your group has it again.", "已退回待办池。"),
    "give": text("Given to somebody else.", "已指派他人办理。"),
    "urge": text("Whoever has it is reminded.", "已催办。"),
    "comment": text("The remark is added.", "备注已添加。"),
    "withdraw": text("The case is withdrawn.", "业务已撤回。"),
    "reconsider": text("It will be looked at once more.", "已提交复议。"),
    "suspend": text("The case is suspended.", "业务已挂起。"),
    "resume": text("The case goes on.", "业务已恢复。"),
    "terminate": text("The case is ended.", "业务已终止。"),
    "jump": text("The case was moved.", "业务已跳转。"),
    "take_back": text("Your decision is taken back; the step is open again.", "审批已拿回，该环节重新打开。"),
}
"""By command; of a decision, by what was decided."""


def done(command: str, decision: str) -> Text:
    """What became of it; an answer given again may have been asked for in other words."""
    return DONE.get(decision if command == "decide" else command, text("Done.", "已完成。"))
