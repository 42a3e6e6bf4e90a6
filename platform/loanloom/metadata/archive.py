"""Files of a bundle out of a folder or a zip, without trusting either: no way out, no links, no bombs, only text and
pictures that are what their names say.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loanloom.problems import Problem, Text, text

MAX_FILES = 5_000
MAX_FILE = 2_000_000
MAX_TOTAL = 64_000_000
MAX_RATIO = 200
PICTURE = re.compile(r"metadata/pictures/([0-9a-f]{64})[.](?:png|jpg)")
"""What a picture that documents show is called in a bundle: the digest by which they name it."""
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Files:
    """Path -> text of the files that were wanted, what was refused, and pictures by the digest that names them."""

    texts: Mapping[str, str]
    problems: tuple[Problem, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def read_files(path: Path | bytes, wanted: Callable[[str], bool]) -> Files:
    """Read a folder, a zip file or the bytes of one."""
    texts: dict[str, str] = {}
    pictures: dict[str, bytes] = {}
    problems: list[Problem] = []
    if isinstance(path, Path) and path.is_dir():
        found = _from_folder(path, wanted, problems)
    else:
        found = _from_zip(path, wanted, problems)
    total = 0
    for name, data in found:
        total += len(data)
        if len(texts) + len(pictures) >= MAX_FILES or total > MAX_TOTAL:
            problems.append(_refused(name, text("The bundle is too large.", "配置包过大。")))
            break
        if (picture := PICTURE.fullmatch(name)) is not None:
            if hashlib.sha256(data).hexdigest() == picture[1]:
                pictures[picture[1]] = data
            else:
                problems.append(
                    _refused(
                        name,
                        text("This picture is not the one that its name says.", "图片内容与文件名中的校验码不符。"),
                    )
                )
            continue
        try:
            texts[name] = data.decode("utf-8")
        except UnicodeDecodeError:
            problems.append(_refused(name, text("The file is not UTF-8 text.", "文件不是 UTF-8 文本。")))
    return Files(texts, tuple(problems), pictures)


def _refused(name: str, message: Text) -> Problem:
    shown = name.encode("utf-8", "replace").decode()[:200]
    return Problem(code="bundle.refused_file", message=message, file=shown or None)


def _from_folder(root: Path, wanted: Callable[[str], bool], problems: list[Problem]) -> Iterator[tuple[str, bytes]]:
    for top in ("forms", "metadata"):
        for folder, folders, names in os.walk(root / top, followlinks=False):
            folders.sort()
            for name in sorted([*names, *(each for each in folders if (Path(folder) / each).is_symlink())]):
                path = Path(folder) / name
                inside = path.relative_to(root).as_posix()
                if not wanted(inside):
                    continue
                if path.is_symlink() or not path.is_file():
                    problems.append(_refused(inside, text("Links are not followed.", "不接受链接文件。")))
                elif path.stat().st_size > MAX_FILE:
                    problems.append(_refused(inside, text("The file is too large.", "文件过大。")))
                else:
                    yield inside, path.read_bytes()


def _from_zip(
    path: Path | bytes, wanted: Callable[[str], bool], problems: list[Problem]
) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(path) if isinstance(path, bytes) else path) as archive:
            seen: set[str] = set()
            members = archive.infolist()
            if len(members) > MAX_FILES:
                problems.append(_refused("", text("The archive holds too many files.", "压缩包文件过多。")))
                return
            for member in members:
                why = _unsafe(member, seen)
                seen.add(member.filename)
                if why is not None:
                    problems.append(_refused(member.filename, why))
                elif not member.is_dir() and wanted(member.filename):
                    yield from _read_member(archive, member, problems)
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError, ValueError) as error:
        problems.append(_refused(path.name if isinstance(path, Path) else "", _unreadable(error)))


def _unreadable(error: Exception) -> Text:
    if isinstance(error, FileNotFoundError):
        return text("There is no such folder or file.", "没有该文件夹或文件。")
    return text("This is neither a folder nor a readable zip file.", "既不是文件夹，也不是可读取的 zip 文件。")


def _unsafe(member: zipfile.ZipInfo, seen: set[str]) -> Text | None:
    name, original = member.filename, getattr(member, "orig_filename", member.filename)
    parts = name.split("/")
    if name.startswith("/") or "\\" in original or ":" in name or "\0" in original or ".." in parts or "." in parts:
        return text("The path leads out of the bundle.", "路径超出配置包范围。")
    if stat.S_ISLNK(member.external_attr >> 16):
        return text("Links are not followed.", "不接受链接文件。")
    if member.flag_bits & 0x1:
        return text("The file is encrypted.", "文件已加密。")
    if member.compress_type not in _PACKED:
        return text("The file is packed in a way that is not read here.", "不支持该压缩方式。")
    if name in seen:
        return text("The archive holds this path twice.", "压缩包内路径重复。")
    if member.file_size > MAX_FILE or member.file_size > MAX_RATIO * max(member.compress_size, 100):
        return text("The file is too large, or packed suspiciously tight.", "文件过大或压缩比异常。")
    return None


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, problems: list[Problem]
) -> Iterator[tuple[str, bytes]]:
    with archive.open(member) as stream:
        data = stream.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        problems.append(_refused(member.filename, text("The file is too large.", "文件过大。")))
        return
    yield member.filename, data


def zip_bytes(files: Mapping[str, str | bytes]) -> bytes:
    """The same files always give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, date_time=_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o100644 << 16
            archive.writestr(member, as_bytes(files[name]), compresslevel=9)
    return buffer.getvalue()


def as_bytes(content: str | bytes) -> bytes:
    """What a file of a bundle holds."""
    return content.encode("utf-8") if isinstance(content, str) else content
