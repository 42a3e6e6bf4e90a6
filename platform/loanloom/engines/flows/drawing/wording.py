"""The words of a drawn flow in both languages: what happened, what it waits for, who is meant by an assignment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from loanloom.engines.flows.drawing.model import Titles
from loanloom.engines.flows.model import Assignment, Awaited, Deadline
from loanloom.engines.flows.moves import Entry
from loanloom.problems import Text, say, text

HAPPENED: dict[str, Text] = {
    "started": text("Submitted", "提交申请"),
    "ruled": text("Decided automatically", "自动决策"),
    "calculated": text("Calculated", "自动计算"),
    "opened": text("Waiting for a decision", "待办理"),
    "returned": text("Returned", "退回"),
    "resubmitted": text("Handed in", "提交"),
    "withdrawn": text("Withdrawn", "撤回申请"),
    "ended": text("Ended", "流程结束"),
    "passed": text("Passed without work", "自动通过"),
    "transferred": text("Handed on", "转办"),
    "signers_added": text("Signer added", "加签"),
    "signer_removed": text("Signer removed", "减签"),
    "taken_back": text("Decision taken back", "拿回"),
    "suspended": text("Suspended", "挂起"),
    "resumed": text("Resumed", "恢复"),
    "terminated": text("Terminated", "终止"),
    "jumped": text("Moved by an administrator", "管理员跳转"),
    "expired": text("Time ran out", "超时自动处理"),
    "called": text("Service answered", "服务调用完成"),
    "call_failed": text("Service failed", "服务调用失败"),
    "awaited": text("It came", "等待结束"),
    "sub_started": text("Sub-flow started", "发起子流程"),
    "sub_ended": text("Sub-flow ended", "子流程结束"),
    "joined": text("Branches met", "分支汇合"),
    "cancelled": text("Cancelled", "已取消"),
    "reconsidered": text("Reconsideration asked for", "申请复议"),
    "documents": text("Documents made", "生成文件"),
    "told": text("People told", "已通知"),
    "urged": text("Urged", "催办"),
    "commented": text("Commented", "批注"),
    "changed": text("Fields changed", "修改内容"),
    "escalated": text("Escalated", "升级处理"),
    "repaired": text("Repaired", "人工修复"),
    "migrated": text("Moved to a new version", "迁移到新版本"),
}
SAID: dict[str, Text] = {
    "approve": text("Approved", "同意"),
    "refuse": text("Refused", "否决"),
    "return": text("Returned", "退回"),
    "abstain": text("Abstained", "弃权"),
    "minutes": text("Minutes written", "会议纪要已记录"),
}
OUTCOMES: dict[str, Text] = {
    "approved": text("approved", "批准"),
    "refused": text("refused", "否决"),
    "withdrawn": text("withdrawn", "撤回"),
    "terminated": text("terminated", "终止"),
    "completed": text("completed", "办结"),
}
PASSED: dict[str, Text] = {
    "starter": text("the starter would have decided", "发起人即办理人"),
    "same_person": text("the same person approved before", "同一人此前已同意"),
    "nobody": text("nobody qualifies", "无符合条件的人员"),
}
WAITS: dict[str, Text] = {
    "approval": text("Approval", "待审批"),
    "countersign": text("Countersigning", "会签中"),
    "committee": text("Vote of the committee", "贷审会表决中"),
    "form": text("To be filled in", "待填写"),
    "minutes": text("Minutes to be written", "待记录会议纪要"),
    "material": text("Material asked for", "待补充材料"),
    "revision": text("Returned to its makers", "已退回，待修改"),
    "event": text("Waits for an event or a date", "等待事件或日期"),
    "call": text("Waits for a service", "等待服务返回"),
    "sub": text("Waits for sub-flows", "等待子流程"),
    "join": text("Waits for other branches", "等待其他分支"),
}
WAYS: dict[str, Text] = {
    "otherwise": text("otherwise", "其他情况"),
    "unwritten": text("no condition yet", "条件待填写"),
    "failure": text("failed", "调用失败"),
    "deadline": text("time ran out", "超时"),
    "refuse": text("Refused", "否决"),
    "return": text("Returned", "退回"),
    "jump": text("moved", "跳转"),
    "time": text("after a time", "到时"),
}
MAKERS = text("Those who made it", "经办人")
ADMINISTRATORS = text("Administrators", "管理员")


def happened(entry: Entry, language: str) -> str:
    """What an entry of the history says."""
    if entry.kind == "decided":
        return say(SAID.get(entry.action or "", entry.action), language)
    words = say(HAPPENED.get(entry.kind, entry.kind), language)
    more = {"ended": OUTCOMES, "sub_ended": OUTCOMES, "passed": PASSED}.get(entry.kind, {}).get(entry.action or "")
    return words if more is None else words + colon(language) + say(more, language)


def colon(language: str) -> str:
    """A colon as the language writes it."""
    return "：" if language.startswith("zh") else ": "


def listed(words: Sequence[str], language: str) -> str:
    """Several words after each other."""
    return ("、" if language.startswith("zh") else ", ").join(words)


def of_assignment(one: Assignment, titles: Titles, labels: Mapping[str, Text], language: str) -> str:
    """Whom an assignment means."""

    def titled(kind: str, key: str) -> str:
        return say(titles(kind, key) or key, language)

    def labelled(fact: str) -> str:
        return say(labels.get(fact, fact), language)

    if one.role is not None or one.position is not None:
        return titled("role", one.role) if one.role is not None else titled("position", one.position or "")
    if one.users:
        return listed(one.users, language)
    found = _other(one, titled, labelled)
    return say(found, language)


def _other(one: Assignment, titled: Callable[[str, str], str], labelled: Callable[[str], str]) -> Text:
    if one.unit is not None:
        return text(f"Everybody of {titled('unit', one.unit)}", f"{titled('unit', one.unit)}全员")
    if one.head_of is not None:
        return _HEADS.get(one.head_of) or text(f"Head of {one.head_of}", f"{one.head_of}负责人")
    if one.manager_of is not None:
        above = labelled(one.manager_of)
        return _ABOVE.get(one.manager_of) or text(f"Superior of: {above}", f"{above}的上级")
    if one.authority is not None:
        return text(f"By {titled('authority', one.authority)}", f"按《{titled('authority', one.authority)}》确定")
    if one.fact is not None:
        return text(f"Named in: {labelled(one.fact)}", f"由“{labelled(one.fact)}”指定")
    if one.deciders_of is not None:
        return text("Who decided the original", "原业务审批人")
    if one.chosen_by is not None:
        return _CHOSEN[one.chosen_by]
    if one.outside is not None:
        return text(f"Outside party: {labelled(one.outside)}", f"外部机构：{labelled(one.outside)}")
    if one.resolver is not None:
        return text(f"By plugin {one.resolver}", f"由插件 {one.resolver} 确定")
    return text("By expression", "由表达式确定")


_HEADS = {
    "branch": text("Head of the branch", "机构负责人"),
    "department": text("Head of the department", "部门负责人"),
}
_ABOVE = {
    "starter": text("Superior of the starter", "发起人的上级"),
    "last_approver": text("Superior of the last approver", "上一审批人的上级"),
}
_CHOSEN = {
    "starter": text("Chosen by the starter", "发起人指定"),
    "previous": text("Chosen by the approver before", "上一审批人指定"),
}


def of_awaited(one: Awaited, labels: Mapping[str, Text]) -> Text:
    """What is waited for: an event as people call it, else by its name; or a term."""
    if one.title is not None:
        return one.title
    return text(one.event, one.event) if one.event is not None else of_time(one, labels)


def of_time(one: Awaited | Deadline, labels: Mapping[str, Text]) -> Text:
    """A term: so many hours, or a day that a fact holds."""
    if one.working_hours is not None:
        return text(f"after {one.working_hours} working hours", f"{one.working_hours} 个工时后")
    if one.hours is not None:
        return text(f"after {one.hours} h", f"{one.hours} 小时后")
    label = labels.get(one.until or "", {"en": one.until or "", "zh": one.until or ""})
    return text(f"on: {say(label, 'en')}", f"到“{say(label, 'zh')}”之日")
