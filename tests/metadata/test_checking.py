"""What a document by itself is told."""

from __future__ import annotations

from loanloom.metadata.checking import check_document
from loanloom.metadata.document import document_from
from loanloom.metadata.kinds import load_kinds


def test_the_language_that_is_missing_is_called_by_its_name() -> None:
    document = document_from({
        "apiVersion": "loanloom/v1", "kind": "code_list", "key": "colour", "title": {"zh": "颜色"},
        "spec": {"items": [{"key": "red", "title": {"en": "Red"}}]},
    })  # fmt: skip
    found = [one for one in check_document(document, load_kinds()) if one.code == "metadata.missing_language"]
    assert [(one.pointer, one.message["en"], one.message["zh"]) for one in found] == [
        ("/title", "The wording in English is missing.", "缺少英文文字。"),
        ("/spec/items/0/title", "The wording in Chinese is missing.", "缺少中文文字。"),
    ]
    assert {one.severity for one in found} == {"warning"}
