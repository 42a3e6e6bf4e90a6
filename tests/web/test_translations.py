"""Every text of the web speaks Chinese: found in the code and templates, looked up in the .po files."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import loanloom.web

ROOT = Path(loanloom.web.__file__).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def _catalogue():
    found = {}
    for file in sorted((ROOT / "translations" / "zh").glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale="zh"):
                key = message.id if isinstance(message.id, str) else message.id[0]
                words = message.string if isinstance(message.string, str) else message.string[0]
                if key:
                    found.setdefault(key, []).append((words, file.name))
    return found


def _used():
    keywords = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    options = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
    for file, line, message, _comments, _context in extract_from_dir(
        ROOT, method_map=methods, options_map=options, keywords=keywords
    ):
        text = message if isinstance(message, str) else message[0]
        if text:
            yield text, f"{file}:{line}"


def test_every_text_has_chinese_words():
    known = _catalogue()
    missing = sorted({f"{text!r} at {place}" for text, place in _used() if not any(w for w, _ in known.get(text, ()))})
    assert missing == []


def test_a_text_is_translated_one_way_only():
    differing = {text: words for text, words in _catalogue().items() if len({one for one, _ in words}) > 1}
    assert differing == {}


def test_placeholders_survive_translation():
    broken = [
        text
        for text, words in _catalogue().items()
        if set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(words[0][0])) - {"num"}
    ]
    assert broken == []
