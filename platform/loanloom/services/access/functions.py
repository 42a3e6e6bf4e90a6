"""The functions a role may hold: every right of the house, with its name in both languages; and those over the records
that a company keeps by entities of its own."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.metadata.registers import registers, right
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text

FUNCTIONS: Mapping[str, Text] = {
    "customer.read": text("See customers", "查看客户"),
    "customer.write": text("Create and change customers", "新建和修改客户"),
    "application.read": text("See applications", "查看申请"),
    "application.create": text("Take applications", "受理申请"),
    "application.decide": text("Decide applications", "审批申请"),
    "flow.read_all": text("See every case in its flow", "查看全部流程"),
    "flow.repair": text("Repair flows: give, jump, terminate", "流程管理：指派、跳转、终止"),
    "flow.delegate": text("Keep who stands in for whom, and declared relations", "管理委托与回避申报"),
    "sanction.read": text("See sanctions", "查看批复"),
    "contract.read": text("See contracts", "查看合同"),
    "contract.prepare": text("Prepare contracts", "制作合同"),
    "contract.sign": text("Sign contracts", "签署合同"),
    "contract.seal": text("Keep the seals and their register", "用印管理"),
    "contract.archive": text("Keep the archive of contracts", "合同档案管理"),
    "money.read": text("See receipts and payments", "查看收付款"),
    "money.disburse": text("Pay out loans", "放款"),
    "money.receive": text("Receive repayments", "收款"),
    "money.claim": text("Claim unidentified receipts", "到账认领"),
    "money.refund": text("Ask for refunds", "申请退款"),
    "money.hold": text("Keep customers' money: deposits", "管理保证金与备付金"),
    "money.pay": text("Pay what is to be paid out", "付款"),
    "money.reverse": text("Reverse what was booked at the desk", "冲正收付款"),
    "money.check": text("Check and register what another has entered", "复核登记收付款"),
    "party.write": text("Keep merchants, trustors, guarantors and groups", "维护合作方与联保小组"),
    "loan.read": text("See loans", "查看借据"),
    "loan.change": text("Request changes of loans", "申请贷后变更"),
    "loan.approve_change": text("Approve changes of loans", "审批贷后变更"),
    "loan.take_over": text("Take over loans from another system", "接管存量借据"),
    "money.post": text("Make vouchers by hand", "录入手工凭证"),
    "money.close": text("Close the books of a month", "月末结账"),
    "day.close": text("Close the business day", "日终处理"),
    "report.read": text("See reports", "查看报表"),
    "definition.read": text("See definitions", "查看配置"),
    "definition.edit": text("Draft definitions", "编辑配置"),
    "release.propose": text("Propose releases", "提交发布"),
    "release.approve": text("Approve releases", "审批发布"),
    "release.activate": text("Activate releases", "启用发布"),
    "user.manage": text("Manage users", "管理用户"),
    "audit.read": text("Read the audit log", "查看审计日志"),
    "portal.use": text("Use the customer portal", "使用客户门户"),
    "system.operate": text("Operate the system", "系统运维"),
    "import.run": text("Run imports", "执行导入"),
}


def of(registry: Registry) -> Mapping[str, Text]:
    """Every function of a company: the house's, then to see and to change the records of each register."""
    own: dict[str, Text] = {}
    for one in registers(registry).values():
        en, zh = one.title.get("en", one.key), one.title.get("zh", one.key)
        own[right(one.key, "read")] = text(f"See: {en}", f"查看{zh}")
        own[right(one.key, "write")] = text(f"Enter and change: {en}", f"维护{zh}")
    return {**FUNCTIONS, **own}
