"""What the walk over all ways through a flow finds: that it can end from everywhere, however it splits and joins."""

from __future__ import annotations

from tests.engines.flows.random_flows import flow_from
from tests.engines.flows.test_checks import BOTH, START
from tests.engines.flows.test_compiling import YES, compiled, flow

from loanloom.engines.flows.checks import check_flow
from loanloom.engines.flows.checks.soundness import walk
from loanloom.problems import errors


def test_what_is_sound_by_construction_is_found_sound():
    """And what the random cases of these flows show, each of them can end, is what the check says."""
    for seed in range(300):
        made = flow_from(seed)
        found = errors(check_flow(made, {key: f"/{key}" for key in made.nodes}))
        assert not found, (seed, found[0].message)


def test_a_wide_split_is_walked_to_its_end():
    many = [(f"b{number}", "form", "assign: {role: r}, next: both") for number in range(8)]
    ways = ", ".join(f"{{to: {key}}}" for key, _, _ in many)
    made = compiled(flow(START, ("split", "parallel", f"routes: [{ways}]"), *many, BOTH, YES)).flow
    assert made is not None and walk(made).complete and len(walk(made).after) > 2**8
