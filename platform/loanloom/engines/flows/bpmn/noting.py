"""What an import says of things it did not understand: each by name and place, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.problems import Problem, Text, text
from loanloom.xml_tree import Xml


def noted(code: str, raw: Xml | None, en: str, zh: str, hint: Text | None = None, *, wrong: bool = False) -> Problem:
    """Something to look at; `wrong` where nothing could be brought in."""
    return Problem(
        code=f"bpmn.{code}", message=text(en, zh), hint=hint, severity="error" if wrong else "warning",
        line=raw.line or None if raw is not None else None,
    )  # fmt: skip


def named(raw: Xml) -> Text:
    """An element as one finds it again: what it is, its name and its id."""
    name, identity = shortened(raw.get("name") or ""), shortened(raw.get("id") or "")
    both = f"{name} ({identity})" if name and identity else name or identity
    kind = f"<{shortened(raw.local)}>"
    return text(f"{kind} '{both}'", f"{kind}“{both}”") if both else text(kind, kind)


def about(code: str, raw: Xml, en: str, zh: str, hint: Text | None = None) -> Problem:
    """A note about one element, its name before the words."""
    name = named(raw)
    return noted(code, raw, f"{name['en']} {en}", f"{name['zh']}{zh}", hint)


_SAID: Mapping[str, tuple[str, str, str, str]] = {
    "start_trigger": (
        "begins by an event; here somebody starts the flow.", "由事件触发；此处由人员发起。", "", ""),
    "outcome": (
        "does not say how the case ended; taken as done.", "未说明结果，按“完成”处理。",
        "Choose its outcome.", "请选择结果。"),
    "nobody": (
        "does not say who does it.", "未说明由谁办理。", "Add who it is assigned to.", "请指定承办人。"),
    "event": ("is waited for as an event of its name.", "按同名事件等待。", "", ""),
    "no_message": (
        "does not say whom it tells what.", "未说明通知对象和内容。", "Add the message.", "请补充通知。"),
    "complex": (
        "has a condition of its own; it waits for all branches.", "自带汇合条件；按等待全部分支处理。", "", ""),
    "for_each": ("runs several times.", "重复执行。", "Say for each of what.", "请说明逐项的对象。"),
    "not_a_step": ("is passed without doing anything.", "未识别，直接通过。", "", ""),
    "no_way_on": ("has no way on; an end was added.", "没有后续路径，已补充结束节点。", "", ""),
    "edge_event": ("on the edge of a step has no like here.", "（环节边界事件）没有对应，未导入。", "", ""),
    "loose_event": ("sits on no step and is not brought in.", "未附着于任何环节，未导入。", "", ""),
    "no_condition": (
        "has no condition.", "没有条件。", "Write when this way is taken.", "请写明何时走此路径。"),
    "unfinished": ("stands for {0} here.", "在此对应{1}。", "See that there is one.", "请确认其存在。"),
    "sub_process": (
        "has {0} steps of its own; it calls the flow {1}, which is still to be made.",
        "内含 {0} 个环节；改为调用流程 {1}，该流程尚待建立。",
        "They can be brought in by themselves: choose this sub-process.", "可指定该子流程另行导入。"),
    "not_carried": (
        "was changed in a way that a flow cannot say; it stays as it was.",
        "的改动在流程中无法表达，保持原样。", "", ""),
    "kind_changed": (
        "is of another kind now; what the old step said is gone.", "的类型已改变，原环节的设置不再保留。", "", ""),
    "setting": ("has the setting {0} of another tool.", "带有其他工具的设置 {0}。", "", ""),
}  # fmt: skip
"""What is said of an element, and what to do: English, Chinese."""


def said(code: str, raw: Xml, *details: str) -> Problem:
    """One of the notes above about an element."""
    en, zh, do, todo = _SAID[code]
    return about(code, raw, en.format(*details), zh.format(*details), text(do, todo) if do else None)


def left_out(raw: Xml, hint: Text | None = None) -> Problem:
    """An element that has no place in a flow."""
    return about(
        "not_understood", raw, "has no place in a flow and is not brought in.", "在流程中没有对应，未导入。", hint
    )


def left_out_of(raw: Xml, inside: Xml) -> Problem:
    """Something inside a step that a flow does not have."""
    whole, part = named(raw), named(inside)
    return noted(
        "not_understood", inside, f"{part['en']} of {whole['en']} is not brought in.",
        f"{whole['zh']}中的{part['zh']}未导入。",
    )  # fmt: skip


def shortened(words: str) -> str:
    """One line of at most eighty characters."""
    line = " ".join(words.split())
    return line if len(line) <= 80 else line[:79] + "…"
