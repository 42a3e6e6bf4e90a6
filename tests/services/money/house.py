"""A small lender for money tests: three products, posting rules, class rules; contracts are written as signed rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import event, insert
from tests.services.money.house_rules import events

from loanloom.metadata.archive import Files
from loanloom.metadata.bundle import bundle_of
from loanloom.services.context import Actor, Company, Context, system_actor
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.money import end_of_day
from loanloom.store import tables
from loanloom.store.database import Database

D = Decimal
START = date(2026, 1, 5)
MAKER, PREPARER = 90_007, 90_008  # who took the application and prepared the contract; no user of a test has these
FUNCTIONS = frozenset({"money.read", "money.disburse", "money.receive", "loan.read", "day.close", "contract.read"})
_numbers = count(1)

_PRODUCT = """
apiVersion: loanloom/v1
kind: product
key: {key}
title: {{en: {key}, zh: {key}}}
spec:
  class: business
  currency: CNY
  amount: {{min: 1000, max: 1000000}}
  term: {{unit: month, min: 1, max: 60}}
  rate: {{fixed: 0.12}}
  draw: once
  schedule: {{methods: [equal_instalment, equal_principal], every: 1, unit: month, due_day: same}}
  day_count: {day_count}
  rounding: {{digits: 2, mode: {mode}, residual: last}}
  penalty: {{uplift: 0.5, year_days: 360, grace_days: {grace}, compound: {compound}}}
  allocation: usual
  prepayment: {{allowed: true, fee_rate: {fee}, min_days: 0}}
  overpayment: {overpayment}
{more}  forms: {{application: form}}
  flows: {{application: flow}}
  asset_class: classes
  posting_rules: rules
  numbering: {{loan: loan, voucher: voucher, receipt: receipt}}
"""
_USUAL = {
    "day_count": "30/360",
    "mode": "half_up",
    "grace": 0,
    "compound": "false",
    "fee": 0,
    "overpayment": "refuse",
    "more": "",
}
PRODUCTS = {
    "plain": _USUAL,
    "keeping": _USUAL | {"overpayment": "keep", "compound": "true", "day_count": "act/360"},
    "following": _USUAL
    | {
        "day_count": "act/365",
        "overpayment": "keep",
        "more": "  recalculation: {rest: daily, on_prepayment: instalment, payoff: to_day, arrears: true}\n",
    },
    "even": _USUAL | {"mode": "half_even", "day_count": "act/365", "grace": 3, "fee": "0.01"},
    "strict": _USUAL | {"more": "  changes: {accelerate: {allowed: false}}\n"},
}
IN_TRANCHES = (
    "draw: tranches\n  draws: {most: 3, min_amount: 5000, within_days: 90, expected: [{after_days: 30, percent: 0.4}]}"
)
DOCUMENTS = [
    *(_PRODUCT.format(key=key, **values) for key, values in PRODUCTS.items()),
    _PRODUCT.format(key="staged", **_USUAL).replace("draw: once", IN_TRANCHES),
    *(
        _PRODUCT.format(key=key, **_USUAL).replace(
            "draw: once",
            f"draw: revolving\n  business: line\n  draws: {{{draws}}}\n"
            f"  line: {{revolving: {revolving}, {sharing}, valid_months: 12}}",
        )
        for key, revolving, sharing, draws in (
            ("line", "true", "sharing: own", "chooses: [method, term]"),
            ("once-line", "false", "sharing: own", "chooses: [method, term]"),
            ("shared-line", "true", "sharing: shared, products: [plain]", "chooses: [method, term]"),
            ("group-line", "true", "sharing: group", "chooses: [method, term]"),
            ("bound-line", "true", "sharing: own", "most: 2, min_amount: 5000, within_days: 10"),
        )
    ),
    """
kind: allocation_order
key: usual
spec: {order: [fee, penalty, compound, interest, principal], by: instalment}""",
    """
kind: chart_of_accounts
key: chart
spec:
  accounts:
    - {code: "1002", title: {en: Bank, zh: 银行存款}, type: asset}
    - {code: "1131", title: {en: Interest receivable, zh: 应收利息}, type: asset}
    - {code: "1132", title: {en: Penalty receivable, zh: 应收罚息}, type: asset}
    - {code: "1133", title: {en: Fees receivable, zh: 应收费用}, type: asset}
    - {code: "1301", title: {en: Loans, zh: 贷款}, type: asset}
    - {code: "2221", title: {en: Taxes, zh: 应交税费}, type: liability}
    - {code: "2241", title: {en: Kept for borrowers, zh: 暂收款}, type: liability}
    - {code: "2299", title: {en: Clearing, zh: 过渡}, type: liability}
    - {code: "6011", title: {en: Interest, zh: 利息收入}, type: income}
    - {code: "6021", title: {en: Fees, zh: 手续费收入}, type: income}
    - {code: "6701", title: {en: Losses, zh: 损失}, type: expense}""",
    """
kind: posting_rules
key: rules
spec:
  chart: chart
  events:"""
    + events(),
    """
kind: ruleset
key: classes
spec:
  subject: loan
  hit_policy: unique
  outputs:
    - {key: asset_class, title: {en: Class, zh: 分类}, type: string, values: [substandard, special_mention, normal]}
  table:
    inputs: [{title: {en: Days, zh: 天数}, value: loan.days_past_due}]
    rows:
      - {key: normal, when: ["<= 0"], then: {asset_class: normal}}
      - {key: special_mention, when: ["[1..90]"], then: {asset_class: special_mention}}
      - {key: substandard, when: ["> 90"], then: {asset_class: substandard}}""",
    *(
        f"\nkind: numbering\nkey: {key}\nspec: {{pattern: '{key[0].upper()}{{year}}-{{sequence:5}}', "
        f"reset: yearly, gapless: {'true' if key == 'loan' else 'false'}}}"
        for key in ("loan", "voucher", "receipt")
    ),
    """
kind: form
key: form
spec:
  record: application
  layout: sections
  sections: [{key: s, title: {en: S, zh: S}, fields: [{field: application.amount}]}]""",
    """
kind: flow
key: flow
spec:
  subject: application
  nodes:
    - {key: begin, title: {en: Begin, zh: 开始}, type: start, next: end}
    - {key: end, title: {en: End, zh: 结束}, type: end, outcome: approved}""",
]
MANIFEST = 'apiVersion: loanloom/v1\nname: small\nversion: "1.0.0"\nlanguages: [en, zh]\n'


def files() -> dict[str, str]:
    """The documents as the files of a bundle."""
    made = {"metadata/bundle.yaml": MANIFEST}
    for source in DOCUMENTS:
        said = dict(line.split(": ", 1) for line in source.strip().splitlines() if line.startswith(("kind:", "key:")))
        head = "" if "apiVersion" in source else "apiVersion: loanloom/v1\ntitle: {en: x, zh: x}"
        made[kinds().require(said["kind"]).file_of(said["key"])] = head + source + "\n"
    return made


@dataclass
class House:
    """One company with a live release, standing on a business date."""

    database: Database
    company: Company

    def ctx(self, user_id: int = 51, **more: Any) -> Context:
        """The surroundings of a cashier today."""
        with self.database.transaction() as connection:
            day = end_of_day.companies.business_date(connection, self.company.id)
        actor = Actor(
            user_id=user_id, username=f"user{user_id}", name=f"User {user_id}", scope="all", functions=FUNCTIONS,
            **more,
        )  # fmt: skip
        return Context(
            database=self.database, company=self.company, registry=releases.live(self.database, self.company),
            actor=actor, now=datetime(2026, 1, 5, 1, tzinfo=UTC), business_date=day,
        )  # fmt: skip

    def contract(self, amount: int | str = 100_000, product: str = "plain", **more: Any) -> int:
        """A signed contract with everything it hangs on."""
        return self.contracts([{"amount": D(amount), "product_key": product} | more])[0]

    def contracts(self, wanted: list[dict[str, Any]]) -> list[int]:
        """Signed contracts."""
        made = []
        with self.database.transaction(self.company.id) as connection:
            for one in wanted:
                number = f"{next(_numbers):06d}"
                release = {"release_id": self.company.release_id, "unit": "branch"}
                agreed = {name: one[name] for name in ("product_key", "amount")} | {
                    "term_months": one.get("months", 12),
                    "method": one.get("method", "equal_instalment"),
                }
                customer = self._add(
                    connection, tables.customer, number=number, kind="person", name=f"Demo {number}", since_on=START,
                    unit="branch", manager_user_id=MAKER,
                )  # fmt: skip
                application = self._add(
                    connection, tables.application, number=number, customer_id=customer, created_by=MAKER,
                    applied_on=START, state="approved", **agreed, **release,
                )  # fmt: skip
                common = {"number": number, "application_id": application, "customer_id": customer} | agreed | release
                sanction = self._add(
                    connection, tables.sanction, annual_rate=D("0.12"), sanctioned_on=START, state="contracted",
                    expires_on=date(2027, 1, 1), **common,
                )  # fmt: skip
                made.append(
                    self._add(
                        connection,
                        tables.contract,
                        kind="loan",
                        sanction_id=sanction,
                        annual_rate=D("0.12"),
                        state="signed",
                        signed_on=START,
                        sealed_on=START,
                        created_by=PREPARER,
                        **common,
                    )
                )
        return made

    def _add(self, connection: Any, table: Any, **values: Any) -> int:
        return int(connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())

    def close(self, days: int = 1) -> None:
        """Close so many days."""
        ctx = self.ctx()
        for _ in range(days):
            ctx = end_of_day.close_day(ctx)

    def close_until(self, day: date) -> None:
        """Close days until `day` is the business date."""
        end_of_day.close_until(self.ctx(), day)

    def rows(self, table: Any, *where: Any) -> list[Any]:
        """Rows of a table, by id."""
        with self.database.transaction(self.company.id) as connection:
            return list(connection.execute(table.select().where(*where).order_by(table.c.id)))

    def balances(self) -> dict[str, Decimal]:
        """Accounts with their balance on the debit side."""
        sums: dict[str, Decimal] = {}
        for row in self.rows(tables.journal_line):
            sums[row.account_code] = sums.get(row.account_code, D(0)) + row.debit - row.credit
        return {account: amount for account, amount in sums.items() if amount}


def settle(database: Database, company: Company) -> House:
    """Install the small lender."""
    ctx = Context(
        database=database, company=company, registry=releases.live(database, company), actor=system_actor("installer"),
        now=datetime(2026, 1, 5, 1, tzinfo=UTC), business_date=START,
    )  # fmt: skip
    installed = releases.install(ctx, bundle_of(Files(files(), ()), kinds()))
    return House(database, replace(company, release_id=installed.release_id))


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements sent within."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
