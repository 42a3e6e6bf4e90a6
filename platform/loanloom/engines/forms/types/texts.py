"""Text and what is written as text: telephone, e-mail, identity card, unified social credit code, bank card. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from loanloom.engines.forms import formats
from loanloom.engines.forms.types.base import LONG_TEXT, SHORT_TEXT, Fault, built_in, text_of, write_plain
from loanloom.feel.patterns import Pattern, compile_pattern
from loanloom.feel.problems import Fault as PatternFault
from loanloom.feel.running.budget import Budget
from loanloom.problems import Text, text

if TYPE_CHECKING:
    from loanloom.engines.forms.model import Spec


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value is written as the pattern says; within the bounds of one evaluation."""
    try:
        return _compiled(pattern).holds(value, Budget().spend)
    except PatternFault:
        return False


def is_pattern(pattern: str) -> bool:
    """Whether an author's pattern can be read."""
    try:
        _compiled(pattern)
    except PatternFault:
        return False
    return True


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Pattern:
    return compile_pattern(f"^({pattern})$")


def read_text(raw: Any, spec: Spec) -> str | None:
    """Text within its length and pattern."""
    value = text_of(raw).replace("\r\n", "\n").strip()
    limit = spec.max_length or (LONG_TEXT if spec.behaviour.shape.long else SHORT_TEXT)
    if len(value) > limit:
        raise Fault(
            "too_long",
            f"At most {limit} characters; this has {len(value)}.",
            f"最多{limit}个字，现有{len(value)}个字。",
        )
    if value and spec.pattern and not matches(spec.pattern, value):
        raise Fault("pattern", "This is not written in the expected way.", "格式不符合要求。")
    return value or None


def _read_phone(raw: Any, spec: Spec) -> str | None:
    value = text_of(raw).strip()
    if not value:
        return None
    number = formats.phone(value)
    if number is None:
        raise Fault(
            "phone",
            "This is no phone number: eleven digits for a mobile, or area code and number.",
            "电话号码有误：手机号为11位数字，固定电话请带区号。",
        )
    return number


def _read_email(raw: Any, spec: Spec) -> str | None:
    value = text_of(raw).strip()
    if not value:
        return None
    address = formats.email(value)
    if address is None:
        raise Fault(
            "email",
            "This is no e-mail address: name@domain, as in lin@example.cn.",
            "电子邮箱有误，应形如 lin@example.cn。",
        )
    return address


_ID_FAULTS = {
    "shape": (
        "An identity number has 17 digits and a check character (a digit or X).",
        "身份证号应为17位数字加1位校验码（数字或X）。",
    ),
    "region": ("The first two digits name no province.", "身份证号前两位不是有效的省份代码。"),
    "birth": ("Digits 7 to 14 are no date of birth.", "身份证号第7至14位不是有效的出生日期。"),
    "check": ("The check character does not fit: one digit was mistyped.", "身份证号校验码不符，请核对是否有误。"),
}


def _read_id_card(raw: Any, spec: Spec) -> str | None:
    value = text_of(raw).strip()
    if not value:
        return None
    if formats.is_credit_code(value):
        return formats.id_card(value)
    fault = formats.id_card_fault(value)
    if fault:
        raise Fault("id_card", *_ID_FAULTS[fault])
    return formats.id_card(value)


def _said_by_card(value: Any, spec: Spec) -> tuple[tuple[Text, Any], ...]:
    """Date of birth and sex, which the number holds; nothing for a firm's code."""
    born, sex = formats.born_on(str(value)), formats.sex_of(str(value))
    if born is None or sex is None:
        return ()
    words = text("male", "男") if sex == "male" else text("female", "女")
    return (text("Born", "出生日期"), born), (text("Sex", "性别"), words)


_CODE_FAULTS = {
    "shape": (
        "A unified social credit code has 18 digits and capital letters, without I, O, S, V and Z.",
        "统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z）。",
    ),
    "check": (
        "The check character does not fit: one character was mistyped.",
        "统一社会信用代码校验位不符，请核对是否有误。",
    ),
}


def _read_credit_code(raw: Any, spec: Spec) -> str | None:
    value = text_of(raw).strip()
    if not value:
        return None
    fault = formats.credit_code_fault(value)
    if fault:
        raise Fault("credit_code", *_CODE_FAULTS[fault])
    return formats.id_card(value)


_CARD_FAULTS = {
    "shape": ("A bank card number has 13 to 19 digits.", "银行卡号应为13至19位数字。"),
    "check": ("The check digit does not fit: one digit was mistyped.", "银行卡号校验位不符，请核对是否有误。"),
}


def _read_bank_card(raw: Any, spec: Spec) -> str | None:
    value = text_of(raw).strip()
    if not value:
        return None
    fault = formats.bank_card_fault(value)
    if fault:
        raise Fault("bank_card", *_CARD_FAULTS[fault])
    return formats.bank_card(value)


TYPES = {
    "text": built_in("text", read_text, write_plain),
    "long_text": built_in("long_text", read_text, write_plain, wide=True),
    "rich_text": built_in("rich_text", read_text, write_plain, wide=True),
    "phone": built_in("phone", _read_phone, write_plain),
    "email": built_in("email", _read_email, write_plain),
    "id_card": built_in("id_card", _read_id_card, write_plain, derived=_said_by_card),
    "credit_code": built_in("credit_code", _read_credit_code, write_plain),
    "bank_card": built_in("bank_card", _read_bank_card, write_plain),
}
