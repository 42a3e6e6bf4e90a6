"""Places in a definition as no page of ours writes them: told or without effect, never a defect."""

from __future__ import annotations

import pytest
from tests.web.conftest import Person

PLACES = ("²", "9" * 5000, "")
"""Digits that are no plain digits, more of them than any list is long, and none."""


@pytest.mark.parametrize(
    ("what", "place"), [("form/sole-trader-application", "/sections/{}"), ("code_list/guarantor_relation", "/items/{}")]
)
def test_no_place_is_a_defect(person: Person, what: str, place: str) -> None:
    browser = person("business-administrator")
    given = browser.csrf()
    for odd in PLACES:
        pointer = place.format(odd) if odd else ""
        names = ("pointer", "place", "to", "value", "choice", "key", "section", "field", "row", "at", "name")
        sent = dict.fromkeys(names, odd) | {"pointer": pointer, "place": pointer, "to": pointer, "csrf_token": given}
        tried = [("arrange", act) for act in ("add", "up", "remove", "copy", "shape", "move")]
        for route, act in (*tried, ("plain", "up"), ("cell", ""), ("grid", "move"), ("design", "move")):
            asked = {**sent, "act": f"{act}:{pointer}", "do": act}
            answer = browser.post(f"/studio/definitions/{what}/{route}", data=asked)
            assert answer.status_code < 500, (route, act, odd[:9])
