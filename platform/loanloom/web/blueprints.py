"""Every blueprint of the three doors and the API, in one list. A new area adds its line here."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

AREAS = (
    "loanloom.web.admin.audit",
    "loanloom.web.admin.roles",
    "loanloom.web.admin.users",
    "loanloom.web.workspace.account",
    "loanloom.web.workspace.approvals",
    "loanloom.web.workspace.home",
    "loanloom.web.workspace.lists",
    "loanloom.web.workspace.messages",
    "loanloom.web.workspace.reports",
    "loanloom.web.workspace.search",
)
"""Modules that hold a `blueprint`."""


def install(app: Flask) -> None:
    """Register them all."""
    for name in AREAS:
        app.register_blueprint(import_module(name).blueprint)
