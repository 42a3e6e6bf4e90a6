"""A company that writes in one language alone: its definitions are checked and tried like those in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.document import Document, document_from
from loanloom.problems import LANGUAGES
from loanloom.services.definitions.releases.checking import check, kinds
from loanloom.testing.cases import run_cases

ROOT = Path(__file__).parents[4]


def alone(value: Any, language: str) -> Any:
    """The same with every text in this language only."""
    if isinstance(value, Mapping):
        if language in value and value.keys() <= set(LANGUAGES):
            return {language: value[language]}
        return {key: alone(one, language) for key, one in value.items()}
    return [alone(one, language) for one in value] if isinstance(value, list | tuple) else value


@pytest.fixture(scope="module")
def whole() -> tuple[Sequence[Document], set[str]]:
    """The model company's definitions, and the codes of what the check says of them."""
    documents = read_bundle(ROOT, kinds()).documents
    return documents, {one.code for one in check(documents).problems}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_model_company_stands_in_one_language(language: str, whole: tuple[Sequence[Document], set[str]]) -> None:
    documents, codes = whole
    checked = check([document_from(alone(one.as_mapping(), language)) for one in documents], languages=(language,))
    assert {one.code for one in checked.problems} == codes
    found = run_cases(checked.registry)
    assert found and [one.key for one in found if not one.passed] == []
