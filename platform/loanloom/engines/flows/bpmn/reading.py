"""The text of a BPMN file -> the process found there as a drawing, what is not part of it named. Trusts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from loanloom.engines.flows.bpmn.drawing import Arrow, Drawing, Element, Loop, Trigger
from loanloom.engines.flows.bpmn.names import MODEL, OWN, PROCESS, model
from loanloom.engines.flows.bpmn.noting import about, left_out, left_out_of, noted
from loanloom.problems import Problem, text
from loanloom.xml_tree import Refusal, Xml, read_tree

NODES = frozenset({
    "startEvent", "endEvent", "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask",
    "businessRuleTask", "callActivity", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway",
    "eventBasedGateway", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "subProcess",
    "transaction", "adHocSubProcess",
})  # fmt: skip
"""Elements that a case passes through."""
BOXES = ("subProcess", "transaction", "adHocSubProcess")
_QUIET = frozenset({"extensionElements"})
_ROOTS = frozenset({"message", "signal", "error", "escalation", "resource", "itemDefinition", "import", "extension"})
_TRIGGERS: dict[str, Trigger] = {
    "messageEventDefinition": "message", "timerEventDefinition": "timer", "conditionalEventDefinition": "conditional",
    "errorEventDefinition": "error", "terminateEventDefinition": "terminate",
}  # fmt: skip
_OF_A_NODE = frozenset({
    "incoming", "outgoing", "extensionElements", "potentialOwner", "humanPerformer", "performer", "resourceRole",
    "multiInstanceLoopCharacteristics", "activationCondition", *_TRIGGERS,
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was found. `document` is the text of ours that travelled in the file, in which language it was drawn;
    `lanes` the name of the lane of each element."""

    drawing: Drawing
    key: str = ""
    name: str = ""
    document: str | None = None
    language: str = "en"
    lanes: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    """Names of resources by id."""
    problems: tuple[Problem, ...] = ()


def read(source: str | bytes, process: str | None = None) -> Read:
    """Read the process of that id or name, else the one with most steps. Never raises."""
    found = read_tree(source)
    if isinstance(found, Refusal):
        refused = noted(found.code, None, found.en, found.zh, wrong=True).at(line=found.line)
        return Read(drawing=Drawing(), problems=(refused,))
    root = found.root
    if root.name != model("definitions"):
        return Read(drawing=Drawing(), problems=(_not_bpmn(root),))
    processes = [one for one in root.children if one.name == model("process")]
    chosen = _chosen(processes, process)
    if chosen is None:
        return Read(drawing=Drawing(), problems=(_no_process(root, processes, process),))
    return _Reader(root, chosen).whole(processes)


def _chosen(processes: list[Xml], wanted: str | None) -> Xml | None:
    if wanted is not None:
        inner = [part for one in processes for part in _within(one)]
        return next((one for one in (*processes, *inner) if wanted in (one.get("id"), one.get("name"))), None)
    counted = [(sum(child.local in NODES for child in one.children), one) for one in processes]
    return max(counted, key=lambda pair: pair[0], default=(0, None))[1]


def _within(process: Xml) -> Iterator[Xml]:
    """The sub-processes drawn inside."""
    for one in process.children:
        if one.local in BOXES:
            yield one
            yield from _within(one)


def _not_bpmn(root: Xml) -> Problem:
    return noted(
        "not_bpmn", root, f"The file holds <{root.local[:60]}>, not the <definitions> of a BPMN 2.0 model.",
        f"文件的根元素是 <{root.local[:60]}>，而不是 BPMN 2.0 的 <definitions>。", wrong=True,
    )  # fmt: skip


def _no_process(root: Xml, processes: list[Xml], wanted: str | None) -> Problem:
    names = ", ".join((one.get("id") or one.get("name") or "?")[:60] for one in processes[:20])
    if wanted is not None and processes:
        return noted(
            "no_such_process", root, f"The file has no process '{wanted[:60]}'. It has: {names}",
            f"文件中没有流程“{wanted[:60]}”。现有：{names}", wrong=True,
        )  # fmt: skip
    return noted("no_process", root, "The file has no process.", "文件中没有流程（process）。", wrong=True)


class _Reader:
    """Reads one process; problems fill up on the way."""

    def __init__(self, root: Xml, process: Xml) -> None:
        self.root, self.process = root, process
        self.messages = {
            one.get("id") or "": one.get("name") or one.get("id") or ""
            for one in root.children
            if one.local == "message"
        }
        self.problems: list[Problem] = []
        self.elements: dict[str, Element] = {}
        self.arrows: dict[str, Arrow] = {}

    def whole(self, processes: list[Xml]) -> Read:
        document, language = self._document()
        for child in self.process.children:
            self._child(child)
        self._rest(processes)
        drawing = Drawing(elements=self.elements, arrows=self._sound_arrows())
        groups = {
            one.get("id") or "": one.get("name") or "" for one in self.root.children if one.name == model("resource")
        }
        return Read(
            drawing=drawing, key=(self.process.get("id") or "").removeprefix(PROCESS),
            name=(self.process.get("name") or self.root.get("name") or "").strip(), document=document,
            language=language, lanes=dict(_lanes(self.process)), groups=groups, problems=tuple(self.problems),
        )  # fmt: skip

    def _document(self) -> tuple[str | None, str]:
        """Our document, and the language of the drawing."""
        for extensions in self.process.children:
            if extensions.name != model("extensionElements"):
                continue
            for one in extensions.children:
                if one.name == f"{{{OWN}}}document":
                    return one.text, one.get("language") or "en"
        return None, "en"

    def _child(self, child: Xml) -> None:
        if child.namespace == MODEL and child.local in NODES:
            identity = child.get("id") or f"{child.local}{len(self.elements) + 1}"
            if identity in self.elements:
                words = ("has the id of another step and is not brought in.", "的标识与其他元素重复，未导入。")
                self.problems.append(about("same_id", child, *words))
                return
            self.elements[identity] = self._element(identity, child)
        elif child.name == model("sequenceFlow"):
            identity = child.get("id") or f"{child.get('sourceRef')}.to.{child.get('targetRef')}.{len(self.arrows)}"
            self.arrows[identity] = _arrow(identity, child)
        elif child.namespace == MODEL and child.local not in _QUIET:
            self.problems.append(left_out(child))

    def _element(self, identity: str, raw: Xml) -> Element:
        definitions = [one for one in raw.children if one.local.endswith("EventDefinition")]
        trigger, detail = self._trigger(definitions[0]) if definitions else (None, "")
        if len(definitions) > 1 or (definitions and trigger is None):
            self.problems += [left_out(one) for one in (definitions[1:] if trigger else definitions)]
        for one in raw.children:
            if one.namespace == MODEL and one.local not in _OF_A_NODE and not one.local.endswith("EventDefinition"):
                self._inside(raw, one)
        if raw.local == "complexGateway":
            detail = _text(raw, "activationCondition")
        called_flow = raw.get("calledElement")
        return Element(
            id=identity, kind=raw.local, name=(raw.get("name") or "").strip(), trigger=trigger, detail=detail,
            attached=raw.get("attachedToRef"), called=called_flow.removeprefix(PROCESS) if called_flow else None,
            loop=_loop(raw), who=tuple(_who(raw)), raw=raw,
        )  # fmt: skip

    def _inside(self, raw: Xml, one: Xml) -> None:
        """Something inside a step that a flow does not have: said with the step's name."""
        if raw.local in BOXES:
            return  # said as a whole
        self.problems.append(left_out_of(raw, one))

    def _trigger(self, definition: Xml) -> tuple[Trigger | None, str]:
        trigger = _TRIGGERS.get(definition.local)
        if trigger == "message":
            reference = (definition.get("messageRef") or "").rpartition(":")[2]
            return trigger, self.messages.get(reference, reference)
        if trigger == "timer":
            date = _text(definition, "timeDate")
            term = _text(definition, "timeDuration") or _text(definition, "timeCycle")
            return ("date", date) if date else (trigger, term)
        if trigger == "conditional":
            return trigger, _text(definition, "condition")
        return trigger, ""

    def _sound_arrows(self) -> dict[str, Arrow]:
        """Arrows between elements that are there, the default ways marked."""
        sound: dict[str, Arrow] = {}
        for arrow in self.arrows.values():
            if arrow.source in self.elements and arrow.target in self.elements:
                raw = self.elements[arrow.source].raw
                sound[arrow.id] = replace(arrow, default=raw is not None and raw.get("default") == arrow.id)
            elif arrow.raw is not None:
                words = ("leads from or to nothing and is not brought in.", "没有起点或终点，未导入。")
                self.problems.append(about("loose_arrow", arrow.raw, *words))
        return sound

    def _rest(self, processes: list[Xml]) -> None:
        """What is in the file beside the process."""
        for one in processes:
            if one is not self.process and one.children:
                hint = text("Bring it in by itself: choose the process.", "可指定该流程单独导入。")
                self.problems.append(about("other_process", one, "is another process.", "是另一个流程。", hint))
        for one in self.root.children:
            if one.namespace != MODEL or one.local in _ROOTS or one.local == "process":
                continue
            if one.local == "collaboration":
                self.problems += [left_out(flow) for flow in one.children if flow.local != "participant"]
            else:
                self.problems.append(left_out(one))


def _arrow(identity: str, raw: Xml) -> Arrow:
    condition = next((one.text.strip() for one in raw.children if one.name == model("conditionExpression")), None)
    return Arrow(
        id=identity, source=raw.get("sourceRef") or "", target=raw.get("targetRef") or "",
        name=(raw.get("name") or "").strip(), condition=condition or None, raw=raw,
    )  # fmt: skip


def _text(raw: Xml, name: str) -> str:
    return next((one.text.strip() for one in raw.children if one.name == model(name)), "")


def _loop(raw: Xml) -> Loop | None:
    found = next((one for one in raw.children if one.name == model("multiInstanceLoopCharacteristics")), None)
    if found is None:
        return None
    return Loop(
        sequential=found.get("isSequential") == "true", cardinality=_text(found, "loopCardinality"),
        completion=_text(found, "completionCondition"),
    )  # fmt: skip


def _who(raw: Xml) -> Iterator[str]:
    for owner in raw.children:
        if owner.local in ("potentialOwner", "humanPerformer", "performer", "resourceRole"):
            yield from (one.text.strip() for one in owner.children if one.name == model("resourceRef"))


def _lanes(raw: Xml) -> Iterator[tuple[str, str]]:
    """Each element with the innermost lane it stands in."""
    for one in raw.children:
        if one.local == "lane":
            name = one.get("name") or one.get("id") or ""
            yield from ((ref.text.strip(), name) for ref in one.children if ref.local == "flowNodeRef")
        if one.local in ("laneSet", "childLaneSet", "lane"):
            yield from _lanes(one)
