"""Flows drawn: a flow or a case in it as boxes, ways, history and who is next (`diagram`), and as shapes (`pictures`).

Values only; the pages write them down as SVG (web/templates/components/flow.html).
"""

from loanloom.engines.flows.drawing.model import Diagram, DrawnEdge, DrawnNode, Following, Mark, Step, Titles, Waiting
from loanloom.engines.flows.drawing.picture import Arrow, Picture, Shape, pictures
from loanloom.engines.flows.drawing.sketch import by_node, sketch
from loanloom.engines.flows.drawing.telling import diagram, no_titles
from loanloom.engines.flows.drawing.waits import whom

__all__ = [
    "Arrow", "Diagram", "DrawnEdge", "DrawnNode", "Following", "Mark", "Picture", "Shape", "Step", "Titles", "Waiting",
    "by_node", "diagram", "no_titles", "pictures", "sketch", "whom",
]  # fmt: skip
