"""What the pages about the language show as Python is run."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from loanloom import feel

PAGES = Path(__file__).parents[2] / "docs" / "feel"


@pytest.mark.parametrize("page", ["index.md", "speed.md"])
def test_a_page_shows_what_happens(page: str) -> None:
    found = doctest.testfile(str(PAGES / page), module_relative=False, encoding="utf-8")
    assert found.attempted and not found.failed


def test_the_front_door_shows_what_happens() -> None:
    found = doctest.testmod(feel)
    assert found.attempted and not found.failed


def test_everything_at_the_front_door_is_there() -> None:
    assert all(getattr(feel, name) is not None for name in feel.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = feel.nothing
