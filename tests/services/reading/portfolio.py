"""A few loans in the model company, for what reads them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from loanloom.store import names, tables


def required(table, **given):
    """The row with something harmless in every column that must be filled."""
    harmless = {int: 1, str: "x", date: date(2026, 1, 10), Decimal: Decimal(1), bool: False}
    for column in table.columns:
        needs = not column.nullable and column.server_default is None and column.name not in ("id", "company_id")
        if needs and column.name not in given:
            given[column.name] = harmless.get(column.type.python_type, Decimal(1))
    return given


def add_loans(model_company):
    """Six loans of 10,000 to 60,000; two of them overdue by 10 and 40 days; one settled; in two branches."""
    with model_company.transaction() as connection:
        release = connection.execute(select(tables.release.c.id)).scalar_one()

        def add(table, **given):
            row = required(table, **given)
            return connection.execute(table.insert().values(row).returning(table.c.id)).scalar_one()

        for index in range(1, 7):
            name = f"客户{index}"
            customer = add(tables.customer, number=f"KH{index}", name=name, kind="person", **names.name_columns(name))
            common = {"customer_id": customer, "release_id": release, "product_key": "farmer-loan"}
            application = add(
                tables.application, number=f"SQ{index}", amount=Decimal(index * 10000), term_months=12,
                method="equal_instalment", state="disbursed", **common,
            )  # fmt: skip
            sanction = add(tables.sanction, number=f"PF{index}", application_id=application, **common)
            contract = add(
                tables.contract, number=f"HT{index}", kind="loan", sanction_id=sanction, application_id=application,
                **common,
            )  # fmt: skip
            late = {2: 10, 3: 40}.get(index, 0)
            loan = add(
                tables.loan,
                number=f"JJ{index}",
                contract_id=contract,
                application_id=application,
                principal=Decimal(index * 10000),
                principal_outstanding=Decimal(index * 10000),
                overdue_amount=Decimal(100) if late else Decimal(0),
                days_past_due=late,
                status="settled" if index == 6 else "active",
                asset_class="special_mention" if late > 30 else "normal",
                unit="east-branch" if index <= 4 else "west-branch",
                **common,
            )
            add(
                tables.instalment, loan_id=loan, number=1, principal=Decimal(100), interest=Decimal(10),
                due_on=date(2026, 3, 5), status="due",
            )  # fmt: skip
