"""The command line's error map: what a person at the terminal reads instead of a stack trace."""

from __future__ import annotations

import locale
import os

from loanloom.services.errors import ServiceError
from loanloom.settings import SettingsError
from loanloom.store.embedded import ServerError
from loanloom.store.opening import OpeningError
from loanloom.store.vault import VaultError


def language() -> str:
    """zh where the terminal speaks Chinese, else en."""
    found = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "zh" if found.lower().startswith("zh") else "en"


def foreseen(error: Exception) -> str | None:
    """The words for a foreseen failure; None for a defect, which keeps its stack trace."""
    if isinstance(error, ServiceError):
        return error.in_words(language())
    if isinstance(error, SettingsError | ServerError | OpeningError | VaultError):
        return str(error)
    return None
