"""The model company's definitions, laid out as grids."""

from __future__ import annotations

from pathlib import Path

import pytest

from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build
from loanloom.services.definitions.grids import laying
from loanloom.services.definitions.grids.model import Grid

ROOT = Path(__file__).parents[4]
KINDS = ("ruleset", "decision_model", "code_list", "menu", "authority", "rate_table", "calendar")


@pytest.fixture(scope="session")
def registry() -> Registry:
    return build(read_bundle(ROOT, load_kinds()).documents, load_kinds()).registry


def grids(registry: Registry) -> list[tuple[Document, Grid]]:
    found = [one for kind in KINDS for one in registry.all(kind)]
    return [(one, laying.grid_of(one, registry, one, "zh", laying.table_at(one, ""))) for one in found]
