"""A group of fields outside its form: on the approval sheet with its secrets masked, in samples without them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.engines.forms.types.conftest import CODES, ENTITY, ROLE, registry_of

from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry
from loanloom.services.definitions.flow_samples import closed_within
from loanloom.web.workspace.sheet_parts import worded

PAPERS = "110105199003074514"


@pytest.fixture(scope="module")
def registry() -> Registry:
    """An application with a spouse."""
    return registry_of(ENTITY, CODES, ROLE)


def spouse(registry: Registry) -> Field:
    return next(one for one in registry.entity_fields("application") if one.key == "spouse")


def test_it_is_one_line_with_what_is_secret_masked(registry: Registry) -> None:
    value = {"name": "李梅", "papers": PAPERS, "income": Decimal(3000), "yearly": None, "home": None}
    words = worded(registry, spouse(registry), value, "zh")
    assert words.startswith("姓名：李梅；身份证：") and words.endswith("；收入：3,000.00")
    assert PAPERS not in words
    assert "Name: 李梅; " in worded(registry, spouse(registry), value, "en")


def test_samples_know_the_secrets_within(registry: Registry) -> None:
    found = set(closed_within("application", registry.entity_fields("application")))
    assert "application.spouse.papers" in found and "application.card" in found
    assert "application.spouse.name" not in found
