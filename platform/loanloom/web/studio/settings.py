"""Everything that can be set, on one page, by what people call it: the `menu` documents of the door `settings`."""

from __future__ import annotations

from flask import Blueprint, render_template

from loanloom.web import navigation
from loanloom.web.access import requires

blueprint = Blueprint("studio_settings", __name__, url_prefix="/studio/settings")


@blueprint.get("/")
@requires("definition.read")
def index() -> str:
    """The settings by group; what this person may not open is shown as closed, so that they know whom to ask."""
    return render_template("studio/settings.html", groups=navigation.settings())
