"""What the engine says when something cannot be done: problems with their words, in both languages."""

from __future__ import annotations

from loanloom.engines.flows.model import Node
from loanloom.engines.flows.state import State
from loanloom.problems import Problem, Text, text

NAMES: dict[str, Text] = {
    "approve": text("approve", "同意"),
    "refuse": text("refuse", "否决"),
    "return": text("return", "退回"),
    "abstain": text("abstain", "弃权"),
}


def barred() -> Problem:
    """Whoever made the case or said yes before does not decide here."""
    return Problem(
        code="flow.excluded",
        message=text(
            "You made, changed or already approved this case, so somebody else must decide here.",
            "您是该业务的经办人或前序审批人，须由其他人员审批。",
        ),
        hint=text("Maker is never checker.", "经办与审批须分离。"),
    )


def maker_or_approver() -> Problem:
    """The same of somebody who was named."""
    words = text("This person made or already approved the case.", "该人员是本业务的经办人或前序审批人。")
    return Problem(code="flow.excluded", field="to", message=words)


def to_oneself() -> Problem:
    """Work is not handed to whoever hands it on."""
    words = text("Give it to somebody else than yourself.", "不能指派给本人。")
    return Problem(code="flow.not_to_oneself", field="to", message=words)


def wrong_role(name: Text) -> Problem:
    """The work is for others."""
    return Problem(
        code="flow.wrong_role",
        message=text(f"This step is for the role '{name['en']}'.", f"该步骤由角色“{name['zh']}”处理。"),
    )


def not_named() -> Problem:
    """The work is for certain people."""
    words = text("This step is for the people named for it.", "该步骤由指定人员处理。")
    return Problem(code="flow.wrong_role", message=words)


def voted() -> Problem:
    """Nobody votes twice."""
    return Problem(
        code="flow.voted",
        message=text("You have voted at this step already.", "您已对该环节表决。"),
        hint=text("Every vote is another person's.", "每票须由不同人员投出。"),
    )


def signs_already(field: str) -> Problem:
    """Nobody signs a step twice."""
    return Problem(
        code="flow.signs_already",
        field=field,
        message=text("One of them signs already.", "所选人员已在签署人中。"),
        hint=text("Every vote is another person's.", "每票须由不同人员投出。"),
    )


def over_limit(field: str) -> Problem:
    """The case is above somebody's limit of authority."""
    return Problem(
        code="flow.over_limit",
        field=field,
        message=text("This case is above the limit of authority.", "该业务超出审批权限。"),
        hint=text("Pass it on to somebody with a higher limit.", "请转交有权限的人员审批。"),
    )


def not_now(state: State) -> Problem | None:
    """Why nothing at all may be done with the case; None when it runs."""
    if state.status == "ended":
        return ended()
    return suspended() if state.status == "suspended" else None


def not_open() -> Problem:
    """The item was decided, closed or never there."""
    return Problem(
        code="flow.item_closed",
        message=text("This work item is no longer open.", "该待办已处理或已关闭。"),
        hint=text("Look at the case's history for what happened.", "请查看流程历史。"),
    )


def taken() -> Problem:
    """Somebody else holds the item."""
    return Problem(
        code="flow.taken",
        message=text("A colleague has taken this item.", "该待办已由同事领取。"),
        hint=text("They can give it back to the group.", "可请对方退回待办池。"),
    )


def ended() -> Problem:
    """The case has ended."""
    return Problem(code="flow.ended", message=text("This case has ended.", "该业务流程已结束。"))


def suspended() -> Problem:
    """The case is suspended."""
    return Problem(
        code="flow.suspended",
        message=text("This case is suspended.", "该业务流程已挂起。"),
        hint=text("Whoever suspended it can resume it.", "可由挂起人恢复。"),
    )


def too_few_voters(node: Node) -> Problem:
    """Not even all of them together could say yes."""
    return Problem(
        code="flow.too_few_voters",
        message=text(
            f"Too few people may vote at '{node.title.get('en', node.key)}'.",
            f"环节“{node.title.get('zh', node.key)}”可参与表决的人员不足。",
        ),
        hint=text("Give more people the role, or lower what is needed.", "请增加具有相应角色的人员，或降低通过要求。"),
    )


def not_allowed() -> Problem:
    """The node does not give its people this power."""
    return Problem(code="flow.action", message=text("This step does not allow that.", "本环节不允许该操作。"))


def no_administrator() -> Problem:
    """Only those who repair flows may do that."""
    return Problem(
        code="flow.wrong_role",
        message=text("Only administrators of flows may do that.", "仅流程管理员可执行该操作。"),
    )


def unknown_action(action: str, possible: tuple[str, ...]) -> Problem:
    """The step knows no such decision."""
    allowed = [NAMES[name] for name in possible]
    return Problem(
        code="flow.action",
        field="decision",
        message=text(f"'{action}' is not possible at this step.", f"本步骤不能执行“{action}”。"),
        hint=text(
            "Possible: " + ", ".join(name["en"] for name in allowed),
            "可选操作：" + "、".join(name["zh"] for name in allowed),
        ),
    )
