"""The small lender of the money tests with the model company's chart and posting rules, roles that need a second
person, and a mapping of bank statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.services.money.house import FUNCTIONS, START, House, files

from loanloom.metadata.archive import Files
from loanloom.metadata.bundle import bundle_of
from loanloom.services.context import Company, Context, system_actor
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.money import disbursements
from loanloom.services.money.cashier import orders
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.parties import partners
from loanloom.store.database import Database

D = Decimal
ROOT = Path(__file__).parents[4]
RIGHTS = FUNCTIONS | {
    "money.claim", "money.refund", "money.hold", "money.pay", "money.reverse", "party.write", "customer.read",
    "contract.prepare",
}  # fmt: skip
CHECKING = RIGHTS | {"money.check"}
CASHIER, OTHER, CHIEF = 51, 52, 60

EXTRA = {
    "metadata/roles/careful.yaml": """
apiVersion: loanloom/v1
kind: role
key: careful
title: {en: Careful, zh: 谨慎}
spec:
  functions: [money.receive]
  data_scope: all
  second_person: [{function: money.receive, above: 10000}, {function: money.disburse}]
""",
    "metadata/import_mappings/bank.yaml": """
apiVersion: loanloom/v1
kind: import_mapping
key: bank
title: {en: Bank statement, zh: 银行流水}
spec:
  format: csv
  record: bank_line
  account: "6222 0001"
  skip: 1
  key: "{reference}"
  headings: {reference: 流水号, day: 交易日期, income: 收入, outgo: 支出, name: 对方户名, number: 对方账号, words: 摘要}
  columns: {reference: text, day: date, income: number, outgo: number, name: text, number: text, words: text}
  values:
    bank_line.happened_on: row.day
    bank_line.amount: if row.income != null then row.income else -row.outgo
    bank_line.payer_name: row.name
    bank_line.payer_account: row.number
    bank_line.words: row.words
""",
}


@dataclass
class Desk(House):
    """A lender with a desk: a cashier, another one, and somebody who checks."""

    def cashier(self, user_id: int = CASHIER, **more: Any) -> Context:
        """Somebody at the desk."""
        ctx = self.ctx(user_id)
        return replace(ctx, actor=replace(ctx.actor, functions=frozenset(RIGHTS), **more))

    def chief(self) -> Context:
        """Somebody who checks what others enter."""
        ctx = self.ctx(CHIEF)
        return replace(ctx, actor=replace(ctx.actor, functions=frozenset(CHECKING)))

    def lent(self, product: str = "plain", **more: Any) -> int:
        """A running loan."""
        return disbursements.disburse(self.ctx(), self.contract(product=product, **more)).loan_id

    def enter(
        self, what: str, /, *, by: Context | None = None, key: str | None = None, **parameters: Any
    ) -> orders.Order:
        """An order of the desk."""
        made = KINDS[what].parameters(**parameters)
        return orders.enter(by or self.cashier(), KINDS[what], made, idempotency_key=key)

    def approve(self, kind: str, order: orders.Order) -> orders.Order:
        """The chief registers it."""
        return orders.register(self.chief(), KINDS[kind], order.id)

    def reverse(self, order: orders.Order, why: str = "wrong loan") -> orders.Order:
        """Take a booked order back."""
        return self.enter("reversal", order_id=order.id, why=why)

    def merchant(self, **more: Any) -> int:
        """An active merchant that agreed to a fee of 3 %."""
        said = {"kind": "merchant", "name": "灯具商行（演示）", "account": "6222020200012345678", "fee_rate": D("0.03")}
        return partners.create(self.cashier(), partners.Details(**(said | more)))

    def moved(self) -> dict[str, Decimal]:
        """Balances by account, debit side, without those of the loans themselves."""
        return {code: amount for code, amount in self.balances().items() if code not in LOAN_ACCOUNTS}


LOAN_ACCOUNTS = ("130301", "113201", "113202", "601101", "601102")


def settle(database: Database, company: Company, more: Mapping[str, str] | None = None) -> Desk:
    """Install the lender, with more documents where a test wants them."""
    made = {path: content for path, content in files().items() if "charts_of_accounts" not in path}
    chart = (ROOT / "metadata/charts_of_accounts/small-loan-company.yaml").read_text()
    made["metadata/charts_of_accounts/small-loan-company.yaml"] = chart
    rules = (ROOT / "metadata/posting_rules/loans.yaml").read_text().replace("\nkey: loans\n", "\nkey: rules\n")
    made["metadata/posting_rules/rules.yaml"] = rules
    ctx = Context(
        database=database, company=company, registry=releases.live(database, company), actor=system_actor("installer"),
        now=datetime(2026, 1, 5, 1, tzinfo=UTC), business_date=START,
    )  # fmt: skip
    installed = releases.install(ctx, bundle_of(Files(made | EXTRA | dict(more or {}), ()), kinds()))
    return Desk(database, replace(company, release_id=installed.release_id))


DUE = date(2026, 2, 5)
INSTALMENT = D("8884.88")
