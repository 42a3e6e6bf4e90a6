"""Decision tables of DMN: checked, indexed, run with a trace, analysed for gaps and overlaps. Pure; knows `feel` only.

>>> from decimal import Decimal
>>> from loanloom.feel import NUMBER, context
>>> table = Table(
...     inputs=(Input("amount"),),
...     outputs=(Output("class"),),
...     rules=(Rule(("< 1000",), ('"small"',)), Rule((">= 1000",), ('"large"',))),
... )
>>> compile_table(table, context({"amount": NUMBER})).run({"amount": Decimal(1200)}).value
'large'
"""

from __future__ import annotations

from loanloom.dmn.tables.analysis import Analysis, Finding, analyse
from loanloom.dmn.tables.compiled import DecisionTable
from loanloom.dmn.tables.compiling import CompiledTable, compile_table
from loanloom.dmn.tables.model import (
    Aggregation,
    Entry,
    Given,
    HitPolicy,
    Input,
    Output,
    Place,
    Rule,
    Table,
    TableProblem,
)
from loanloom.dmn.tables.policies import aggregated
from loanloom.dmn.tables.running import Looked, TableResult, decide, run, scan

__all__ = [
    "Aggregation",
    "Analysis",
    "CompiledTable",
    "DecisionTable",
    "Entry",
    "Finding",
    "Given",
    "HitPolicy",
    "Input",
    "Looked",
    "Output",
    "Place",
    "Rule",
    "Table",
    "TableProblem",
    "TableResult",
    "aggregated",
    "analyse",
    "compile_table",
    "decide",
    "run",
    "scan",
]
