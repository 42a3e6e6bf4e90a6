"""The namespaces of DMN from 1.1 to 1.6 and of FEEL: which text is which version. All is read; 1.5 is written."""

from __future__ import annotations

from loanloom.xml_tree import Xml

MODEL = "https://www.omg.org/spec/DMN/20230324/MODEL/"
DIAGRAMS = "https://www.omg.org/spec/DMN/20230324/DMNDI/"
FEEL = "https://www.omg.org/spec/DMN/20230324/FEEL/"
DRAWING = "http://www.omg.org/spec/DMN/20180521/DC/"
INTERCHANGE = "http://www.omg.org/spec/DMN/20180521/DI/"

VERSIONS = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    MODEL: "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}
_DIAGRAMS = frozenset(
    {
        "http://www.omg.org/spec/DMN/20180521/DMNDI/",
        "https://www.omg.org/spec/DMN/20191111/DMNDI/",
        "https://www.omg.org/spec/DMN/20211108/DMNDI/",
        DIAGRAMS,
        "https://www.omg.org/spec/DMN/20240513/DMNDI/",
    }
)
FEELS = frozenset(
    {
        "http://www.omg.org/spec/FEEL/20140401",
        "http://www.omg.org/spec/DMN/20180521/FEEL/",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
        "https://www.omg.org/spec/DMN/20211108/FEEL/",
        FEEL,
        "https://www.omg.org/spec/DMN/20240513/FEEL/",
    }
)
PREFIXES = {"dmndi": DIAGRAMS, "dc": DRAWING, "di": INTERCHANGE}
"""The usual prefixes of the diagram's namespaces."""


def current(uri: str) -> str:
    """The namespace of DMN 1.5 that stands for this one."""
    if uri in VERSIONS:
        return MODEL
    if uri in _DIAGRAMS:
        return DIAGRAMS
    return FEEL if uri in FEELS else uri


def renewed(node: Xml) -> Xml:
    """The tree with its DMN namespaces as DMN 1.5 has them."""
    content = tuple(renewed(one) if isinstance(one, Xml) else one for one in node.content)
    attributes = tuple((_renewed_name(name), value) for name, value in node.attributes)
    return Xml(_renewed_name(node.name), attributes, content, node.line)


def _renewed_name(name: str) -> str:
    if not name.startswith("{"):
        return name
    uri, _, local = name[1:].partition("}")
    return f"{{{current(uri)}}}{local}"


def is_feel(language: str | None) -> bool:
    """Whether an expression language named so is FEEL; none named is."""
    return not language or language in FEELS or language.strip().lower() == "feel"
