"""Every table as a SQLAlchemy Core Table, by area. `metadata` is what the migrations are checked against."""

from __future__ import annotations

from .applications import application, assessment
from .approvals import sanction
from .base import metadata
from .cash import (
    bank_line,
    bank_statement,
    cash_item,
    cash_order,
    claim,
    claim_batch,
    deposit,
    deposit_entry,
    entrustment,
    payout,
    receipt_reversal,
    suspense,
)
from .companies import company, membership
from .conditions import sanction_condition, site_visit
from .contracts import blob, contract, contract_change, contract_record, document, upload
from .credit_lines import credit_line, credit_line_change, credit_line_draw, credit_line_move, credit_line_part
from .customers import agreement_acceptance, customer
from .days import day_chunk, day_run
from .drafting import draft_revision
from .flow_runs import flow_call, flow_migrated, flow_migration, flow_timer
from .flows import flow_case, flow_copy, flow_history, work_item, work_named
from .ledger import (
    account_day,
    account_month,
    accrual,
    journal_entry,
    journal_line,
    ledger_day,
    ledger_period,
    loan_month,
)
from .loan_changes import loan_change
from .loans import disbursement, instalment, is_loan_of, loan, loan_class, loan_event, receipt, repayment
from .outside import outside_link, webhook
from .parties import borrower_group, group_member, party
from .records import record, record_index
from .releases import (
    definition,
    definition_remark,
    draft,
    product_stop,
    release,
    release_item,
    release_signature,
    replay,
    replay_case,
)
from .running import audit_log, idempotency, import_run, job_run, message, number_sequence, outbox
from .screens import saved_view, sign_in_guard, user_profile
from .staffing import delegation, staff_relation

__all__ = [
    "account_day",
    "account_month",
    "accrual",
    "agreement_acceptance",
    "application",
    "assessment",
    "audit_log",
    "bank_line",
    "bank_statement",
    "blob",
    "borrower_group",
    "cash_item",
    "cash_order",
    "claim",
    "claim_batch",
    "company",
    "contract",
    "contract_change",
    "contract_record",
    "credit_line",
    "credit_line_change",
    "credit_line_draw",
    "credit_line_move",
    "credit_line_part",
    "customer",
    "day_chunk",
    "day_run",
    "definition",
    "definition_remark",
    "delegation",
    "deposit",
    "deposit_entry",
    "disbursement",
    "document",
    "draft",
    "draft_revision",
    "entrustment",
    "flow_call",
    "flow_case",
    "flow_copy",
    "flow_history",
    "flow_migrated",
    "flow_migration",
    "flow_timer",
    "group_member",
    "idempotency",
    "import_run",
    "instalment",
    "is_loan_of",
    "job_run",
    "journal_entry",
    "journal_line",
    "ledger_day",
    "ledger_period",
    "loan",
    "loan_change",
    "loan_class",
    "loan_event",
    "loan_month",
    "membership",
    "message",
    "metadata",
    "number_sequence",
    "outbox",
    "outside_link",
    "party",
    "payout",
    "product_stop",
    "receipt",
    "receipt_reversal",
    "record",
    "record_index",
    "release",
    "release_item",
    "release_signature",
    "repayment",
    "replay",
    "replay_case",
    "sanction",
    "sanction_condition",
    "saved_view",
    "sign_in_guard",
    "site_visit",
    "staff_relation",
    "suspense",
    "upload",
    "user_profile",
    "webhook",
    "work_item",
    "work_named",
]
