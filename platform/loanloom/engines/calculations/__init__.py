"""Calculations: parameters, checks and steps of formulas, such as a credit-limit measurement. Pure; keeps nothing."""

from __future__ import annotations

from loanloom.engines.calculations.compiling import (
    CompiledCalculation,
    check,
    compile_calculation,
    expected,
    step_scope,
)
from loanloom.engines.calculations.model import Calculated, Calculation, Parameter, Step, StepValue
from loanloom.engines.calculations.parameters import parameter_scope
from loanloom.engines.calculations.running import run

__all__ = [
    "Calculated",
    "Calculation",
    "CompiledCalculation",
    "Parameter",
    "Step",
    "StepValue",
    "check",
    "compile_calculation",
    "expected",
    "parameter_scope",
    "run",
    "step_scope",
]
