"""Files that were handed in, named by their number; images and signatures are files of some kinds. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from loanloom.engines.forms.types.base import Fault, built_in, text_of, write_plain

if TYPE_CHECKING:
    from loanloom.engines.forms.model import Spec

MOST = 20
"""Files of one field that does not say how many it takes."""
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,64}")


def _one(written: str) -> str:
    if not _NUMBER.fullmatch(written):
        raise Fault("not_a_file", "Choose the file again.", "请重新选择文件。")
    return written


def _read_file(raw: Any, spec: Spec) -> str | None:
    value = text_of(raw).strip()
    return _one(value) if value else None


def _read_files(raw: Any, spec: Spec) -> tuple[str, ...]:
    parts = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple):
        raise Fault("not_a_file", "Choose the file again.", "请重新选择文件。")
    found = tuple(dict.fromkeys(_one(text_of(part).strip()) for part in parts if part))
    most = spec.most or MOST
    if len(found) > most:
        raise Fault("too_many_files", f"At most {most}; there are {len(found)}.", f"最多{most}个，现有{len(found)}个。")
    return found


def _write_files(value: Any, spec: Spec) -> str:
    return ",".join(value)


TYPES = {
    "file": built_in("file", _read_file, write_plain),
    "image": built_in("image", _read_file, write_plain, widget="file"),
    "signature": built_in("signature", _read_file, write_plain),
    "files": built_in("files", _read_files, _write_files, widget="file", wide=True),
    "images": built_in("images", _read_files, _write_files, widget="file", wide=True),
}
