"""Random decision models, as Hypothesis strategies: of every class of the model, made by its table of shapes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from loanloom.dmn import boxed as b
from loanloom.dmn import model as m
from loanloom.dmn.elements import Element
from loanloom.dmn.namespaces import DIAGRAMS, MODEL
from loanloom.dmn.shapes import BOXED, DRAWN, SHAPES, Attribute, Boxed, Child, Drawn, Part, Raw, Reference, Text
from loanloom.xml_tree import Xml

NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=8)
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")) | st.sampled_from("\n\t<>&\"'\r"),
    max_size=12,
)
IDS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,6}", fullmatch=True)
TOOL = "urn:some-tool"


def content(draw: Any, space: str, depth: int) -> tuple[str | Xml, ...]:
    """Text, or elements, or nothing."""
    kind = draw(st.sampled_from(["none", "text", "elements"] if depth else ["none", "text"]))
    if kind == "text":
        text = draw(WORDS)
        return (text,) if text else ()
    if kind == "elements":
        return tuple(draw(xml(space, depth - 1)) for _ in range(draw(st.integers(1, 2))))
    return ()


@st.composite
def xml(draw: Any, space: str, depth: int = 2, names: tuple[str, ...] = ("shape", "a-b", "x1")) -> Xml:
    """A foreign element."""
    name = draw(st.sampled_from(names))
    keys = draw(st.lists(st.sampled_from(["x", "y", f"{{{TOOL}}}z"]), unique=True, max_size=2))
    attributes = tuple(sorted((key, draw(WORDS)) for key in keys))
    return Xml(f"{{{space}}}{name}", attributes, content(draw, draw(st.sampled_from([space, TOOL])), depth))


def part(draw: Any, one: Part, depth: int) -> Any:
    """A value for a field."""
    many = getattr(one, "count", "one") == "many" or isinstance(one, Drawn)
    size = draw(st.integers(0, 2 if depth > 0 else 0)) if many else 1
    match one:
        case Attribute(_, _, default):
            return draw(st.booleans()) if isinstance(default, bool) else draw(WORDS if default is None else NAMES)
        case Text():
            return draw(WORDS)
        case Reference():
            found = tuple("#" + draw(IDS) for _ in range(size))
        case Child(_, _, of):
            found = tuple(draw(elements(of, depth - 1)) for _ in range(size))
        case Boxed():
            classes = list(BOXED.values()) if depth > 0 else [b.LiteralExpression]
            found = tuple(draw(elements(draw(st.sampled_from(classes)), depth - 1)) for _ in range(size))
        case Drawn():
            found = tuple(draw(elements(draw(st.sampled_from(list(DRAWN.values()))), depth - 1)) for _ in range(size))
        case Raw(names, _, _, diagrams):
            found = tuple(draw(xml(DIAGRAMS if diagrams else MODEL, 1, names)) for _ in range(size))
    return found if many else found[0]


@st.composite
def elements(draw: Any, of: type[Element], depth: int = 3) -> Element:
    """An element of a class. A field that is not there stays at its default."""
    values: dict[str, Any] = {}
    for key, strategy in (("id", IDS), ("label", NAMES), ("description", WORDS)):
        if draw(st.booleans()):
            values[key] = draw(strategy)
    if draw(st.integers(0, 5)) == 0:
        values["foreign"] = ((f"{{{TOOL}}}hint", draw(WORDS)),)
    if draw(st.integers(0, 5)) == 0:
        values["extensions"] = (draw(xml(TOOL)),)
    for one in SHAPES[of]:
        if not isinstance(one, Attribute) and depth <= 0 and not isinstance(one, Text):
            continue
        if isinstance(one, Attribute) or draw(st.booleans()):
            if isinstance(one, Attribute) and one.name in ("expressionLanguage", "typeLanguage"):
                continue
            values[one.field] = part(draw, one, depth)
    if "imported_values" in values:
        values.pop("text", None)
    for key in ("type_ref", "output_type_ref"):  # white space around the name of a type means nothing
        if key in values:
            values[key] = "t" + values[key].strip().replace(":", ".")
    return of(**values)


MODELS = elements(m.Definitions, 5)
