"""The states of every record, as words and a tone. One place, so that a state looks the same on every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loanloom.problems import Text, text
from loanloom.services.money.page import event_words
from loanloom.web import cash_states


@dataclass(frozen=True, slots=True)
class Shown:
    """How a state looks: good, notice, bad, calm, brand or plain ("")."""

    words: Text
    tone: str = ""


STATES: Mapping[str, Shown] = {
    **{key: Shown(words, tone) for key, (words, tone) in cash_states.LOOKS.items()},
    # application
    "draft": Shown(text("Draft", "草稿")),
    "submitted": Shown(text("In approval", "审批中"), "notice"),
    "in_approval": Shown(text("In approval", "审批中"), "notice"),
    "returned": Shown(text("Returned", "已退回"), "notice"),
    "approved": Shown(text("Approved", "已通过"), "good"),
    "refused": Shown(text("Refused", "已否决"), "bad"),
    "withdrawn": Shown(text("Withdrawn", "已撤回")),
    "contracted": Shown(text("Contracted", "已签约"), "brand"),
    "disbursed": Shown(text("Disbursed", "已放款"), "brand"),
    # sanction, contract
    "in_force": Shown(text("In force", "生效中"), "good"),
    "used": Shown(text("Used", "已使用"), "brand"),
    "expired": Shown(text("Expired", "已过期"), "notice"),
    "condition_open": Shown(text("Open", "未落实"), "notice"),
    "condition_met": Shown(text("Met", "已落实"), "good"),
    "condition_waived": Shown(text("Waived", "已豁免"), "calm"),
    "prepared": Shown(text("Prepared", "待签署"), "notice"),
    "signed": Shown(text("Signed", "已签署"), "good"),
    "ended": Shown(text("Ended", "已终止")),
    "void": Shown(text("Void", "已作废")),
    "loan": Shown(text("Loan contract", "借款合同"), "brand"),
    "line": Shown(text("Credit line contract", "授信合同"), "brand"),
    "guarantee": Shown(text("Guarantee contract", "保证合同"), "calm"),
    "mortgage": Shown(text("Mortgage contract", "抵押合同"), "calm"),
    # loan, instalment
    "active": Shown(text("Active", "正常"), "good"),
    "current": Shown(text("Current", "正常"), "good"),
    "overdue": Shown(text("Overdue", "逾期"), "bad"),
    "settled": Shown(text("Settled", "已结清")),
    "closed": Shown(text("Closed", "已结清")),
    "due": Shown(text("Due", "待还"), "notice"),
    "future": Shown(text("Not due", "未到期")),
    "paid": Shown(text("Paid", "已还"), "good"),
    "partly_paid": Shown(text("Partly paid", "部分已还"), "notice"),
    "written_off": Shown(text("Written off", "已核销"), "bad"),
    "charged_off": Shown(text("Charged off", "已转销"), "bad"),
    # change of a loan
    "change_requested": Shown(text("Awaiting approval", "待审批"), "notice"),
    "change_approved": Shown(text("Approved, not booked", "已批准未入账"), "calm"),
    "change_refused": Shown(text("Refused", "已否决"), "bad"),
    "change_withdrawn": Shown(text("Withdrawn", "已撤回")),
    "change_booked": Shown(text("Booked", "已入账"), "good"),
    "takeover_read": Shown(text("Read, not booked", "已读取未入账"), "notice"),
    "takeover_done": Shown(text("Booked", "已入账"), "good"),
    "change_undone": Shown(text("Undone", "已冲正")),
    # period of the books
    "period_running": Shown(text("Running", "进行中"), "notice"),
    "period_open": Shown(text("To be closed", "待结账"), "notice"),
    "period_soft": Shown(text("Closed softly", "已预结账"), "calm"),
    "period_hard": Shown(text("Closed for good", "已最终结账"), "good"),
    # asset class
    "normal": Shown(text("Normal", "正常"), "good"),
    "special_mention": Shown(text("Special mention", "关注"), "notice"),
    "substandard": Shown(text("Substandard", "次级"), "bad"),
    "doubtful": Shown(text("Doubtful", "可疑"), "bad"),
    "loss": Shown(text("Loss", "损失"), "bad"),
    # outcomes
    "pass": Shown(text("Pass", "通过"), "good"),
    "refuse": Shown(text("Refuse", "否决"), "bad"),
    "refer": Shown(text("Refer", "转人工"), "notice"),
    "approve": Shown(text("Approve", "批准"), "good"),
    "return": Shown(text("Return", "退回"), "notice"),
    # definitions and releases
    "checked": Shown(text("Checked", "已检查"), "calm"),
    "proposed": Shown(text("Awaiting approval", "待审批"), "notice"),
    "scheduled": Shown(text("Scheduled", "待生效"), "calm"),
    "live": Shown(text("Live", "使用中"), "good"),
    "superseded": Shown(text("Superseded", "已被替代")),
    "retired": Shown(text("Retired", "已停用")),
    "rejected": Shown(text("Rejected", "已驳回"), "bad"),
    # work
    "open": Shown(text("Open", "待处理"), "notice"),
    "claimed": Shown(text("Claimed", "处理中"), "calm"),
    "done": Shown(text("Done", "已完成"), "good"),
    "cancelled": Shown(text("Cancelled", "已取消")),
    "running": Shown(text("Running", "运行中"), "calm"),
    "failed": Shown(text("Failed", "失败"), "bad"),
    "inactive": Shown(text("Inactive", "已停用")),
}

STATE_LISTS: Mapping[str, tuple[str, ...]] = {
    **cash_states.LISTS,
    "contract_state": ("prepared", "signed", "cancelled", "ended"),
    "contract_kind": ("loan", "guarantee", "mortgage"),
    "sanction_state": ("in_force", "used", "expired", "withdrawn"),
    "instalment_state": ("due", "paid", "overdue", "cancelled"),
}
"""The states a column of a list can be filtered by, where no code list of the company says them."""

ACTIONS: Mapping[str, Text] = {
    **cash_states.ACTIONS,
    **{f"loan.{name}": words for name, words in event_words.EVENTS.items()},
    "credit_line.opened": text("Credit line opened", "开立额度"),
    "credit_line.part_set": text("Part of a member set", "设定成员份额"),
    "credit_line.draw_asked": text("Draw asked for", "申请提款"),
    "credit_line.draw_approved": text("Draw approved", "批准提款"),
    "credit_line.draw_refused": text("Draw refused", "否决提款"),
    "credit_line.draw_cancelled": text("Draw taken back", "撤回提款"),
    "credit_line.change_asked": text("Change of a line asked for", "申请额度变更"),
    "credit_line.change_approved": text("Change of a line approved", "批准额度变更"),
    "credit_line.change_refused": text("Change of a line refused", "否决额度变更"),
    "import.started": text("Import begun", "开始导入"),
    "import.finished": text("Import finished", "完成导入"),
    "customer.created": text("Customer entered", "客户建档"),
    "customer.changed": text("Customer changed", "修改客户资料"),
    "customer.file_added": text("File added", "上传附件"),
    "customer.file_removed": text("File removed", "移除附件"),
    "user.file_added": text("File chosen", "选择附件"),
    "application.begun": text("Application begun", "发起申请"),
    "application.filled_in": text("Form filled in", "填写申请表"),
    "application.file_added": text("Paper handed in", "上传资料"),
    "application.file_removed": text("Paper taken out", "移除资料"),
    "application.imported": text("Application imported", "导入申请"),
    "application.withdrawn": text("Withdrawn", "撤回申请"),
    "contract.prepared": text("Contract prepared", "制作合同"),
    "contract.signed": text("Signing noted", "登记签订"),
    "document.made": text("Document written", "生成文书"),
    "user.signed_in": text("Signed in", "登录"),
    "user.sign_in_failed": text("Sign-in failed", "登录失败"),
    "user.created": text("User made", "新建用户"),
    "user.changed": text("User changed", "修改用户"),
    "user.membership_changed": text("Roles or unit of a user changed", "调整用户角色或机构"),
    "user.password_set": text("Password set", "设置密码"),
    "loan.loan_disbursed": text("Loan paid out", "放款"),
    "loan.disbursement_undone": text("Disbursement undone", "撤销放款"),
    "loan.repayment_received": text("Repayment received", "收到还款"),
    "loan.surplus_applied": text("Money kept applied to a loan", "留存款抵扣还款"),
    "loan.schedule_changed": text("Schedule of a loan changed", "变更还款计划"),
    "loan.fee_charged": text("Fee charged", "收取费用"),
    "loan.loan_settled": text("Loan settled", "借据结清"),
    "takeover.read": text("Files of a take-over read", "读取接管文件"),
    "takeover.finished": text("Loans taken over", "接管存量借据"),
    "loan.loan_taken_over": text("Loan taken over", "接管借据"),
    "loan_change.requested": text("Change asked for", "申请贷后变更"),
    "loan_change.approved": text("Change approved", "批准贷后变更"),
    "loan_change.refused": text("Change refused", "拒绝贷后变更"),
    "loan_change.withdrawn": text("Change withdrawn", "撤回贷后变更"),
    "loan_change.booked": text("Change booked", "贷后变更入账"),
    "loan.classed": text("Asset class changed", "调整五级分类"),
    "application.submitted": text("Application handed in", "提交申请"),
    "application.approve": text("Approved", "审批同意"),
    "application.refuse": text("Refused", "审批否决"),
    "application.return": text("Returned", "审批退回"),
    "application.moved": text("Moved on by the flow", "流程流转"),
    "application.day_closed": text("Closed at the end of day", "日终关闭申请"),
    "sanction.created": text("Sanction made", "生成批复"),
    "sanction.expired": text("Sanction expired", "批复到期"),
    "sanction.used": text("Sanction used", "批复已使用"),
    "sanction.condition_met": text("Condition met", "落实放款条件"),
    "sanction.condition_waived": text("Condition waived", "豁免放款条件"),
    "sanction.condition_open": text("Condition open again", "放款条件重新打开"),
    "sanction.file_added": text("Evidence added", "上传放款条件依据"),
    "sanction.withdrawn": text("Sanction withdrawn", "撤销批复"),
    "company.founded": text("Company founded", "公司开户"),
    "draft.saved": text("Draft saved", "保存草稿"),
    "draft.discarded": text("Draft discarded", "丢弃草稿"),
    "draft.retired": text("Retiring drafted", "拟停用配置"),
    "release.proposed": text("Release proposed", "提交发布"),
    "release.approved": text("Release approved", "审批通过发布"),
    "release.rejected": text("Release rejected", "驳回发布"),
    "release.withdrawn": text("Release withdrawn", "撤回发布"),
    "release.activated": text("Release activated", "启用发布"),
    "release.installed": text("First release installed", "安装首个发布版本"),
    "release.outdated": text("Release outdated", "发布已过时"),
    "product.stopped": text("Product stopped", "停止受理"),
    "product.resumed": text("Product resumed", "恢复受理"),
    "day.closing": text("Closing of a day begun", "开始日终处理"),
    "day.closed": text("Business date moved", "切换营业日期"),
}
"""The words of audit actions; each area adds its own."""

RECORDS: Mapping[str, tuple[Text, str | None]] = {
    "customer": (text("Customer", "客户"), "/customers/{id}"),
    "application": (text("Application", "申请"), "/applications/{id}"),
    "sanction": (text("Sanction", "批复"), "/sanctions/{id}"),
    "contract": (text("Contract", "合同"), "/contracts/{id}"),
    "loan": (text("Loan", "借据"), "/loans/{id}"),
    "user": (text("User", "用户"), "/admin/users/{id}"),
    "release": (text("Release", "发布"), "/studio/changes/{id}"),
    "day_run": (text("End of day", "日终"), None),
    "definition": (text("Definition", "配置"), None),
    "product": (text("Product", "产品"), "/studio/definitions/product/{id}/"),
    "company": (text("Company", "公司"), None),
}
"""What an audit entry may speak of: its name, and where it is shown."""
