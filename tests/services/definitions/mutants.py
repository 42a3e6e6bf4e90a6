"""Mutants of the model company, made mechanically: one thing is changed, and where that must be noticed is reckoned
from the texts of the documents alone, by search; no part of the check takes part.

A mutant is made only where the change makes a formula unsound by its own words; the rules for that stand beside each
maker. Nothing is left out because of what the check says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from tests.services.definitions.formulas import ROWS, Company, Mutant, Occurrence, place

from loanloom.metadata import canonical
from loanloom.metadata.document import Document

Maker = Callable[[Company], Iterator[Mutant]]
OTHER_TYPES: Mapping[str, str] = {
    "integer": "text",
    "number": "date",
    "money": "text",
    "percent": "text",
    "choice": "number",
    "yes_no": "text",
    "date": "number",
    "text": "number",
}
_CODE = re.compile(r'"([a-z][a-z0-9_]*)"')


def _field_changed(document: Document, index: int, **changes: Any) -> Document:
    spec = canonical.thaw(document.spec)
    spec["fields"][index] |= changes
    for gone in [name for name, value in changes.items() if value is None]:
        del spec["fields"][index][gone]
    return replace(document, spec=canonical.freeze(spec))


def _formulas(uses: Iterable[Occurrence]) -> frozenset[tuple[str, str]]:
    return frozenset((one.place[0], one.pointer) for one in uses)


def renamed_fields(company: Company) -> Iterator[Mutant]:
    """A field renamed where it is declared: every formula that reads it is wrong, at the old name."""
    for document, index, declared, path in company.fields():
        uses = company.occurrences(path)
        if uses:
            yield Mutant(
                f"rename {path}",
                partial(_field_changed, document, index, key=f"{declared['key']}_anew"),
                frozenset(one.member for one in uses),
                _formulas(uses),
            )


def _needs_its_type(use: Occurrence) -> bool:
    """Whether a formula works with the value: it stands beside an operator or a comparison with something else than
    null, or is the whole value of an indicator, of a computed field or of a decision column.
    """
    before = use.text[: use.start].rstrip()
    after = use.text[use.start + len(use.path) :].lstrip()
    if re.match(r"!?=\s*null\b", after) or use.pointer.endswith(("/default", "/rows")) or "{{" in use.text:
        return False
    if re.match(r"(\+|-|\*|/|<|>|=|!=|in\b|between\b)", after) or re.search(r"(\+|-|\*|/|<=?|>=?)$", before):
        return True
    return (
        use.identity[0] == "indicator"
        and use.pointer == "/spec/value"
        and not before.strip("\"'>-\n ")
        and not after.strip("\"'")
    )


def retyped_fields(company: Company) -> Iterator[Mutant]:
    """A field given another type: every formula that works with its value is wrong, at the field."""
    for document, index, declared, path in company.fields():
        others = dict.fromkeys(
            (OTHER_TYPES.get(declared["type"]), "yes_no" if declared["type"] != "yes_no" else "date")
        )
        uses = [one for one in company.occurrences(path) if _needs_its_type(one)]
        for other in others if uses else ():
            if other is None:
                continue
            blank = dict.fromkeys(("code_list", "min", "max", "decimals", "currency", "unit"))
            changes = {name: None for name in blank if name in declared} | {"type": other}
            yield Mutant(
                f"{path}: {declared['type']} becomes {other}",
                partial(_field_changed, document, index, **changes),
                frozenset(one.place for one in uses),
                _formulas(uses),
            )


def _money(company: Company) -> frozenset[str]:
    """Paths of amounts: fields of type money, the company's own and the built-in ones."""
    return frozenset(
        f"{ROWS.get(record, record)}.{one.key}"
        for record in company.registry.records
        for one in company.registry.entity_fields(record)
        if one.type == "money"
    )


def _beside_money(use: Occurrence, money: frozenset[str]) -> bool:
    """Whether another amount stands beside this one, with +, -, / or a comparison between them; a factor that is a
    plain number may lie between.
    """
    name = r"((?:application|customer|loan|sanction|contract)\.\w+)"
    factor, between = r"(?:\s*[*/]\s*[\d.]+)?", r"\s*(?:\+|-|/|<=?|>=?|=)\s*"
    for pair in re.finditer(rf"(?=(?<![\w.]){name}{factor}{between}{name}(?![\w.]))", use.text):
        at = {pair.start(1): pair[2], pair.start(2): pair[1]}
        if use.start in at and at[use.start] in money and at[use.start] != use.path:
            return True
    return False


def recurrencied_fields(company: Company) -> Iterator[Mutant]:
    """An amount put into another currency: every formula where it stands beside another amount is wrong, there."""
    money = _money(company)
    for document, index, declared, path in company.fields():
        uses = [one for one in company.occurrences(path) if _beside_money(one, money)]
        if declared["type"] == "money" and uses:
            yield Mutant(
                f"{path} in USD",
                partial(_field_changed, document, index, currency="USD"),
                frozenset(one.place for one in uses),
                _formulas(uses),
            )


def recurrencied_indicators(company: Company) -> Iterator[Mutant]:
    """An indicator that is an amount by its formula (nothing but amounts added) said to be in another currency."""
    money = _money(company)
    for document in company.registry.all("indicator"):
        terms = re.split(r"\s[+-]\s", str(document.spec["value"]))
        if all(re.sub(r"\s*\*\s*[\d.]+$", "", one) in money for one in terms):
            spec = canonical.freeze({**canonical.thaw(document.spec), "currency": "USD"})
            uses = company.occurrences(re.sub(r"\s*\*.*", "", terms[0]))
            mine = [one for one in uses if one.identity == document.identity]
            yield Mutant(
                f"indicator {document.key} in USD",
                partial(replace, document, spec=spec),
                frozenset(one.place for one in mine),
                _formulas(mine),
            )


def misspelt_names(company: Company) -> Iterator[Mutant]:
    """A name inside a formula misspelt: the formula is wrong at that name. One for each formula and path."""
    records = company.registry.records
    fields = {
        (ROWS.get(record, record), one.key) for record in records for one in company.registry.entity_fields(record)
    }
    indicators = {("indicators", one.key) for one in company.registry.all("indicator")}
    findings = {("score", "grade"), ("limit", "amount"), ("eligibility", "outcome"), ("decision", "outcome")}
    paths = sorted(f"{record}.{key}" for record, key in fields | indicators | findings)
    seen: set[tuple[str, str, str]] = set()
    for path in paths:
        for use in company.occurrences(path):
            if (use.place[0], use.pointer, path) in seen:
                continue
            seen.add((use.place[0], use.pointer, path))
            document = company.documents[use.identity]
            assert document.source is not None
            span = document.source.positions.values[use.pointer]
            name = path.rpartition(".")[2]
            at = span.start + use.start + len(path) - len(name)
            wrong = name[:-1] + ("q" if name[-1] != "q" else "k")
            changed = partial(company.with_text, document, at, name, wrong)
            yield Mutant(f"{use.place[0]}{use.pointer}: {path}", changed, frozenset({use.member}), _formulas([use]))


def _codes_used(company: Company) -> Iterator[tuple[str, str, Document, str, int, str]]:
    """Code list, code, document, pointer, offset, text: each code that a formula compares a choice with."""
    choices = {
        f"{record}.{one.key}": one.code_list
        for record in company.registry.records
        for one in company.registry.entity_fields(record)
        if one.type == "choice" and one.code_list
    }
    for document, pointer, start, text in company.formulas:
        for match in re.finditer(r"(?<![\w.])([a-z_]+\.[a-z_0-9]+)\s*(?:!?=\s*|in\s*\()((?:\"\w+\"[,\s]*)+)", text):
            code_list = choices.get(match[1])
            for code in _CODE.finditer(match[2]) if code_list else ():
                assert code_list is not None
                yield code_list, code[1], document, pointer, start + match.start(2) + code.start(), text


def misspelt_codes(company: Company) -> Iterator[Mutant]:
    """A code misspelt in a formula: wrong at the code."""
    for code_list, code, document, pointer, at, _ in _codes_used(company):
        changed = partial(company.with_text, document, at, f'"{code}"', f'"{code}q"')
        where = place(document, at)
        yield Mutant(
            f"{where[0]}{pointer}: {code_list} {code}", changed, frozenset({where}), frozenset({(where[0], pointer)})
        )


def removed_codes(company: Company) -> Iterator[Mutant]:
    """A code taken out of its list: every formula that compares with it is wrong, at the code."""
    used: dict[tuple[str, str], list[tuple[Document, str, int]]] = {}
    for code_list, code, document, pointer, at, _ in _codes_used(company):
        used.setdefault((code_list, code), []).append((document, pointer, at))
    for (code_list, code), uses in used.items():
        listed = company.documents.get(("code_list", code_list))
        if listed is None:  # a built-in list, which no company changes
            continue
        spec = canonical.thaw(listed.spec)
        spec["items"] = [one for one in spec["items"] if one["key"] != code]
        places = frozenset(place(one, at) for one, _, at in uses)
        formulas = frozenset((str(one.file), pointer) for one, pointer, _ in uses)
        yield Mutant(
            f"{code_list} without {code}", partial(replace, listed, spec=canonical.freeze(spec)), places, formulas
        )


def retyped_indicators(company: Company) -> Iterator[Mutant]:
    """An indicator that is one field and nothing else, said to be of another type: wrong at the field."""
    fields = {
        f"{record}.{one.key}" for record in company.registry.records for one in company.registry.entity_fields(record)
    }
    for document in company.registry.all("indicator"):
        path = str(document.spec["value"])
        if path not in fields:
            continue
        other = "boolean" if document.spec["type"] != "boolean" else "number"
        spec = {**canonical.thaw(document.spec), "type": other}
        uses = [one for one in company.occurrences(path) if one.identity == document.identity]
        yield Mutant(
            f"indicator {document.key} becomes {other}",
            partial(replace, document, spec=canonical.freeze(spec)),
            frozenset(one.place for one in uses),
            _formulas(uses),
        )


MAKERS: tuple[Maker, ...] = (
    renamed_fields,
    retyped_fields,
    recurrencied_fields,
    recurrencied_indicators,
    misspelt_names,
    misspelt_codes,
    removed_codes,
    retyped_indicators,
)
