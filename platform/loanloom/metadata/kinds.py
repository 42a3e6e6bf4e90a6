"""The kinds of documents there are. A kind is itself a document, so a plugin adds one by shipping one.

Schema, references, expressions, pinning and the place in the studio all come from here; nothing knows kinds by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Literal

from loanloom.metadata.document import Document
from loanloom.metadata.field_types import SHAPES, Added
from loanloom.metadata.pointers import is_list, split
from loanloom.metadata.structure import Fault, Schema
from loanloom.metadata.tree import read_tree
from loanloom.problems import Problem, Text, text

_HERE = files("loanloom.metadata")


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in `spec` that holds the key of another document."""

    pointer: str
    kind: str


@dataclass(frozen=True, slots=True)
class Expression:
    """A place in `spec` that holds FEEL text, the type it must give, what it sees and what it must run as. With a
    `mark` it holds FEEL only where it begins so ("= amount * 2"), else a plain value.
    """

    pointer: str
    type: str
    scope: str
    targets: tuple[str, ...] = ()
    mark: str = ""

    def text_of(self, written: object) -> str | None:
        """The FEEL text written here, its mark blanked so that columns stay right; None where it is a plain value."""
        if not isinstance(written, str) or not written.startswith(self.mark):
            return None
        return " " * len(self.mark) + written[len(self.mark) :]

    def written(self, text: str) -> str:
        """How a FEEL text that came from `text_of` is written here."""
        return self.mark + text[len(self.mark) :]


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind: what its documents say, their shape and how long a case keeps them."""

    key: str
    title: Text
    about: Text
    folder: str
    pinning: Literal["case", "live"]
    schema: Mapping[str, Any]
    references: tuple[Reference, ...]
    expressions: tuple[Expression, ...]
    group: str
    order: int
    key_style: Literal["key", "name"] = "key"

    @cached_property
    def compiled(self) -> Schema:
        """The schema, ready to check values."""
        return Schema(self.schema)

    @cached_property
    def pictures(self) -> frozenset[str]:
        """What the properties are called that hold pictures."""
        return frozenset(_pictures(self.schema))

    def target(self, pointer: str) -> str | None:
        """The kind of the documents that a place names, or the items of a list that stands there."""
        tokens = split(pointer)
        for wanted, kind in self._named.get(len(tokens), ()):
            if all(token in ("*", own) for token, own in zip(wanted, tokens, strict=False)):
                return kind
        return None

    @cached_property
    def _named(self) -> Mapping[int, Sequence[tuple[tuple[str, ...], str]]]:
        """The places of references by how many tokens lead there; a list of them counts too."""
        found: dict[int, list[tuple[tuple[str, ...], str]]] = {}
        for one in self.references:
            tokens = split(one.pointer)
            found.setdefault(len(tokens), []).append((tokens, one.kind))
            if tokens[-1:] == ("*",):
                found.setdefault(len(tokens) - 1, []).append((tokens, one.kind))
        return found

    @property
    def path(self) -> str:
        """The folder of its documents in a bundle: forms lie beside metadata/, everything else below it."""
        return "forms" if self.folder == "forms" else f"metadata/{self.folder}"

    def file_of(self, key: str) -> str:
        """Where a document of this kind lies in a bundle."""
        return f"{self.path}/{key}.yaml"


@dataclass(frozen=True, slots=True)
class Group:
    """A heading under which the studio lists kinds."""

    key: str
    title: Text


@dataclass(frozen=True, eq=False)
class Kinds:
    """All kinds, in the order of the studio, and what was wrong with the ones that plugins brought."""

    by_key: Mapping[str, Kind]
    groups: tuple[Group, ...]
    problems: tuple[Problem, ...] = ()
    field_types: Mapping[str, Added] = field(default_factory=dict)
    """The field types that plugins bring, by key."""

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.by_key.values())

    def __contains__(self, key: object) -> bool:
        return key in self.by_key

    def get(self, key: str) -> Kind | None:
        """The kind, or None."""
        return self.by_key.get(key)

    def require(self, key: str) -> Kind:
        """The kind, which must exist."""
        return self.by_key[key]

    def in_group(self, group: str) -> tuple[Kind, ...]:
        """The kinds of one group."""
        return tuple(kind for kind in self if kind.group == group)


def _pictures(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for name, piece in schema.items():
            if isinstance(piece, Mapping) and piece.get("x-picture") is True:
                yield name
            yield from _pictures(piece)
    elif is_list(schema):
        for piece in schema:
            yield from _pictures(piece)


@lru_cache(maxsize=1)
def _common() -> Mapping[str, Any]:
    return _shipped("schemas/common.yaml")


def _shipped(name: str) -> Mapping[str, Any]:
    tree = read_tree(_HERE.joinpath(name).read_text("utf-8"), name)
    assert not tree.problems and isinstance(tree.value, dict), (name, tree.problems)
    return tree.value


def with_common(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema together with the definitions that every schema may use."""
    return {**schema, "$defs": {**_common()["$defs"], **schema.get("$defs", {})}}


@lru_cache(maxsize=1)
def envelope() -> tuple[Mapping[str, Any], Schema]:
    """The schema of the envelope, raw and compiled."""
    schema = with_common(_shipped("schemas/envelope.yaml"))
    return schema, Schema(schema)


@lru_cache(maxsize=1)
def kind_of_kinds() -> Kind:
    """The kind whose documents are the kinds."""
    return Kind(
        key="kind", title=text("Kind of document", "文档类别"), about=text("What documents there are.", "有哪些文档。"),
        folder="kinds", pinning="live", schema=with_common(_shipped("schemas/kind.yaml")), references=(),
        expressions=(), group="operations", order=99, key_style="name",
    )  # fmt: skip


def kind_from(document: Document) -> Kind:
    """The kind that a (checked) kind document describes."""
    spec = document.as_mapping()["spec"]
    return Kind(
        key=document.key,
        title=document.title,
        about=spec["about"],
        folder=spec["folder"],
        pinning=spec["pinning"],
        schema=with_common(spec["schema"]),
        references=tuple(Reference(**reference) for reference in spec["references"]),
        expressions=tuple(
            Expression(**{**expression, "targets": tuple(expression.get("targets", ()))})
            for expression in spec["expressions"]
        ),
        group=spec["ui"]["group"],
        order=spec["ui"]["order"],
        key_style=spec.get("key_style", "key"),
    )


def load_kinds(extra: Iterable[tuple[str, str]] = (), field_types: Mapping[str, Added] | None = None) -> Kinds:
    """The kinds shipped here and those that plugins add, each as (text, file). A broken extra kind is left out.
    `field_types` are those that plugins add to the built-in ones."""
    extra = tuple(extra)
    kinds = _built_in() if not extra else _with_extra(_built_in(), extra)
    added = {key: one for key, one in (field_types or {}).items() if key not in SHAPES}
    return _with_field_types(kinds, added) if added else kinds


def _with_field_types(kinds: Kinds, added: Mapping[str, Added]) -> Kinds:
    """The kinds with further values for the type of a declared field."""
    entity = kinds.require("entity")
    schema = deepcopy(dict(entity.schema))
    type_ = schema["$defs"]["field"]["properties"]["type"]
    type_["enum"] = [*type_["enum"], *added]
    type_["x-values"] = {**type_["x-values"], **{key: dict(one.title) for key, one in added.items()}}
    by_key = {**kinds.by_key, "entity": replace(entity, schema=schema)}
    return replace(kinds, by_key=by_key, field_types=dict(added))


@lru_cache(maxsize=1)
def _built_in() -> Kinds:
    from loanloom.metadata.reader import read_document

    found: list[Kind] = []
    for path in sorted(_HERE.joinpath("kinds").iterdir(), key=lambda path: path.name):
        if not path.name.endswith(".yaml"):
            continue
        read = read_document(path.read_text("utf-8"), f"kinds/{path.name}")
        problems = (*read.problems, *(_faults(read.document) if read.document else ()))
        assert read.document is not None and not problems, (path.name, problems)
        found.append(kind_from(read.document))
    groups = tuple(Group(group["key"], group["title"]) for group in _common()["groups"])
    return Kinds(_in_order(found, groups), groups)


def _faults(document: Document) -> tuple[Fault, ...]:
    return kind_of_kinds().compiled.faults(document.spec)


def _in_order(found: Iterable[Kind], groups: tuple[Group, ...]) -> Mapping[str, Kind]:
    rank = {group.key: number for number, group in enumerate(groups)}
    ordered = sorted(found, key=lambda kind: (rank.get(kind.group, len(rank)), kind.order, kind.key))
    return {kind.key: kind for kind in ordered}


def _with_extra(base: Kinds, extra: tuple[tuple[str, str], ...]) -> Kinds:
    from loanloom.metadata.reader import read_document

    found, problems = list(base), list(base.problems)
    for written, file in extra:
        read = read_document(written, file)
        problems.extend(read.problems)
        if read.document is None:
            continue
        faults = [problem_of(read.document, fault) for fault in _faults(read.document)] or _clash(read.document, found)
        problems.extend(faults)
        if not faults:
            found.append(kind_from(read.document))
    return Kinds(_in_order(found, base.groups), base.groups, tuple(problems))


def _clash(document: Document, found: Iterable[Kind]) -> list[Problem]:
    for kind in found:
        if document.key == kind.key or document.spec["folder"] == kind.folder:
            return [
                document.problem(
                    "metadata.duplicate_document",
                    text(
                        f'The kind "{kind.key}" has this key or folder already.',
                        f"类别“{kind.key}”已使用该键或文件夹。",
                    ),
                )
            ]
    return []


def problem_of(document: Document, fault: Fault) -> Problem:
    """A structural fault in a document's spec as a problem with its place."""
    return document.problem(fault.code, fault.message, fault.pointer, hint=fault.hint, at_key=fault.at_key)
