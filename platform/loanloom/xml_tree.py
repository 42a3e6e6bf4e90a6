"""XML as a small immutable tree, read without trusting it and written so that it reads back the same.
Knows nothing else: decision models (DMN) and flows (BPMN) are read with it.

Document types and entities are refused, and so is what is too long, too deep or of too many elements.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_LENGTH = 10_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 200_000
MAX_ATTRIBUTES = 400_000
MAX_NAMESPACE = 500
"""Characters of one namespace: its name is repeated in that of every element and attribute."""
MAX_NAMESPACES = 1_000

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True)
class Xml:
    """One element. `name` and attribute names are `{namespace}local`, without a namespace `local`."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    content: tuple[str | Xml, ...] = ()
    line: int = field(default=0, compare=False, repr=False)

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition("}")[2]

    @property
    def namespace(self) -> str:
        """The namespace, "" for none."""
        return self.name[1:].partition("}")[0] if self.name.startswith("{") else ""

    @property
    def children(self) -> tuple[Xml, ...]:
        """The elements inside."""
        return tuple(one for one in self.content if isinstance(one, Xml))

    @property
    def text(self) -> str:
        """The text inside, that of elements left out."""
        return "".join(one for one in self.content if isinstance(one, str))

    def get(self, name: str) -> str | None:
        """An attribute."""
        return dict(self.attributes).get(name)


@dataclass(frozen=True)
class Document:
    """The root and the prefixes that the text declares, the first of each."""

    root: Xml
    prefixes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is not read: a code, words in both languages, the line."""

    code: str
    en: str
    zh: str
    line: int | None = None


class _Refused(Exception):
    """A text that is not read any further."""

    def __init__(self, code: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.code, self.en, self.zh = code, en, zh


class _Builder:
    """What expat reports, put together. The stack holds what is open."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.ordered_attributes = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartNamespaceDeclHandler = self.declared
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.stack: list[tuple[str, tuple[tuple[str, str], ...], list[str | Xml], int]] = []
        self.prefixes: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.elements = self.attributes = 0
        self.root: Xml | None = None

    def doctype(self, *_: object) -> None:
        raise _Refused("xml_doctype", "A document type is not allowed here.", "不允许使用文档类型声明（DOCTYPE）。")

    def declared(self, prefix: str | None, uri: str | None) -> None:
        self.prefixes.setdefault(prefix or "", uri or "")
        if len(self.prefixes) > MAX_NAMESPACES or len(uri or "") > MAX_NAMESPACE:
            raise _Refused("xml_namespaces", "A namespace is too long, or there are too many.", "命名空间过长或过多。")

    def start(self, name: str, attributes: list[str]) -> None:
        self.elements += 1
        self.attributes += len(attributes) // 2
        if len(self.stack) >= MAX_DEPTH:
            raise _Refused("xml_too_deep", f"Deeper than {MAX_DEPTH} elements.", f"元素嵌套超过 {MAX_DEPTH} 层。")
        if self.elements > MAX_ELEMENTS or self.attributes > MAX_ATTRIBUTES:
            raise _Refused("xml_too_large", "The file has too many elements.", "文件中的元素过多。")
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        found = tuple(sorted((self.name(one), value) for one, value in pairs))
        self.stack.append((self.name(name), found, [], self.parser.CurrentLineNumber))

    def name(self, written: str) -> str:
        """The name of an element or attribute; the same object for the same name."""
        return self.names.setdefault(written, _clark(written))

    def characters(self, text: str) -> None:
        content = self.stack[-1][2]
        if content and isinstance(content[-1], str):
            content[-1] += text
        else:
            content.append(text)

    def end(self, _name: str) -> None:
        name, attributes, content, line = self.stack.pop()
        if any(isinstance(one, Xml) for one in content):
            content = [one for one in content if isinstance(one, Xml) or one.strip()]
        built = Xml(name, attributes, tuple(content), line)
        if self.stack:
            self.stack[-1][2].append(built)
        else:
            self.root = built


def _clark(name: str) -> str:
    return "{" + name if "}" in name else name


def read_tree(source: str | bytes) -> Document | Refusal:
    """The tree of a text, or why it is none. Never raises."""
    if len(source) > MAX_LENGTH:
        return Refusal("xml_too_large", "The file is too large.", "文件过大。")
    builder = _Builder()
    try:
        builder.parser.Parse(_undeclared(source) if isinstance(source, str) else source, True)
    except _Refused as refused:
        return Refusal(refused.code, refused.en, refused.zh, builder.parser.CurrentLineNumber)
    except (expat.ExpatError, ValueError, LookupError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or builder.parser.CurrentLineNumber
        said = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else "unknown encoding"
        return Refusal("not_xml", f"This is not well-formed XML ({said}).", f"XML 格式不正确（{said}）。", line)
    assert builder.root is not None
    return Document(builder.root, builder.prefixes)


def _undeclared(source: str) -> bytes:
    """The text as UTF-8, its declaration blanked: a str is decoded already, whatever encoding it names."""
    source = source.removeprefix("\ufeff")
    declaration = re.match(r"<\?xml[^>]*\?>", source)
    if declaration:
        source = "\n" * declaration[0].count("\n") + source[declaration.end() :]
    return source.encode("utf-8", "surrogatepass")


def write_tree(root: Xml, prefixes: Mapping[str, str], default: str, *, whole: bool = True) -> str:
    """The text of a tree: `default` is the namespace without prefix, `prefixes` name others. A part of a file has no
    declaration and names only the prefixes that it uses.
    """
    names = _Names(prefixes, default)
    body: list[str] = []
    _write(root, names, body, 0, default if whole else None)
    shown = names.declared if whole else {p: uri for p, uri in names.declared.items() if p and p in names.used}
    declared = "".join(f' xmlns{":" if p else ""}{p}="{_attribute(uri)}"' for p, uri in shown.items())
    head, tag_end = body[0], len("<" + names.element(root.name))
    body[0] = head[:tag_end] + declared + head[tag_end:]
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' if whole else "") + "".join(body)


class _Names:
    """Which prefix stands for which namespace."""

    def __init__(self, prefixes: Mapping[str, str], default: str) -> None:
        self.declared: dict[str, str] = {"": default}
        self.by_uri: dict[str, str] = {}
        for prefix, uri in prefixes.items():
            if prefix and uri and prefix != "xml":
                self.declared[prefix] = uri
                self.by_uri.setdefault(uri, prefix)
        self.default = default
        self.used: set[str] = set()

    def element(self, name: str) -> str:
        uri, _, local = name[1:].partition("}") if name.startswith("{") else ("", "", name)
        if uri == self.default:
            return local
        return f"{self._prefix(uri)}:{local}" if uri else local

    def attribute(self, name: str) -> str:
        if not name.startswith("{"):
            return name
        uri, _, local = name[1:].partition("}")
        return f"{self._prefix(uri)}:{local}"

    def _prefix(self, uri: str) -> str:
        if uri == XML_NAMESPACE:
            return "xml"
        if uri not in self.by_uri:
            number = 1
            while f"ns{number}" in self.declared:
                number += 1
            self.by_uri[uri] = f"ns{number}"
            self.declared[f"ns{number}"] = uri
        self.used.add(self.by_uri[uri])
        return self.by_uri[uri]


def _write(node: Xml, names: _Names, out: list[str], depth: int, bare: str | None) -> None:
    """Write one element; those without text inside are indented. `bare` is the namespace of names without prefix."""
    tag = names.element(node.name)
    opening = tag + "".join(f' {names.attribute(name)}="{_attribute(value)}"' for name, value in node.attributes)
    if ":" not in tag and node.namespace != bare:
        bare = node.namespace
        opening += f' xmlns="{_attribute(bare)}"'
    if not node.content:
        out.append(f"<{opening}/>\n")
        return
    mixed, pad = any(isinstance(one, str) for one in node.content), "  " * depth
    out.append(f"<{opening}>" + ("" if mixed else "\n"))
    for one in node.content:
        if isinstance(one, str):
            out.append(_text(one))
            continue
        inner: list[str] = []
        _write(one, names, inner, depth + 1, bare)
        if mixed:
            inner[-1] = inner[-1].removesuffix("\n")
        else:
            inner[0] = f"{pad}  {inner[0]}"
        out.extend(inner)
    out.append(f"{'' if mixed else pad}</{tag}>\n")


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)


def _text(text: str) -> str:
    text = _legal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def _attribute(text: str) -> str:
    text = _text(text).replace('"', "&quot;")
    return text.replace("\n", "&#10;").replace("\t", "&#9;")
