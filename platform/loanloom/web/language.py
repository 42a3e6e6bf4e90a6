"""Which language a request speaks, and where its words come from.

English is written in the code and templates; Chinese lies in translations/zh/<area>.po, one file an area. They are
merged at start: no compiled catalogue is kept. Texts of metadata carry their own languages (`say`).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, Domain
from markupsafe import Markup

FOLDER = Path(__file__).parent / "translations"
LANGUAGES: Mapping[str, str] = {"zh": "中文", "en": "English"}
DEFAULT = "zh"


class MergedDomain(Domain):
    """flask-babel's source of translations, reading every .po of a language."""

    def get_translations(self) -> NullTranslations:
        return translations(language())

    def get_translations_cache(self) -> dict[str, NullTranslations]:
        return {}


@cache
def translations(tag: str) -> NullTranslations:
    """Every area's words of one language; English needs none."""
    files = sorted((FOLDER / tag).glob("*.po"))
    if not files:
        return NullTranslations()
    merged: Translations | None = None
    for file in files:
        with file.open("rb") as source:
            catalogue = read_po(source, locale=tag)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        one = Translations(compiled)
        merged = one if merged is None else merged.add(one)
    assert merged is not None
    return merged


def choose() -> str:
    """The chosen language, else the browser's, else Chinese."""
    if not has_request_context():
        return DEFAULT
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    for tag in request.accept_languages.values():
        short = tag.lower().split("-")[0]
        if short in LANGUAGES:
            return short
    return DEFAULT


def language() -> str:
    """The short tag of the language spoken now: zh or en; chosen once a request, for every word on a page asks."""
    try:
        chosen: str | None = g.get("language")
    except RuntimeError:  # nobody asks: no request, no page
        return DEFAULT
    if chosen is None:
        chosen = g.language = choose()
    return chosen


@lru_cache(maxsize=8192)
def _worded(tag: str, words: str) -> Markup:
    """Words of ours in one language, as markup."""
    return Markup(translations(tag).gettext(words))  # noqa: S704 - our own words


def _said(words: str, /, **values: object) -> Markup:
    """`_()` of the templates; values are escaped."""
    said = _worded(language(), words)
    return said % values if values or "%" in said else said


def _counted(one: str, many: str, /, num: int, **values: object) -> Markup:
    """`ngettext()` of the templates."""
    said = translations(language()).ngettext(one, many, num)
    return Markup(said) % {"num": num, **values}  # noqa: S704 - our own words; values are escaped


def babel_of(app: Flask) -> Babel:
    """flask-babel with our catalogues and our choice; templates take the short way to the same words."""
    made = Babel(app, locale_selector=choose, default_locale=DEFAULT)
    made.domain_instance = MergedDomain()
    app.jinja_env.globals.update(_=_said, gettext=_said, ngettext=_counted)
    return made
