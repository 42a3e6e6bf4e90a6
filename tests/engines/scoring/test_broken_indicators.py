"""Indicators that somebody writes wrongly: told at their place, and the rest is checked all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engines.products.bundle import ROOT

from loanloom.metadata import canonical
from loanloom.metadata.bundle import read_bundle
from loanloom.services.definitions.releases import checking
from loanloom.services.definitions.releases.known import kinds


@pytest.mark.parametrize("value", ["nothing", True])
def test_a_number_that_stands_for_the_unknown_and_is_none(value: object) -> None:
    company = {one.identity: one for one in read_bundle(ROOT, kinds()).documents}
    one = next(one for key, one in company.items() if key == ("indicator", "amount_to_income"))
    spec = {**one.as_mapping()["spec"], "decimals": 2, "missing": {"value": value}}
    company[one.identity] = replace(one, spec=canonical.freeze(spec))
    found = [one for one in checking.check(company.values()).problems if one.severity == "error"]
    assert [(one.code, one.pointer) for one in found] == [("indicator.default_type", "/spec/missing/value")]
