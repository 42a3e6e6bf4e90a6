"""A change that makes a formula of the model company unsound is refused at publication, at the name it is about.

`mutants.py` makes the changes and reckons the places from the texts alone. More than 200 are checked here by the check
that publication runs; `MUTANTS=all` checks every one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

import pytest
from tests.services.definitions.formulas import Company, Mutant
from tests.services.definitions.mutants import MAKERS, Maker

from loanloom.problems import errors

STRIDE = {"retyped_fields": 3, "misspelt_names": 5, "misspelt_codes": 3}
"""Of the many alike, each so many-th is checked by default."""

AT_LEAST = 200


def _chosen(company: Company, maker: Maker) -> Iterator[Mutant]:
    stride = 1 if os.environ.get("MUTANTS") == "all" else STRIDE.get(maker.__name__, 1)
    return islice(maker(company), 0, None, stride)


@pytest.fixture(scope="module")
def company() -> Company:
    """The model company."""
    return Company()


def test_the_company_itself_passes(company: Company) -> None:
    assert not errors(company.check(Mutant("nothing", lambda: None, frozenset(), frozenset())).problems)


def test_there_are_enough_mutants(company: Company) -> None:
    counts = {maker.__name__: sum(1 for _ in _chosen(company, maker)) for maker in MAKERS}
    assert all(counts.values()) and sum(counts.values()) >= AT_LEAST, counts


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_every_mutant_is_refused_at_the_name_it_is_about(company: Company, maker: Maker) -> None:
    failures = [said for mutant in _chosen(company, maker) if (said := _survived(company, mutant))]
    assert not failures, "\n".join(failures)


def _survived(company: Company, mutant: Mutant) -> str | None:
    """Why a mutant was not refused as it should be, or None."""
    checked = company.check(mutant)
    found = [one for one in errors(checked.problems) if one.code.startswith("feel.")]
    mine = [one for one in found if (one.file, one.pointer) in mutant.formulas]
    silent = mutant.formulas - {(one.file, one.pointer) for one in mine}
    astray = [one for one in mine if (one.file, one.line, one.column) not in mutant.places]
    wordless = [one for one in mine if not (one.message.get("en") and one.message.get("zh"))]
    if checked.passed or silent or astray or wordless or not mine:
        return f"{mutant.name}: passed={checked.passed} silent={sorted(silent)} astray={astray} wordless={wordless}"
    return None
