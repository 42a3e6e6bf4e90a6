"""Edits that anybody might make of a company's documents, sound or not, chosen by a random source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from loanloom.metadata import canonical, pointers
from loanloom.metadata.bundle import source_text
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.reader import read_document

Company = Mapping[Identity, Document]
_TYPES = ("text", "number", "money", "integer", "date", "yes_no", "choice", "table", "address", "file", "percent")
_WORD = re.compile(r"[a-z][a-z_.]{3,}")


def edited(company: Company, chance: Random) -> dict[Identity, Document]:
    """The company with one document changed, taken out or copied."""
    identity = chance.choice(sorted(company))
    document = company[identity]
    how = chance.choice((*(_value,) * 5, *(_text,) * 3, _without, _without, _copied, _gone))
    found = dict(company)
    for made in how(document, company, chance):
        if made is None:
            found.pop(identity, None)
        else:
            found[made.identity] = made
    return found


def _value(document: Document, company: Company, chance: Random) -> list[Document | None]:
    """One plain value becomes another: a number, a code, a key, a formula of somewhere else."""
    whole = document.as_mapping()
    plain = [pointer for pointer, value in pointers.walk(whole["spec"]) if not isinstance(value, dict | list)]
    if not plain:
        return []
    pointer = chance.choice(plain)
    other = chance.choice(sorted(company))
    theirs = [value for _, value in pointers.walk(company[other].spec) if isinstance(value, str | int | bool | Decimal)]
    said = pointers.resolve(whole["spec"], pointer)
    new: Any = chance.choice((*theirs[:50], said, 0, 7, True, "nothing", other[1], f"{said} + 1", f"{said}x"))
    _put(whole["spec"], pointer, new)
    return [_again(document, whole)]


def _without(document: Document, company: Company, chance: Random) -> list[Document | None]:
    """A member or an item goes."""
    whole = document.as_mapping()
    inner = [pointer for pointer, _ in pointers.walk(whole["spec"]) if pointer]
    if not inner:
        return []
    pointer = chance.choice(inner)
    holder = pointers.resolve(whole["spec"], pointers.parent(pointer))
    last = pointers.split(pointer)[-1]
    del holder[int(last) if isinstance(holder, list) else last]
    return [_again(document, whole)]


def _text(document: Document, company: Company, chance: Random) -> list[Document | None]:
    """A word of the text is spelt differently, or all lines move down by one."""
    written = source_text(document)
    if chance.random() < 0.3:
        read = read_document(f"# a remark\n{written}", document.file)
        return [read.document]
    words = list(_WORD.finditer(written))
    found = chance.choice(words)
    new = chance.choice((found[0] + "x", chance.choice(words)[0]))
    read = read_document(written[: found.start()] + new + written[found.end() :], document.file)
    return [read.document] if read.document is not None and read.document.identity == document.identity else []


def retyped(company: Company, chance: Random) -> dict[Identity, Document]:
    """The company with a field of another type, with another code list, under another name, or gone."""
    identity = chance.choice(sorted(one for one in company if one[0] == "entity"))
    whole = company[identity].as_mapping()
    fields = whole["spec"]["fields"]
    place = chance.randrange(len(fields))
    changed = {
        "type": {**fields[place], "type": chance.choice(_TYPES)},
        "list": {**fields[place], "type": "choice", "code_list": chance.choice(sorted(_code_lists(company)))},
        "name": {**fields[place], "key": chance.choice((*(one["key"] for one in fields), "unheard_of"))},
        "two words": {**fields[place], "key": f"{fields[place]['key']}_and_more"},
    }
    how = chance.choice((*changed, "type", "type", "gone"))
    fields[place : place + 1] = [changed[how]] if how in changed else []
    return {**company, identity: _again(company[identity], whole)}


def _code_lists(company: Company) -> list[str]:
    return [key for kind, key in company if kind == "code_list"]


def _copied(document: Document, company: Company, chance: Random) -> list[Document | None]:
    """A second one under another key."""
    return [replace(document, key=f"{document.key}_{chance.randrange(9)}")]


def _gone(document: Document, company: Company, chance: Random) -> list[Document | None]:
    return [None]


def _again(document: Document, whole: Mapping[str, Any]) -> Document:
    return replace(document, title=canonical.freeze(whole["title"]), spec=canonical.freeze(whole["spec"]))


def _put(spec: Any, pointer: str, value: Any) -> None:
    holder, last = pointers.resolve(spec, pointers.parent(pointer)), pointers.split(pointer)[-1]
    holder[int(last) if isinstance(holder, list) else last] = value
