"""The YAML parser's complaints in the house's words, in both languages, with their place."""

from __future__ import annotations

import yaml

from loanloom.problems import Problem, Text, text

_REASONS: tuple[tuple[str, Text, Text | None], ...] = (
    ("mapping values are not allowed", text("A colon stands where none may be.", "此处不应出现冒号。"),
     text("Check the indentation; text with a colon needs quotes.", "请检查缩进；含冒号的文本需要加引号。")),
    ("could not find expected ':'", text('A key without its ":" stands here.', "此处的键缺少冒号。"),
     text("Write `key: value`.", "请写成 `键: 值`。")),
    ("cannot start any token",
     text("A character stands here that cannot begin a value.", "此字符不能作为值的开头。"),
     text("Indent with spaces, not tabs; put text with @ ` % in quotes.", "请用空格缩进；含 @ ` % 的文本需加引号。")),
    ("did not find expected ',' or",
     text("A list or mapping in brackets is not closed.", "括号内的列表或键值对没有闭合。"),
     text("Look for a missing , ] or }.", "请检查是否缺少 , ] 或 }。")),
    ("did not find expected key", text("The indentation does not fit.", "缩进不一致。"),
     text("Members of one mapping begin in the same column.", "同一组键应从同一列开始。")),
    ("did not find expected '-'", text("The indentation of the list does not fit.", "列表缩进不一致。"),
     text("Items of one list begin in the same column.", "同一列表的各项应从同一列开始。")),
    ("unexpected end of stream", text("A quoted text is not closed.", "引号没有闭合。"), None),
    ("control characters", text("The text holds control characters.", "文本中含有控制字符。"), None),
)  # fmt: skip
_OTHER: tuple[Text, Text | None] = text("The text is not valid YAML here.", "此处不是有效的 YAML。"), None


def syntax_problem(error: yaml.YAMLError, file: str | None) -> Problem:
    """What the parser could not read, and where."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    words = f"{getattr(error, 'problem', '') or ''} {getattr(error, 'reason', '') or ''}"
    found = (said for said in _REASONS if said[0] in words)
    message, hint = next(((said[1], said[2]) for said in found), _OTHER)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(code="metadata.syntax", message=message, hint=hint, file=file, line=line, column=column)
