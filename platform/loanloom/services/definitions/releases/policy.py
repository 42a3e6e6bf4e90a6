"""What this installation allows: where configuration is import-only, only bundles change it."""

from __future__ import annotations

from loanloom import settings
from loanloom.problems import Problem, text
from loanloom.services.errors import Forbidden


def drafts_allowed() -> bool:
    """Whether people may edit definitions here."""
    return settings.load().configuration != "import-only"


def allow_drafts() -> None:
    """Refuse where configuration only comes in bundles."""
    if drafts_allowed():
        return
    raise Forbidden(
        Problem(
            code="release.import_only",
            message=text(
                "Configuration comes to this installation in bundles only.", "本环境的配置只能通过配置包导入。"
            ),
            hint=text("Change it where it is made and bring it as a bundle.", "请在配置环境修改后以配置包导入。"),
        )
    )
