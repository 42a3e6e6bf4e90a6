"""`make bench`: run every `benchmarks/<subject>_<name>.py` (or those whose name holds NAME) and print a line a figure.

A benchmark module has `figures() -> Iterable[Figure]`. Each figure is a median of several runs, measured beside its
peer or floor in the same process run, so that the ratio holds on another or a noisier machine.
Environment: NAME (spine, feel, ...; default all), STRICT=1 (exit 1 when one falls short), JSON=1 (a JSON array).
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

from benchmarks.figure import Figure


def modules(name: str) -> list[str]:
    """Names of the benchmark modules that `name` asks for; an empty name asks for all. `*_cases.py` hold workloads."""
    stems = (path.stem for path in Path(__file__).parent.glob("*_*.py"))
    found = sorted(stem for stem in stems if not stem.startswith("_") and not stem.endswith("_cases"))
    return [stem for stem in found if not name or name in stem.split("_")]


def main() -> int:
    name = os.environ.get("NAME", "")
    chosen = modules(name)
    if not chosen:
        print(f"no benchmark is called {name!r}; there are: {', '.join(modules(''))}", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    for stem in chosen:
        for figure in importlib.import_module(f"benchmarks.{stem}").figures():
            figures.append(figure)
            if not os.environ.get("JSON"):
                print(figure.line(), flush=True)
    if os.environ.get("JSON"):
        print(json.dumps([figure.as_dict() for figure in figures], indent=2))
    short = [figure for figure in figures if not figure.holds]
    return 1 if short and os.environ.get("STRICT") else 0


if __name__ == "__main__":
    sys.exit(main())
