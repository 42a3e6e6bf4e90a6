"""Writes Flask-AppBuilder's roles and permissions once, at deploy, after the migrations. Workers never do."""

from __future__ import annotations

from flask import Flask

from loanloom.services.access import roles
from loanloom.web.security import database


def create_permissions(app: Flask) -> None:
    """Every function of the house as a permission, the API's own, and the two roles Flask-AppBuilder expects."""
    with app.app_context():
        appbuilder = app.extensions["appbuilder"]
        manager = appbuilder.sm
        for name in (manager.auth_role_admin, manager.auth_role_public):
            if manager.find_role(name) is None:
                manager.add_role(name)
        appbuilder.add_permissions(update_perms=True)
        with database().transaction() as connection:
            roles.write_functions(connection)
