"""Rule sets: lists of rules and decision tables with hit policies, compiled, checked and run with a trace. Pure."""

from __future__ import annotations

from loanloom.engines.rules.compiling import CompiledRuleset, check, compile_ruleset
from loanloom.engines.rules.model import Looked, Output, Rule, Ruleset, RulesResult
from loanloom.engines.rules.running import run
from loanloom.engines.rules.setwise import in_sql

__all__ = [
    "CompiledRuleset",
    "Looked",
    "Output",
    "Rule",
    "RulesResult",
    "Ruleset",
    "check",
    "compile_ruleset",
    "in_sql",
    "run",
]
