"""Money and rates are Decimal: no float is written, named or made in the rooms that compute with them."""

from __future__ import annotations

import ast

from tests.architecture.source import PACKAGE, modules, short, tree

ROOMS = ("core", "dmn", "feel", "metadata", "engines", "services", "store/tables")
MAY = {
    "platform/loanloom/engines/raw_facts.py": "recognises a number handed in from outside, to turn it into a Decimal",
    "platform/loanloom/engines/flows/checks/telling.py": "likeness of two names",
    "platform/loanloom/engines/forms/inputs.py": "likeness of two names",
    "platform/loanloom/feel/problems.py": "likeness of two names",
    "platform/loanloom/metadata/nearest.py": "likeness of two names",
    "platform/loanloom/services/money/end_of_day/runs.py": "seconds a run took",
    "platform/loanloom/services/money/end_of_day/working.py": "seconds between two looks",
    "platform/loanloom/services/papers/rendering/docx.py": "sizes of letters in points",
    "platform/loanloom/services/running/work.py": "seconds between two looks at a clock",
}
"""File -> what its floats are: never money."""


def floats(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, repr(node.value)
        elif isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float"
        elif isinstance(node, ast.Attribute) and node.attr in ("Float", "REAL", "DOUBLE_PRECISION"):
            yield node.lineno, node.attr


def test_no_float_where_money_is_computed():
    found = [
        f"{short(path)}:{line}: {what}"
        for path in modules()
        if str(path.relative_to(PACKAGE)).startswith(ROOMS) and short(path) not in MAY
        for line, what in floats(path)
    ]
    assert found == []


def test_every_exception_is_still_needed():
    for name in MAY:
        path = PACKAGE.parents[1] / name
        assert path.exists() and list(floats(path)), name


def test_no_column_holds_a_float():
    from sqlalchemy import Float

    from loanloom.store.tables import metadata

    columns = [column for table in metadata.tables.values() for column in table.columns]
    assert [str(column) for column in columns if isinstance(column.type, Float)] == []
