"""The page of field types: a row for each type there is, naming properties that its declaration may have."""

from __future__ import annotations

import re
from pathlib import Path

from loanloom.metadata.field_types import SHAPES
from loanloom.metadata.kinds import load_kinds

PAGE = Path(__file__).parents[2] / "docs/forms/field-types.md"
OF_THE_FORM = {"min_rows", "max_rows", "totals"}


def test_every_type_has_its_row_and_no_row_is_of_nothing() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.*?) ?\|", PAGE.read_text("utf-8"), re.M)
    assert sorted(key for key, _, _ in rows) == sorted(SHAPES)
    known = load_kinds().require("entity").schema["$defs"]["field"]["properties"]
    named = {(key, name) for key, _, own in rows for name in re.findall(r"`(\w+)`", own)}
    assert {one for one in named if one[1] not in known and one[1] not in OF_THE_FORM} == set()
    always = {key for key, holds, _ in rows if "always encrypted" in holds}
    assert always == {key for key, shape in SHAPES.items() if shape.closed}
