"""A drawing -> the text of a BPMN 2.0 file, elements in the order of the standard's schema, with its diagram.

The document itself, exactly as it is written, travels in an extension of the process: other tools keep what they do not
understand, and what BPMN cannot say is not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from loanloom.engines.flows.bpmn.drawing import Arrow, Drawing, Element
from loanloom.engines.flows.bpmn.names import (
    DIAGRAM,
    DRAWING,
    FEEL,
    INSTANCE,
    INTERCHANGE,
    MODEL,
    OWN,
    PREFIXES,
    PROCESS,
    model,
)
from loanloom.engines.flows.bpmn.placing import Area, placed
from loanloom.xml_tree import Xml, write_tree

Attributes = Mapping[str, str | None]


def written(drawing: Drawing, key: str, name: str, language: str, source: str) -> str:
    """The file of one flow: `source` is the text of its document."""
    identity = f"{PROCESS}{key}"
    document = Xml(f"{{{OWN}}}document", (("language", language),), (source,))
    process = _element(
        "process", {"id": identity, "isExecutable": "true", "name": name},
        [_element("extensionElements", {}, [document]), *_flow_elements(drawing)],
    )  # fmt: skip
    root = _element(
        "definitions",
        {
            "exporter": "Loanloom", "expressionLanguage": FEEL, "id": f"definitions-{key}", "name": name,
            "targetNamespace": f"{OWN}:{key}",
        },
        [*_roots(drawing), process, _diagram(drawing, identity)],
    )  # fmt: skip
    return write_tree(root, PREFIXES, MODEL)


def _element(name: str, attributes: Attributes, content: Iterable[str | Xml] = ()) -> Xml:
    given = tuple((one, value) for one, value in attributes.items() if value is not None)
    return Xml(model(name), given, tuple(content))


def _roots(drawing: Drawing) -> Iterator[Xml]:
    """What the process refers to: messages, errors, groups of people."""
    elements = drawing.elements.values()
    for message in sorted({one.detail for one in elements if one.trigger == "message"}):
        yield _element("message", {"id": f"message-{message}", "name": message})
    for group in sorted({group for one in elements for group in one.who}):
        yield _element("resource", {"id": group, "name": group.partition("-")[2]})


def _flow_elements(drawing: Drawing) -> Iterator[Xml]:
    for one in drawing.elements.values():
        yield _node(one, drawing)
    for arrow in drawing.arrows.values():
        yield _sequence_flow(arrow)


def _node(one: Element, drawing: Drawing) -> Xml:
    out = drawing.out[one.id]
    default = next((arrow.id for arrow in out if arrow.default), None)
    content = [_element("incoming", {}, [arrow.id]) for arrow in drawing.into[one.id]]
    content += [_element("outgoing", {}, [arrow.id]) for arrow in out]
    content += [_element("potentialOwner", {}, [_element("resourceRef", {}, [group])]) for group in one.who]
    if one.loop is not None:
        inside = [("loopCardinality", one.loop.cardinality), ("completionCondition", one.loop.completion)]
        content.append(
            _element(
                "multiInstanceLoopCharacteristics",
                {"isSequential": "true" if one.loop.sequential else None},
                [_formal(name, words) for name, words in inside if words],
            )
        )
    if one.kind == "complexGateway" and one.detail:
        content.append(_formal("activationCondition", one.detail))
    if one.trigger is not None:
        content.append(_trigger(one))
    attributes = {
        "attachedToRef": one.attached, "calledElement": one.called and f"{PROCESS}{one.called}", "default": default,
        "id": one.id, "name": one.name or None,
    }  # fmt: skip
    return _element(one.kind, attributes, content)


def _formal(name: str, words: str) -> Xml:
    return Xml(model(name), ((f"{{{INSTANCE}}}type", "tFormalExpression"),), (words,))


def _trigger(one: Element) -> Xml:
    match one.trigger:
        case "message":
            return _element("messageEventDefinition", {"messageRef": f"message-{one.detail}"})
        case "timer":
            return _element("timerEventDefinition", {}, [_formal("timeDuration", one.detail)])
        case "date":
            return _element("timerEventDefinition", {}, [_formal("timeDate", one.detail)])
        case "conditional":
            return _element("conditionalEventDefinition", {}, [_formal("condition", one.detail)])
        case "error":
            return _element("errorEventDefinition", {})
        case _:
            return _element("terminateEventDefinition", {})


def _sequence_flow(arrow: Arrow) -> Xml:
    attributes = {
        "id": arrow.id, "name": arrow.name or None, "sourceRef": arrow.source, "targetRef": arrow.target,
    }  # fmt: skip
    content = [] if arrow.condition is None else [_formal("conditionExpression", arrow.condition)]
    return _element("sequenceFlow", attributes, content)


def _diagram(drawing: Drawing, identity: str) -> Xml:
    places = placed(drawing)
    content = [
        _drawn(
            "BPMNShape", f"shape-{one.id}", one.id, [_bounds(places.shapes[one.id])], places.labels.get(one.id),
            marker=one.kind == "exclusiveGateway",
        )
        for one in drawing.elements.values()
    ]  # fmt: skip
    for arrow in drawing.arrows.values():
        points = [Xml(f"{{{INTERCHANGE}}}waypoint", (("x", str(x)), ("y", str(y)))) for x, y in places.edges[arrow.id]]
        content.append(_drawn("BPMNEdge", f"edge-{arrow.id}", arrow.id, points, places.labels.get(arrow.id)))
    plane = Xml(f"{{{DIAGRAM}}}BPMNPlane", (("bpmnElement", identity), ("id", f"plane-{identity}")), tuple(content))
    return Xml(f"{{{DIAGRAM}}}BPMNDiagram", (("id", f"diagram-{identity}"),), (plane,))


def _drawn(
    name: str, identity: str, of: str, content: list[Xml], label: Area | None, *, marker: bool = False
) -> Xml:  # fmt: skip
    attributes = (("bpmnElement", of), ("id", identity), *((("isMarkerVisible", "true"),) if marker else ()))
    words = () if label is None else (Xml(f"{{{DIAGRAM}}}BPMNLabel", (), (_bounds(label),)),)
    return Xml(f"{{{DIAGRAM}}}{name}", attributes, (*content, *words))


def _bounds(area: Area) -> Xml:
    left, top, width, height = (str(one) for one in area)
    return Xml(f"{{{DRAWING}}}Bounds", (("height", height), ("width", width), ("x", left), ("y", top)))
