"""What a well-formed phone number, identity number or amount looks like: text in, clean text or value out,
None for a bad one.

Pure. Knows nothing of forms or fields. Sources: GB 11643-1999 (identity number and its check character), GB/T 2260
(first two digits: province), the national numbering plan for mobile and fixed-line numbers.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

from loanloom.core.dates import written_day
from loanloom.feel.help.figures import MANY

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_PROVINCES = frozenset(  # 99 names no province: it is left free for invented people in demos and tests
    str(code)
    for code in (
        99,
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_FIXED_LINE = re.compile(r"(0[0-9]{2,3})([2-9][0-9]{6,7})")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@((?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)+[A-Za-z][A-Za-z0-9-]{0,62}"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?")
_MONTH = re.compile(r"([0-9]{4})[-/.年]?([0-9]{1,2})月?")
LONGEST_NUMBER = 40
LONGEST_EMAIL = 254


def tidy(value: str) -> str:
    """Full-width digits and letters to plain ones, outer space gone: what a Chinese input method leaves behind."""
    return unicodedata.normalize("NFKC", value).strip()


def number(value: str) -> Decimal | None:
    """`1,234.50`, `￥1200`, `１２` or, as amounts are counted in Chinese, `20万` as Decimal; None when it is no plain
    decimal number.

    >>> number("￥1,234.50"), number("12e9"), number("１２"), number("1.5 万元")
    (Decimal('1234.50'), None, Decimal('12'), Decimal('15000'))
    """
    plain = tidy(value).removeprefix("¥").removesuffix("元").replace(" ", "")
    if len(plain) > LONGEST_NUMBER:
        return None
    times = 1
    while plain and plain[-1] in MANY:
        plain, times = plain[:-1], times * MANY[plain[-1]]
    if not plain or not _NUMBER.fullmatch(plain):
        return None
    try:
        written = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None
    if times == 1:
        return written
    counted = written * times
    return counted.to_integral_value() if counted == counted.to_integral_value() else counted


def month(value: str) -> str | None:
    """A month as `2026-01`."""
    found = _MONTH.fullmatch(tidy(value))
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    return f"{found[1]}-{int(found[2]):02d}"


def phone(value: str) -> str | None:
    """A mainland mobile or fixed-line number as digits alone, the country code dropped."""
    digits = re.sub(r"[\s()-]", "", tidy(value))
    digits = re.sub(r"^(\+86|0086)", "", digits)
    if _MOBILE.fullmatch(digits) or _FIXED_LINE.fullmatch(digits):
        return digits
    return None


def email(value: str) -> str | None:
    """An e-mail address, its domain in small letters: the part before @ belongs to whoever runs that domain.

    >>> email("Lin.Xiao@Example.CN"), email("lin@example"), email("lin@@example.cn")
    ('Lin.Xiao@example.cn', None, None)
    """
    plain = tidy(value)
    if len(plain) > LONGEST_EMAIL or not _EMAIL.fullmatch(plain):
        return None
    name, _at, domain = plain.partition("@")
    if name.startswith(".") or name.endswith(".") or ".." in name:
        return None
    return f"{name}@{domain.lower()}"


def id_card_fault(value: str) -> str | None:
    """Why an eighteen-character identity number is wrong: `shape`, `region`, `birth` or `check`; None when it is right.

    >>> id_card_fault("11010519491231002X"), id_card_fault("110105194912310021")
    (None, 'check')
    """
    card = id_card(value)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", card):
        return "shape"
    if card[:2] not in _PROVINCES:
        return "region"
    if born_on(card) is None:
        return "birth"
    total = sum(int(digit) * weight for digit, weight in zip(card[:17], _ID_WEIGHTS, strict=True))
    return None if _ID_CHECKS[total % 11] == card[17] else "check"


def is_credit_code(value: str) -> bool:
    """Whether this is a unified social credit code of a firm.

    >>> is_credit_code("91350100M000100Y43"), is_credit_code("91350100M000100Y44")
    (True, False)
    """
    return credit_code_fault(value) is None


def credit_code_fault(value: str) -> str | None:
    """Why a unified social credit code (GB 32100-2015) is wrong: `shape` or `check`; None when it is right.

    >>> credit_code_fault("91350100M000100Y44"), credit_code_fault("350100")
    ('check', 'shape')
    """
    code = id_card(value)
    if not re.fullmatch(r"[1-9A-NPQRTUWXY][0-9A-HJ-NPQRTUWXY]{17}", code) or set(code) - set(_CREDIT_LETTERS):
        return "shape"
    total = sum(
        _CREDIT_LETTERS.index(letter) * weight for letter, weight in zip(code[:17], _CREDIT_WEIGHTS, strict=True)
    )
    return None if _CREDIT_LETTERS[(31 - total % 31) % 31] == code[17] else "check"


def bank_card(value: str) -> str:
    """A bank card number as it is stored: digits alone."""
    return re.sub(r"[\s-]", "", tidy(value))


def bank_card_fault(value: str) -> str | None:
    """Why a bank card number (ISO/IEC 7812) is wrong: `shape` or `check` (Luhn); None when it is right.

    >>> bank_card_fault("4111 1111 1111 1111"), bank_card_fault("79927398713"), bank_card_fault("4111111111111112")
    (None, 'shape', 'check')
    """
    card = bank_card(value)
    if not re.fullmatch(r"[0-9]{13,19}", card):
        return "shape"
    digits = [int(digit) for digit in reversed(card)]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return "check" if total % 10 else None


def id_card(value: str) -> str:
    """An identity number as it is stored: no spaces, capital X."""
    return re.sub(r"\s", "", tidy(value)).upper()


def born_on(card: str) -> date | None:
    """The date of birth inside an identity number."""
    return written_day(card[6:14]) if len(card) == 18 else None


def sex_of(card: str) -> str | None:
    """`male` or `female`, by the seventeenth digit of an identity number."""
    if len(card) != 18 or not card[16].isdigit():
        return None
    return "male" if int(card[16]) % 2 else "female"


def masked(value: str, *, head: int = 3, tail: int = 4) -> str:
    """A number with its middle hidden: `110***********002X`; short ones hide all but the last. An e-mail address
    keeps its first letter and its domain."""
    name, at, domain = value.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    if len(value) <= head + tail:
        return "*" * max(len(value) - 1, 0) + value[-1:]
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]
