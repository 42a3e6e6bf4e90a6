"""Flows as BPMN 2.0 files, for other modellers and from them. Pure: texts in, texts out.

`drawn` makes of a document what BPMN draws, `writing` the file; `reading` makes of a file what it draws, `importing`
the document: the one that travelled in the file, else steps taken over one by one (`taking_over`, `leading`).
"""

from loanloom.engines.flows.bpmn.exporting import exported
from loanloom.engines.flows.bpmn.importing import Imported, imported, role_names

__all__ = ["Imported", "exported", "imported", "role_names"]
