"""Random expressions over random facts: what SQL accepts agrees with Python and the interpreter, digit by digit."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from tests.feel.targets import generators
from tests.feel.targets.sql_rows import Bench

from loanloom import feel
from loanloom.feel.targets.sql.target import to_sql

EXAMPLES = int(os.environ.get("EXAMPLES", "12"))
EXPRESSIONS, ROWS = 24, 16


def accepted(draw, bench):
    """Some random expressions that pass the check and that SQL can give exactly."""
    found = []
    for _ in range(EXPRESSIONS):
        text = generators.expression(draw, draw.choice(generators.KINDS))
        checked = feel.check(text, generators.SCOPE)
        if checked.ok and to_sql(checked, bench.columns).ok:
            found.append(text)
    return found


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(generators.draws())
def test_random_expressions_agree(sql, draw):
    bench = Bench(sql, generators.SCOPE, generators.rows(draw, ROWS))
    for one in bench.run(accepted(draw, bench)):
        assert one.agrees, (one.expression, one.facts, one.python, one.reference, one.sql)


def test_most_random_expressions_are_accepted(sql):
    """A target that refuses nearly everything would agree with anything."""
    import random

    draw = random.Random(7)
    bench = Bench(sql, generators.SCOPE, generators.rows(draw, 1))
    assert sum(len(accepted(draw, bench)) for _ in range(8)) > 8 * EXPRESSIONS // 3
