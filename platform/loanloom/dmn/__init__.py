"""Decision models of the OMG standard DMN 1.5: shape, XML, evaluation. May import `loanloom.feel` only.

Must not know metadata, the database, or any document of the platform: `loanloom.engines.decisions` brings it together
with them.
"""

from __future__ import annotations

from .evaluating import CompiledModel, ModelResult, Step, compile_model
from .plain_reading import from_data
from .plain_writing import as_data
from .problems import DmnProblem, Place
from .tabling import BoxedTable
from .xml_reading import Read, read_xml
from .xml_writing import write_xml

__all__ = [
    "BoxedTable",
    "CompiledModel",
    "DmnProblem",
    "ModelResult",
    "Place",
    "Read",
    "Step",
    "as_data",
    "compile_model",
    "from_data",
    "read_xml",
    "write_xml",
]
