"""How the property tests run: the same examples every time, so that a red run is red for its change alone.

HYPOTHESIS_PROFILE=explore looks for new ones; `make fuzz` does so for the expression language at length.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True)
settings.register_profile("explore")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
