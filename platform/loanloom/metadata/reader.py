"""Text -> document: the envelope checked, the spec frozen. Whether the spec fits its kind is `checking`'s business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loanloom.metadata.document import Document, Identity, document_from
from loanloom.metadata.source import Source
from loanloom.metadata.structure import Fault, shown
from loanloom.metadata.tree import Tree, read_tree
from loanloom.problems import Problem, text


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: a document unless its envelope is broken, and every problem."""

    document: Document | None
    problems: tuple[Problem, ...]
    source: Source
    value: Any = None

    @property
    def identity(self) -> Identity | None:
        """(kind, key) as far as they can be read, also of a document that is broken."""
        if not isinstance(self.value, dict):
            return None
        kind, key = self.value.get("kind"), self.value.get("key")
        return (kind, key) if isinstance(kind, str) and isinstance(key, str) else None


def read_document(source_text: str, file: str | None = None, *, builtin: bool = False) -> Read:
    """Read one document. Never raises for any text."""
    from loanloom.metadata.kinds import envelope

    tree = read_tree(source_text, file)
    if tree.value is None and not tree.problems:
        empty = Problem(
            code="metadata.empty",
            file=file,
            line=1,
            column=1,
            pointer="",
            message=text("The file is empty.", "文件为空。"),
            hint=text(
                "A document begins with apiVersion, kind, key and title.",
                "文档以 apiVersion、kind、key 和 title 开头。",
            ),
        )
        return Read(None, (empty,), tree.source)
    if tree.value is None:
        return Read(None, tree.problems, tree.source)
    if not isinstance(tree.value, dict):
        return Read(None, (*tree.problems, _not_a_mapping(tree)), tree.source)
    faults = envelope()[1].faults(tree.value)
    problems = (*tree.problems, *(_at(tree, fault) for fault in faults))
    if faults:
        return Read(None, problems, tree.source, tree.value)
    return Read(document_from(tree.value, tree.source, builtin=builtin), problems, tree.source, tree.value)


def _not_a_mapping(tree: Tree) -> Problem:
    got = shown(tree.value)
    return Problem(
        code="metadata.wrong_type",
        file=tree.source.file,
        line=1,
        column=1,
        pointer="",
        message=text(f"A document is a mapping (key: value), not {got['en']}.", f"文档应为键值对，而不是{got['zh']}。"),
    )


def _at(tree: Tree, fault: Fault) -> Problem:
    line, column = tree.source.positions.place(fault.pointer, key=fault.at_key) or (None, None)
    return Problem(
        code=fault.code,
        message=fault.message,
        hint=fault.hint,
        file=tree.source.file,
        line=line,
        column=column,
        end=tree.source.positions.end(fault.pointer, tree.source.text, key=fault.at_key),
        pointer=fault.pointer,
    )
