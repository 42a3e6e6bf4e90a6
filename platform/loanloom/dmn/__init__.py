"""Decision models of the OMG standard DMN 1.5: their shape, their XML, their evaluation. May import `loanloom.feel` only.

Must not know metadata, the database, or any document of the platform: `loanloom.engines.decisions` brings it together
with them.
"""

from __future__ import annotations

from .problems import DmnProblem, Place
from .xml_reading import Read, read_xml
from .xml_writing import write_xml

__all__ = ["DmnProblem", "Place", "Read", "read_xml", "write_xml"]
