"""Every blueprint of the three doors and the API, in one list. A new area adds its line here."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

AREAS = (
    "loanloom.web.admin.audit",
    "loanloom.web.admin.flow_monitor",
    "loanloom.web.admin.flow_versions",
    "loanloom.web.admin.outgoing",
    "loanloom.web.admin.roles",
    "loanloom.web.admin.users",
    "loanloom.web.portal.agreements",
    "loanloom.web.portal.applying",
    "loanloom.web.portal.lines",
    "loanloom.web.portal.outside",
    "loanloom.web.portal.pages",
    "loanloom.web.portal.public_pages",
    "loanloom.web.portal.public_progress",
    "loanloom.web.studio.bands",
    "loanloom.web.studio.bpmn",
    "loanloom.web.studio.editors.flow_changes",
    "loanloom.web.studio.cells",
    "loanloom.web.studio.conditions",
    "loanloom.web.studio.changes",
    "loanloom.web.studio.definitions",
    "loanloom.web.studio.expressions",
    "loanloom.web.studio.flow_page",
    "loanloom.web.studio.grids",
    "loanloom.web.studio.form_design",
    "loanloom.web.studio.comparing",
    "loanloom.web.studio.remarks",
    "loanloom.web.studio.renaming",
    "loanloom.web.studio.replays",
    "loanloom.web.studio.template_words",
    "loanloom.web.studio.beginning",
    "loanloom.web.studio.new_product",
    "loanloom.web.studio.plain",
    "loanloom.web.studio.playground",
    "loanloom.web.studio.settings",
    "loanloom.web.workspace.account",
    "loanloom.web.workspace.applications",
    "loanloom.web.workspace.approvals",
    "loanloom.web.workspace.away",
    "loanloom.web.workspace.cases",
    "loanloom.web.workspace.cashier",
    "loanloom.web.workspace.cashier_claims",
    "loanloom.web.workspace.cashier_payments",
    "loanloom.web.workspace.conditions",
    "loanloom.web.workspace.contract_changes",
    "loanloom.web.workspace.contract_life",
    "loanloom.web.workspace.contracts",
    "loanloom.web.workspace.credit_lines",
    "loanloom.web.workspace.customers",
    "loanloom.web.workspace.days",
    "loanloom.web.workspace.flow_figures",
    "loanloom.web.workspace.home",
    "loanloom.web.workspace.in_bulk",
    "loanloom.web.workspace.ledger",
    "loanloom.web.workspace.lists",
    "loanloom.web.workspace.loan_changes",
    "loanloom.web.workspace.loans",
    "loanloom.web.workspace.messages",
    "loanloom.web.workspace.outside_links",
    "loanloom.web.workspace.money",
    "loanloom.web.workspace.papers",
    "loanloom.web.workspace.parties",
    "loanloom.web.workspace.periods",
    "loanloom.web.workspace.record_imports",
    "loanloom.web.workspace.records",
    "loanloom.web.workspace.reports",
    "loanloom.web.workspace.search",
    "loanloom.web.workspace.takeover",
    "loanloom.web.workspace.visits",
    "loanloom.web.workspace.vouchers",
)
"""Modules that hold a `blueprint`."""

APIS = (
    ("loanloom.web.api.absences", "DelegationApi"),
    ("loanloom.web.api.absences", "RelationApi"),
    ("loanloom.web.api.applications", "ApplicationApi"),
    ("loanloom.web.api.loan_changes", "LoanChangeApi"),
    ("loanloom.web.api.cases", "CaseApi"),
    ("loanloom.web.api.cases", "WorkItemApi"),
    ("loanloom.web.api.flow_figures", "FlowFigureApi"),
    ("loanloom.web.api.cash", "CashApi"),
    ("loanloom.web.api.progress", "ProgressApi"),
    ("loanloom.web.api.records", "RecordApi"),
    ("loanloom.web.api.watching", "CopyApi"),
    ("loanloom.web.api.watching", "FlowMonitorApi"),
    ("loanloom.web.api.loans", "LoanApi"),
    ("loanloom.web.api.credit_lines", "CreditLineApi"),
)
"""Resources of /api/v1."""


def install(app: Flask) -> None:
    """Register them all; inside an application context, after Flask-AppBuilder."""
    for module, name in APIS:
        app.extensions["appbuilder"].add_api(getattr(import_module(module), name))
    for name in AREAS:
        app.register_blueprint(import_module(name).blueprint)
