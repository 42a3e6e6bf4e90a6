"""A key made of a name: its English words, else the Chinese ones' pinyin; a number behind it where it is taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from loanloom.store.names import syllables

LONGEST = 40


def key_of(title: Mapping[str, str], taken: Collection[str], *, join: str = "_", before: str = "f") -> str:
    """A key that nobody has; `before` stands in front of what begins with no letter."""
    english = title.get("en", "").strip()
    words = english if english.isascii() and english else " ".join(syllables(title.get("zh", "").strip() or english))
    plain = re.sub(r"[^a-z0-9]+", join, words.lower()).strip(join)
    plain = plain if plain[:1].isalpha() else f"{before}{join}{plain}"
    start = plain[:LONGEST].strip(join)
    tries = (start if number == 1 else f"{start}{join}{number}" for number in range(1, 10_000))
    return next(one for one in tries if one not in taken)
