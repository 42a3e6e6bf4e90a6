"""Finding people and firms by name, by pinyin or by initials, without an extension of the database.

`name_pinyin` holds "wangxiaoming wxm" beside the name; `name_grams` every one and two characters of both. `like_name`
asks the grams first (cheap) and then the text itself (exact), among the rows of the company: under row-level security
PostgreSQL uses no index for a test that could leak what it sees, and array and text search count as such.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from sqlalchemy import ColumnElement, Table, and_, func, or_

MAX_QUERY = 50


def normal(written: str) -> str:
    """Small letters, full-width forms as plain ones, no spaces."""
    return "".join(unicodedata.normalize("NFKC", written).lower().split())


def syllables(words: str) -> list[str]:
    """The pinyin of each character, other words as they are."""
    from pypinyin import lazy_pinyin  # its dictionary takes long to read, and most processes need none

    return list(lazy_pinyin(words))


def first_letters(words: str) -> list[str]:
    """The first letter of each."""
    from pypinyin import Style, lazy_pinyin

    return list(lazy_pinyin(words, style=Style.FIRST_LETTER))


def name_pinyin(name: str) -> str:
    """Pinyin in full and its initials, for a column to look in and to sort by."""
    plain = normal(name)
    return f"{normal(''.join(syllables(plain)))} {normal(''.join(first_letters(plain)))}"


def grams(*written: str) -> list[str]:
    """Every one and two neighbouring characters."""
    found: set[str] = set()
    for text in written:
        plain = normal(text)
        found.update(plain)
        found.update(first + second for first, second in pairwise(plain))
    return sorted(found)


def name_columns(name: str) -> dict[str, object]:
    """The columns that make a row of this name findable."""
    pinyin = name_pinyin(name)
    return {"name_pinyin": pinyin, "name_grams": grams(name, *pinyin.split())}


def like_name(table: Table, query: str) -> ColumnElement[bool]:
    """Rows of `table` (with name, name_pinyin, name_grams) whose name, pinyin or initials hold `query`."""
    plain = normal(query)[:MAX_QUERY]
    asked = [gram for gram in grams(plain) if len(gram) == min(2, len(plain))]
    return and_(
        table.c.name_grams.contains(asked),
        or_(
            table.c.name_pinyin.contains(plain, autoescape=True),
            func.lower(func.replace(table.c.name, " ", "")).contains(plain, autoescape=True),
        ),
    )
