"""Bundles: documents as files, in a folder or a zip of the same shape; the same content gives the same bytes.

metadata/bundle.yaml   metadata/<folder>/<key>.yaml   forms/<key>.yaml   metadata/retire.yaml
metadata/pictures/<digest>.png (or .jpg): what documents show
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loanloom.metadata import canonical, flow_text
from loanloom.metadata.archive import Files, as_bytes, read_files, zip_bytes
from loanloom.metadata.document import API_VERSION, Document, Identity
from loanloom.metadata.kinds import Kind, Kinds, with_common
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.pointers import is_list
from loanloom.metadata.reader import Read, read_document
from loanloom.metadata.registry import sorted_documents
from loanloom.metadata.structure import Schema
from loanloom.metadata.tree import read_tree
from loanloom.problems import LANGUAGES, Problem, Text, text

MANIFEST = "metadata/bundle.yaml"
RETIRE = "metadata/retire.yaml"
PNG = b"\x89PNG\r\n\x1a\n"
_OUTSIDE = ("metadata/demo/",)
_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says about itself."""

    name: str
    version: str
    languages: tuple[str, ...] = LANGUAGES
    plugins: Mapping[str, str] = field(default_factory=dict)
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as read: its documents, the identities of those too broken to read, every problem, every file's text,
    and the pictures that its documents show, by digest."""

    manifest: Manifest
    documents: tuple[Document, ...]
    retired: tuple[Identity, ...]
    problems: tuple[Problem, ...]
    files: Mapping[str, str]
    broken: tuple[Identity, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """sha256 over manifest, documents and retirements: what a plan binds."""
        return content_digest(self.manifest, self.documents, self.retired)


def content_digest(manifest: Manifest, documents: Iterable[Document], retired: Iterable[Identity]) -> str:
    """The digest of a bundle's content, whatever its files look like."""
    return canonical.digest(
        {
            "manifest": [manifest.name, manifest.version, list(manifest.languages), dict(manifest.plugins)],
            "documents": [[*document.identity, document.digest] for document in sorted_documents(documents)],
            "retired": sorted(map(list, retired)),
        }
    )


_MANIFEST = Schema(with_common({
    "type": "object",
    "required": ["apiVersion", "name", "version"],
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"const": API_VERSION},
        "name": {"$ref": "#/$defs/key"},
        "title": {"$ref": "#/$defs/text"},
        "version": {"type": "string", "pattern": r"^(0|[1-9]\d*)[.](0|[1-9]\d*)[.](0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$",
                    "x-format": text('a version such as "1.2.0", in quotes', '版本号，例如 "1.2.0"（加引号）')},
        "languages": {"type": "array", "minItems": 1, "uniqueItems": True,
                      "items": {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"}},
        "requires": {"type": "object", "additionalProperties": False, "properties": {
            "plugins": {"type": "object", "propertyNames": {"$ref": "#/$defs/key"},
                        "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 100}}}},
    },
}))  # fmt: skip
_RETIRE = Schema(with_common({
    "type": "object",
    "required": ["retire"],
    "additionalProperties": False,
    "properties": {"retire": {"type": "array", "items": {
        "type": "object", "required": ["kind", "key"], "additionalProperties": False,
        "properties": {"kind": {"$ref": "#/$defs/name"}, "key": {"$ref": "#/$defs/key"}}}}},
}))  # fmt: skip
_UNNAMED = Manifest("unnamed", "0.0.0")


def read_bundle(path: Path | bytes, kinds: Kinds) -> Bundle:
    """Read a folder, a zip file, or the bytes of a zip file. Never raises for what it finds there."""
    files = read_files(path, wanted)
    return bundle_of(files, kinds)


def wanted(name: str) -> bool:
    """Whether a file belongs to a bundle: metadata/ and forms/, without the demo data."""
    inside = name.startswith(("metadata/", "forms/")) and not name.startswith(_OUTSIDE)
    return inside and not any(part.startswith(".") for part in name.split("/"))


def bundle_of(files: Files, kinds: Kinds) -> Bundle:
    """The bundle that the given files make."""
    problems = list(files.problems)
    texts = files.texts
    manifest = _read_manifest(texts, problems)
    retired = _read_retired(texts, problems, kinds)
    read = [_read_file(name, texts[name], kinds, problems) for name in sorted(texts) if name not in (MANIFEST, RETIRE)]
    documents = [each.document for each in read if each and each.document]
    broken = tuple(each.identity for each in read if each and each.document is None and each.identity)
    by_identity = {document.identity for document in documents}
    for identity in sorted(set(retired) & by_identity):
        problems.append(
            Problem(
                code="metadata.retired_and_present",
                file=RETIRE,
                line=1,
                column=1,
                message=text(
                    f'{identity[0]} "{identity[1]}" is retired and present at once.',
                    f"{identity[0]}“{identity[1]}”既停用又存在。",
                ),
            )
        )
    shown = pictures_of(documents, kinds)
    pictures = {digest: content for digest, content in files.pictures.items() if digest in shown}
    return Bundle(manifest, tuple(documents), retired, tuple(problems), texts, broken, pictures)


def pictures_of(documents: Iterable[Document], kinds: Kinds) -> frozenset[str]:
    """The digests of the pictures that documents show."""
    return frozenset(
        digest
        for document in documents
        if (kind := kinds.get(document.kind)) and kind.pictures
        for digest in _held(document.spec, kind.pictures)
    )


def _held(value: Any, names: frozenset[str]) -> Iterable[str]:
    if isinstance(value, Mapping):
        yield from (one for name, one in value.items() if name in names and isinstance(one, str))
    if isinstance(value, Mapping) or is_list(value):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _held(one, names)


def _read_manifest(texts: Mapping[str, str], problems: list[Problem]) -> Manifest:
    if MANIFEST not in texts:
        problems.append(
            Problem(
                code="metadata.missing_manifest",
                file=MANIFEST,
                line=1,
                column=1,
                message=text("The bundle has no metadata/bundle.yaml.", "缺少 metadata/bundle.yaml。"),
                hint=text("Write apiVersion, name and version into it.", "请写明 apiVersion、name 和 version。"),
            )
        )
        return _UNNAMED
    value = _checked(MANIFEST, texts[MANIFEST], _MANIFEST, problems)
    if value is None:
        return _UNNAMED
    plugins = dict(value.get("requires", {}).get("plugins", {}))
    return Manifest(
        value["name"], value["version"], tuple(value.get("languages", LANGUAGES)), plugins, value.get("title")
    )


def _read_retired(texts: Mapping[str, str], problems: list[Problem], kinds: Kinds) -> tuple[Identity, ...]:
    value = _checked(RETIRE, texts[RETIRE], _RETIRE, problems) if RETIRE in texts else None
    entries = value["retire"] if value else []
    for entry in entries:
        if entry["kind"] not in kinds:
            problems.append(
                Problem(
                    code="metadata.unknown_kind",
                    file=RETIRE,
                    line=1,
                    column=1,
                    message=text(f'There is no kind "{entry["kind"]}".', f"没有类别“{entry['kind']}”。"),
                    hint=nearest_hint(entry["kind"], kinds.by_key),
                )
            )
    return tuple(sorted((entry["kind"], entry["key"]) for entry in entries if entry["kind"] in kinds))


def _checked(name: str, written: str, schema: Schema, problems: list[Problem]) -> Any:
    """The mapping that a file holds, or None with the problems told."""
    tree = read_tree(written, name)
    problems.extend(tree.problems)
    faults = schema.faults(tree.value) if not tree.problems else ()
    for fault in faults:
        line, column = tree.source.positions.place(fault.pointer, key=fault.at_key) or (1, 1)
        problems.append(
            Problem(
                code=fault.code,
                message=fault.message,
                hint=fault.hint,
                file=name,
                line=line,
                column=column,
                pointer=fault.pointer,
            )
        )
    return None if tree.problems or faults else tree.value


def _read_file(name: str, written: str, kinds: Kinds, problems: list[Problem]) -> Read | None:
    if not name.endswith(_SUFFIXES):
        problems.append(
            Problem(
                code="metadata.wrong_file",
                severity="warning",
                file=name,
                message=text("This file is no document and was left out.", "此文件不是文档，已忽略。"),
                hint=text("Documents end in .yaml or .json.", "文档以 .yaml 或 .json 结尾。"),
            )
        )
        return None
    read = read_document(written, name)
    problems.extend(read.problems)
    if read.document is not None and (kind := kinds.get(read.document.kind)):
        problems.extend(_misplaced(read.document, kind, name))
    return read


def _misplaced(document: Document, kind: Kind, name: str) -> Iterable[Problem]:
    right = kind.file_of(document.key)
    if name.rpartition(".")[0] != right.rpartition(".")[0]:
        line, column = document.place("/key")
        yield Problem(
            code="metadata.wrong_file", file=name, line=line, column=column, pointer="/key",
            message=text("A document lies in the folder of its kind, in a file named after its key.",
                         "文档应放在其类别的文件夹中，文件名与键一致。"),
            hint=text(f"Move it to {right}.", f"请移至 {right}。"))  # fmt: skip


# -- writing ----------------------------------------------------------------------------------------------------------


def bundle_files(
    manifest: Manifest,
    documents: Iterable[Document],
    retired: Iterable[Identity],
    kinds: Kinds,
    pictures: Mapping[str, bytes] | None = None,
) -> dict[str, str | bytes]:
    """The files of a bundle by path. Documents keep their own source text; pictures are named by their digests."""
    found: dict[str, str | bytes] = {MANIFEST: manifest_text(manifest)}
    for digest, content in (pictures or {}).items():
        found[f"metadata/pictures/{digest}.{'png' if content.startswith(PNG) else 'jpg'}"] = content
    entries = sorted(set(retired))
    if entries:
        lines = [f"  - {{kind: {kind}, key: {key}}}\n" for kind, key in entries]
        found[RETIRE] = "retire:\n" + "".join(lines)
    for document in sorted_documents(documents):
        found[kinds.require(document.kind).file_of(document.key)] = source_text(document)
    return found


def manifest_text(manifest: Manifest) -> str:
    """bundle.yaml."""
    lines = [f"apiVersion: {API_VERSION}", f"name: {manifest.name}", f'version: "{manifest.version}"']
    if manifest.title:
        lines.append(f"title: {flow_text.write(manifest.title)}")
    lines.append(f"languages: [{', '.join(manifest.languages)}]")
    if manifest.plugins:
        lines.append(f"requires: {flow_text.write({'plugins': dict(sorted(manifest.plugins.items()))})}")
    return "\n".join(lines) + "\n"


def source_text(document: Document) -> str:
    """The text of a document: as its author wrote it, else written out."""
    return document.source.text if document.source else flow_text.write_document(document.as_mapping())


def write_bundle(path: Path, files: Mapping[str, str | bytes]) -> None:
    """Write a bundle's files into a folder, or into one zip file when the path ends in .zip."""
    if path.suffix == ".zip":
        path.write_bytes(zip_bytes(files))
        return
    for name, written in sorted(files.items()):
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(as_bytes(written))
