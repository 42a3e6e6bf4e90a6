"""The word somebody probably meant: nearest names for hints. Bounded work."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from loanloom.problems import Text, text

_LIMIT = 400
_NEAR = 0.6


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name most like `word`, or None when none is near enough."""
    return _nearest(word, tuple(sorted(set(names))[:_LIMIT]))


@lru_cache(maxsize=1024)
def _nearest(word: str, names: tuple[str, ...]) -> str | None:
    """One mistake is often made, and found, in many places."""
    best, best_likeness = None, 0.0
    for name in names:
        compared = SequenceMatcher(None, word[:80].lower(), name[:80].lower(), autojunk=False)
        if compared.quick_ratio() < _NEAR:  # never less than the likeness, and found sooner
            continue
        likeness = compared.ratio()
        if likeness > best_likeness:
            best, best_likeness = name, likeness
    return best if best_likeness >= _NEAR else None


def hint(word: str, names: Iterable[str]) -> Text | None:
    """ "Did you mean ...?", else the names there are when they are few, else nothing."""
    known = sorted(set(names))
    near = nearest(word, known)
    if near is not None:
        return text(f'Did you mean "{near}"?', f"是否想写“{near}”？")
    if 0 < len(known) <= 24:
        return text(f"Known here: {', '.join(known)}.", f"此处可用：{'、'.join(known)}。")
    return None
