"""Characters to tokens. Knows no grammar and no names; a name with spaces is several tokens that the parser joins."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from ..limits import MAX_DIGITS, MAX_LENGTH
from ..nodes import Compared, node
from ..problems import Refused, words

Kind = Literal["name", "number", "string", "at", "symbol", "end"]

_COMMON = re.compile(
    r"""[ \t\n]*(?:
        ([A-Za-z_][A-Za-z0-9_]*+)(?![^\x00-\x7f])        # a name of ASCII letters that does not go on
      | ([0-9]{1,30}+(?:\.[0-9]{1,30}+)?+)(?![0-9.eE])     # a number without an exponent
      | "([^"\\\n]*)"                                   # a string without escapes
      | ([()\[\]{},:+=?|] | [<>]=? | != | \*\*? | -(?!>) | /(?![/*]) | \.(?![0-9.]))
    )""",
    re.VERBOSE,
)
"""The tokens of nearly every text, in one step; whatever it does not match is looked at character by character."""
_KINDS: tuple[Kind, ...] = ("name", "number", "string", "symbol")

_PAIRS = frozenset(("**", "<=", ">=", "!=", "..", "->"))
_SINGLES = frozenset("()[]{},:.+-*/=<>?'@|")
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t", "'": "'", "/": "/", "b": "\b", "f": "\f"}
_HEX = frozenset("0123456789abcdefABCDEF")
_DIGITS = frozenset("0123456789")
_QUOTES = frozenset("“”„‟＂「」『』")


@node()
class Token(Compared):
    """One token. `text` is its meaning (a string without quotes); start and end are offsets in the source."""

    kind: Kind
    text: str
    start: int
    end: int


def is_name_start(char: str) -> bool:
    """Whether a name may begin with this character: any letter of any script, underscore, or a pictograph."""
    return char == "_" or char.isalpha() or (char > "\U00010000" and char.isprintable())


def is_name_part(char: str) -> bool:
    """Whether a name may go on with this character."""
    return is_name_start(char) or char.isalnum() or unicodedata.category(char) in ("Mn", "Mc", "Nd", "Pc")


def tokens(source: str) -> list[Token]:
    """All tokens of the source, closed by one of kind "end"; raises Refused."""
    if len(source) > MAX_LENGTH:
        raise Refused(
            "feel.too_long",
            f"The expression has {len(source)} characters; {MAX_LENGTH} is the limit.",
            f"表达式有 {len(source)} 个字符，上限为 {MAX_LENGTH}。",
            0,
            words("Split it into several named steps.", "请拆分成几个有名字的步骤。"),
        )
    found: list[Token] = []
    at = 0
    while True:
        common = _COMMON.match(source, at)
        if common is not None:
            group = common.lastindex or 0
            at = common.end()
            start = common.start(group)
            found.append(Token(_KINDS[group - 1], common[group], start - (group == 3), at))
            continue
        at = _skip_space(source, at)
        if at >= len(source):
            break
        token = _token(source, at)
        found.append(token)
        at = token.end
    found.append(Token("end", "", len(source), len(source)))
    return found


def _skip_space(source: str, at: int) -> int:
    while at < len(source):
        char = source[at]
        if char.isspace() or char in "\ufeff\u200b\u180e":
            at += 1
        elif source.startswith("//", at):
            newline = source.find("\n", at)
            at = len(source) if newline < 0 else newline
        elif source.startswith("/*", at):
            end = source.find("*/", at + 2)
            if end < 0:
                raise Refused(
                    "feel.syntax",
                    "This comment is never closed.",
                    "注释没有结束。",
                    at,
                    words("Close it with */.", "请用 */ 结束注释。"),
                )
            at = end + 2
        else:
            break
    return at


def _token(source: str, at: int) -> Token:
    char = source[at]
    if char == '"':
        return _string(source, at, at, "string")
    if source.startswith('@"', at):
        return _string(source, at, at + 1, "at")
    following = source[at + 1] if at + 1 < len(source) else ""
    if char in _DIGITS or (char == "." and following in _DIGITS and following):
        return _number(source, at)
    if is_name_start(char):
        return _name(source, at)
    if char + following in _PAIRS:
        return Token("symbol", char + following, at, at + 2)
    if char in _SINGLES:
        return Token("symbol", char, at, at + 1)
    raise _unknown_character(char, at)


def _name(source: str, at: int) -> Token:
    end = at + 1
    while end < len(source) and is_name_part(source[end]):
        end += 1
    return Token("name", source[at:end], at, end)


def _number(source: str, at: int) -> Token:
    end = _digits(source, at)
    if source.startswith(".", end) and source[end + 1 : end + 2] in _DIGITS and source[end + 1 : end + 2]:
        end = _digits(source, end + 1)
    if source[end : end + 1] in ("e", "E"):
        sign = end + 1 + (source[end + 1 : end + 2] in ("+", "-"))
        after = _digits(source, sign)
        if after > sign:
            end = after
    if end - at > MAX_DIGITS:
        raise Refused(
            "feel.number_too_long",
            f"This number has {end - at} characters; {MAX_DIGITS} is the limit.",
            f"这个数字有 {end - at} 个字符，上限为 {MAX_DIGITS}。",
            at,
        )
    return Token("number", source[at:end], at, end)


def _digits(source: str, at: int) -> int:
    while at < len(source) and source[at] in _DIGITS:
        at += 1
    return at


def _string(source: str, start: int, quote: int, kind: Literal["string", "at"]) -> Token:
    parts: list[str] = []
    at = quote + 1
    while True:
        stop = at
        while stop < len(source) and source[stop] not in '"\\\n':
            stop += 1
        parts.append(source[at:stop])
        if stop >= len(source) or source[stop] == "\n":
            raise Refused(
                "feel.string_not_closed",
                "This text is never closed.",
                "这段文本没有结束引号。",
                start,
                words('Close it with a straight quote (").', '请用半角双引号（"）结束。'),
            )
        if source[stop] == '"':
            return Token(kind, "".join(parts), start, stop + 1)
        text, at = _escape(source, stop)
        parts.append(text)


def _escape(source: str, at: int) -> tuple[str, int]:
    letter = source[at + 1 : at + 2]
    if letter in ("u", "U"):
        size = 4 if letter == "u" else 6
        digits = source[at + 2 : at + 2 + size]
        if len(digits) == size and _HEX.issuperset(digits) and int(digits, 16) <= 0x10FFFF:
            code = int(digits, 16)
            if 0xD800 <= code <= 0xDFFF:
                return _surrogates(source, at, code)
            return chr(code), at + 2 + size
        raise Refused(
            "feel.syntax",
            "This is not a complete Unicode escape.",
            "不是完整的 Unicode 转义。",
            at,
            words("Write \\u with 4 or \\U with 6 hexadecimal digits.", "请写 \\u 加 4 位或 \\U 加 6 位十六进制数字。"),
        )
    if letter in _ESCAPES and letter:
        return _ESCAPES[letter], at + 2
    return "\\" + letter, at + 2  # regular expressions keep their backslashes


def _surrogates(source: str, at: int, high: int) -> tuple[str, int]:
    low_text = source[at + 8 : at + 12]
    if source[at + 6 : at + 8] == "\\u" and len(low_text) == 4 and _HEX.issuperset(low_text):
        low = int(low_text, 16)
        if 0xD800 <= high < 0xDC00 <= low <= 0xDFFF:
            return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), at + 12
    raise Refused("feel.syntax", "Half of a character stands alone in this escape.", "转义中只有半个字符。", at)


def _unknown_character(char: str, at: int) -> Refused:
    plain = unicodedata.normalize("NFKC", char)
    plain = {
        "。": ".",
        "、": ",",
        "×": "*",
        "÷": "/",
        "≥": ">=",
        "≤": "<=",
        "≠": "!=",
        "‘": "'",
        "’": "'",
        "−": "-",
        "–": "-",
        "—": "-",
    }.get(char, plain)
    if char in _QUOTES:
        plain = '"'
    hint = None
    if plain == "'":
        hint = words('Texts stand in double quotes: "...".', '文本请用半角双引号："..."。')
    elif char == "%":
        hint = words(
            "Write 5 % as 0.05; the rest of a division is `modulo(a, b)`.", "5% 请写 0.05；求余数请用“modulo(a, b)”。"
        )
    elif plain != char and plain.isascii():
        hint = words(f"Write {plain} instead.", f"请改用半角字符 {plain}。")
    elif char in "&|!;^~$#`":
        other = {"&": "and", "|": "or", "!": "not(...)", ";": ",", "^": "**"}.get(char)
        hint = words(f"FEEL writes `{other}`.", f"此处应写“{other}”。") if other else None
    return Refused(
        "feel.unknown_character",
        f"The character {char!r} has no meaning here.",
        f"此处不能使用字符“{char}”。",
        at,
        hint,
    )
