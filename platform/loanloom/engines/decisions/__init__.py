"""Decision models in the life of a case: checked when released, computed with a trace over one case's facts. Pure."""

from __future__ import annotations

from loanloom.engines.decisions.checking import check
from loanloom.engines.decisions.model import DecisionModel, ModelFound, compile_model

__all__ = ["DecisionModel", "ModelFound", "check", "compile_model"]
