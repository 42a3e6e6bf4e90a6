"""Roles as the live release defines them: functions, data scope, holders. They are changed in the studio."""

from __future__ import annotations

from flask import Blueprint, render_template

from loanloom.services.access import functions, users
from loanloom.services.access.rights import functions_of
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("roles", __name__, url_prefix="/admin/roles")


@blueprint.get("/")
@requires("user.manage", "audit.read")
def index() -> str:
    """Every role, and the matrix of functions by role."""
    ctx = current_context()
    holders: dict[str, int] = {}
    for user in users.of_company(ctx):
        for role in user.roles if user.active else ():
            holders[role] = holders.get(role, 0) + 1
    roles = ctx.registry.all("role")
    return render_template(
        "admin/roles.html", roles=roles, functions=functions.of(ctx.registry), holders=holders,
        held={role.key: functions_of(role.spec) for role in roles},
    )  # fmt: skip
