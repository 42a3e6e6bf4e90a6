"""Whether a value has the shape its JSON Schema (draft 2020-12) asks for, said in our own words and both languages.

`jsonschema` decides; this module turns each of its errors into faults with code, pointer, message and hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.pointers import child, is_list, join
from loanloom.problems import Text, text


@dataclass(frozen=True, slots=True)
class Fault:
    """A structural mistake: where (pointer), and whether the key or the value there is wrong."""

    code: str
    pointer: str
    message: Text
    hint: Text | None = None
    at_key: bool = False


def _inlined(piece: Any, root: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    """A schema with what its references name in their place, so that nobody looks them up for each value again; what
    holds itself, and what has more to say than words beside a reference, stays a reference."""
    if is_list(piece):
        return [_inlined(one, root, inside) for one in piece]
    if not isinstance(piece, Mapping):
        return piece
    name = piece.get("$ref")
    if name is None or not str(name).startswith(_OWN) or name in inside or not _only_words(piece):
        return {key: one if key in _AS_IS else _inlined(one, root, inside) for key, one in piece.items()}
    named = _inlined(root["$defs"][str(name).removeprefix(_OWN)], root, (*inside, str(name)))
    return {**named, **{key: one for key, one in piece.items() if key != "$ref"}}


_OWN = "#/$defs/"
_AS_IS = frozenset({"enum", "const", "default", "examples"})


def _only_words(piece: Mapping[str, Any]) -> bool:
    return all(key == "$ref" or key.startswith("x-") or key in ("title", "description") for key in piece)


_Error = Any
"""jsonschema's ValidationError; its attributes are typed too widely to be of use here."""


def _is_number(_: object, value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


_TYPES = (
    Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number)
    .redefine("object", lambda _, value: isinstance(value, Mapping))
    .redefine("array", lambda _, value: is_list(value))
)
_Validator: Any = extend(Draft202012Validator, type_checker=_TYPES)  # type: ignore[no-untyped-call]  # untyped there
_FORMATS = FormatChecker(formats=())
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@_FORMATS.checks("date")
def _is_date(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return bool(_DATE.fullmatch(value)) and date.fromisoformat(value).year >= 1900
    except ValueError:
        return False


class Schema:
    """A compiled schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._validator = _Validator(_inlined(schema, schema, ()), format_checker=_FORMATS)

    def faults(self, value: Any) -> tuple[Fault, ...]:
        """Everything wrong with the shape of `value`, in the order of the document, each once."""
        found = [fault for error in self._validator.iter_errors(value) for fault in _said(error)]
        return tuple({(fault.code, fault.pointer, fault.message["en"]): fault for fault in found}.values())


def _said(error: _Error) -> Iterator[Fault]:
    pointer = join(list(error.absolute_path))
    word = str(error.validator)
    if "propertyNames" in error.absolute_schema_path:
        yield _bad_name(error, pointer)
    elif word in ("oneOf", "anyOf"):
        yield from _choice(error, pointer)
    elif word == "additionalProperties":
        yield from _unknown_keys(error, pointer)
    elif word == "required":
        yield from _missing_keys(error, pointer)
    elif word in _SIMPLE:
        yield _SIMPLE[word](error, pointer)
    else:
        yield Fault("metadata.not_allowed", pointer, text("This value is not allowed here.", "此处不允许该值。"))


def _unknown_keys(error: _Error, pointer: str) -> Iterator[Fault]:
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    for key in error.instance:
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        if patterns and not known:
            yield _not_a_language(error, pointer, key)
            continue
        yield Fault(
            "metadata.unknown_key",
            child(pointer, key),
            text(f'"{key}" is not known here.', f"此处不认识键“{key}”。"),
            nearest_hint(key, known),
            at_key=True,
        )


def _not_a_language(error: _Error, pointer: str, key: str) -> Fault:
    hint = text("Languages are written like en or zh.", "语言写作 en 或 zh。")
    if error.instance[key] is None:
        hint = text("A text with a comma needs quotes inside braces.", "花括号内含逗号的文本需要加引号。")
    message = text(f'"{key}" is not a language.', f"“{key}”不是语言代码。")
    return Fault("metadata.bad_key", child(pointer, key), message, hint, at_key=True)


def _bad_name(error: _Error, pointer: str) -> Fault:
    said = _SIMPLE[str(error.validator)](error, pointer)
    return Fault(
        "metadata.bad_key",
        child(pointer, error.instance),
        text(f'"{error.instance}" cannot be a key here.', f"“{error.instance}”不能用作此处的键。"),
        said.hint,
        at_key=True,
    )


def _missing_keys(error: _Error, pointer: str) -> Iterator[Fault]:
    for key in error.validator_value:
        if key not in error.instance:
            label = error.schema.get("properties", {}).get(key, {}).get("x-title")
            named = text(f'"{key}"', f"“{key}”")
            if label:
                named = text(f'"{key}" ({label["en"]})', f"“{key}”（{label['zh']}）")
            yield Fault(
                "metadata.missing_key", pointer, text(f"{named['en']} is missing here.", f"此处缺少{named['zh']}。")
            )


def _choice(error: _Error, pointer: str) -> Iterator[Fault]:
    branches = error.validator_value
    if all(set(branch) == {"required"} for branch in branches):
        yield _choose_one(error, pointer, [key for branch in branches for key in branch["required"]])
        return
    for index, _ in enumerate(branches):
        errors = [cause for cause in error.context or () if cause.schema_path[0] == index]
        if errors and not any(_wrong_at_all(cause) for cause in errors):
            for cause in errors:
                yield from _said(cause)
            return
    yield Fault(
        "metadata.wrong_type",
        pointer,
        text(f"{shown(error.instance)['en']} does not fit here.", f"{shown(error.instance)['zh']}不适用于此处。"),
        _alternatives(branches),
    )


def _wrong_at_all(cause: _Error) -> bool:
    """Whether an error says that a branch is not meant at all (rather than meant but written wrongly)."""
    return not cause.relative_path and cause.validator in ("type", "enum", "const")


def _choose_one(error: _Error, pointer: str, keys: list[str]) -> Fault:
    names = {"en": " or ".join(f'"{key}"' for key in keys), "zh": "或".join(f"“{key}”" for key in keys)}
    if sum(key in error.instance for key in keys) > 1:
        return Fault(
            "metadata.choose_one",
            pointer,
            text(f"Only one of {names['en']} may stand here.", f"{names['zh']}只能出现一个。"),
        )
    return Fault("metadata.missing_key", pointer, text(f"{names['en']} is missing here.", f"此处缺少{names['zh']}。"))


def _alternatives(branches: Iterable[Mapping[str, Any]]) -> Text:
    english, chinese = [], []
    for branch in branches:
        if "enum" in branch:
            english.append(", ".join(written(value) for value in branch["enum"]))
            chinese.append("、".join(written(value) for value in branch["enum"]))
        else:
            kind = branch.get("type", "object")
            words = type_words(kind)
            english.append(words["en"])
            chinese.append(words["zh"])
    return text(f"Allowed: {'; or '.join(english)}.", f"可用：{'；或'.join(chinese)}。")


# -- the simple keywords: one error, one fault ----------------------------------------------------------------------


def _type(error: _Error, pointer: str) -> Fault:
    expected, got = type_words(error.validator_value), shown(error.instance)
    return Fault(
        "metadata.wrong_type",
        pointer,
        text(
            f"{expected['en'].capitalize()} is expected here, not {got['en']}.",
            f"此处应为{expected['zh']}，而不是{got['zh']}。",
        ),
        _type_hint(error.validator_value, error.instance),
    )


def _type_hint(expected: Any, got: Any) -> Text | None:
    names = [expected] if isinstance(expected, str) else list(expected)
    if "string" in names and isinstance(got, (int, Decimal, bool)):
        return text(f'Put it in quotes: "{written(got)}".', f'请加引号："{written(got)}"。')
    if not isinstance(got, str):
        return None
    if {"number", "integer"} & set(names):
        return _number_hint(got)
    if "boolean" in names and got.lower() in ("yes", "no", "on", "off", "y", "n", "是", "否"):
        return text("Write true or false.", "请写 true 或 false。")
    return None


def _number_hint(got: str) -> Text | None:
    bare = got.strip().replace(",", "").replace("，", "")
    percent = bare.removesuffix("%")
    try:
        value = Decimal(percent)
    except ArithmeticError:
        return None
    if not value.is_finite() or len(percent) > 40:
        return None
    value = value / 100 if percent != bare else value
    return text(f"Write {value:f} without quotes, signs or separators.", f"请写 {value:f}，不加引号、符号或分隔符。")


def _enum(error: _Error, pointer: str) -> Fault:
    allowed = error.validator_value if error.validator == "enum" else [error.validator_value]
    got = shown(error.instance)
    return Fault(
        "metadata.not_a_choice",
        pointer,
        text(f"{got['en']} is not one of the choices.", f"{got['zh']}不在可选范围内。"),
        nearest_hint(written(error.instance), [written(value) for value in allowed]),
    )


def _pattern(error: _Error, pointer: str) -> Fault:
    form = error.schema.get("x-format")
    got = shown(error.instance)
    hint = text(f"Expected: {form['en']}.", f"应为：{form['zh']}。") if form else None
    return Fault(
        "metadata.bad_format",
        pointer,
        text(f"{got['en']} is not written as it must be.", f"{got['zh']}的写法不正确。"),
        hint,
    )


def _format(error: _Error, pointer: str) -> Fault:
    got = shown(error.instance)
    return Fault(
        "metadata.bad_date",
        pointer,
        text(f"{got['en']} is not a date of the calendar.", f"{got['zh']}不是有效日期。"),
        text("Write dates as year-month-day, such as 2026-01-31.", "日期写作 年-月-日，例如 2026-01-31。"),
    )


def _bound(error: _Error, pointer: str) -> Fault:
    words = {"minimum": ("at least", "不小于"), "maximum": ("at most", "不大于"),
             "exclusiveMinimum": ("more than", "大于"), "exclusiveMaximum": ("less than", "小于")}  # fmt: skip
    english, chinese = words[str(error.validator)]
    bound = written(error.validator_value)
    return Fault(
        "metadata.out_of_range",
        pointer,
        text(
            f"{written(error.instance)} is out of range: it must be {english} {bound}.",
            f"{written(error.instance)} 超出范围：应{chinese} {bound}。",
        ),
    )


def _size(error: _Error, pointer: str) -> Fault:
    few = str(error.validator).startswith("min")
    what = {"Items": ("item", "项"), "Length": ("character", "个字符"), "Properties": ("key", "个键")}
    english, chinese = what[str(error.validator)[3:]]
    bound = error.validator_value
    english += "" if bound == 1 else "s"
    return Fault(
        "metadata.wrong_size",
        pointer,
        text(
            f"There may be {'no fewer' if few else 'no more'} than {bound} {english} here.",
            f"此处应{'至少' if few else '至多'}有 {bound} {chinese}。",
        ),
    )


def _unique(error: _Error, pointer: str) -> Fault:
    items = list(error.instance)
    twice = next((item for index, item in enumerate(items) if item in items[:index]), None)
    return Fault(
        "metadata.duplicate_item",
        pointer,
        text(f"{shown(twice)['en']} stands in the list twice.", f"{shown(twice)['zh']}在列表中重复。"),
    )


_SIMPLE = {
    "type": _type, "enum": _enum, "const": _enum, "pattern": _pattern, "format": _format, "uniqueItems": _unique,
    "minimum": _bound, "maximum": _bound, "exclusiveMinimum": _bound, "exclusiveMaximum": _bound,
    "minItems": _size, "maxItems": _size, "minLength": _size, "maxLength": _size,
    "minProperties": _size, "maxProperties": _size,
}  # fmt: skip

# -- words for values -------------------------------------------------------------------------------------------------

_TYPE_WORDS = {
    "string": text("text", "文本"), "number": text("a number", "数值"), "integer": text("a whole number", "整数"),
    "boolean": text("true or false", "true 或 false"), "object": text("a mapping (key: value)", "键值对"),
    "array": text("a list", "列表"), "null": text("nothing", "空值"),
}  # fmt: skip


def type_words(expected: Any) -> Text:
    """A JSON Schema type, or a list of them, in words."""
    names = [expected] if isinstance(expected, str) else list(expected)
    words = [_TYPE_WORDS[name] for name in names]
    return text(" or ".join(word["en"] for word in words), "或".join(word["zh"] for word in words))


def written(value: Any) -> str:
    """A scalar as one writes it in YAML."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def shown(value: Any) -> Text:
    """A value in a sentence: short values as written, collections by their type."""
    if isinstance(value, Mapping):
        return _TYPE_WORDS["object"]
    if is_list(value):
        return _TYPE_WORDS["array"]
    if value is None:
        return _TYPE_WORDS["null"]
    if isinstance(value, str):
        short = value if len(value) <= 60 else f"{value[:60]}…"
        return text(f'"{short}"', f"“{short}”")
    return text(written(value), written(value))
