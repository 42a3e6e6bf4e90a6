"""The manual's page on decision models: its example is a sound document that says what the page says."""

from __future__ import annotations

import re
from decimal import Decimal as D
from pathlib import Path

from tests.engines.documents_of import registry_of

from loanloom.dmn.plain_names import BOXED_KEYS
from loanloom.engines import decisions

PAGE = (Path(__file__).parents[2] / "docs" / "feel" / "dmn.md").read_text("utf-8")


def test_the_example_is_sound_and_runs() -> None:
    example = re.search(r"```yaml\napiVersion: loanloom/v1\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    registry = registry_of(example[1].replace("application.other_income", "application.monthly_income"))
    assert decisions.check(registry) == []
    model = decisions.compile_model(registry.require("decision_model", "pricing"), registry).model
    assert model is not None
    found = model.compute({"application": {"monthly_income": D(8000), "amount": D(96000)}, "as_of": None})
    assert found.facts() == {"burden": D("1.08"), "risk": "high"}


def test_every_boxed_expression_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", "\n".join(line for line in PAGE.splitlines() if line.startswith("| `"))))
    assert set(BOXED_KEYS) - {"literal"} <= told
