"""The bounds of every expression: what keeps a hostile or careless text cheap. Numbers only, no behaviour."""

from __future__ import annotations

from typing import Final

MAX_LENGTH: Final = 8_000
"""Characters in one source text."""

MAX_NESTING: Final = 48
"""Brackets, `if`s and the like inside one another."""

MAX_HEIGHT: Final = 100
"""Height of the tree; a sum of a hundred terms is a hundred high."""

MAX_NODES: Final = 2_000
"""Nodes of one tree; constants in a list literal do not count."""

MAX_LITERAL_ITEMS: Final = 2_000
"""Constants in the list literals of one expression."""

MAX_DIGITS: Final = 100
"""Characters of one number literal; the value itself has 34 digits."""

MAX_EXPONENT: Final = 1_000
"""Largest absolute exponent of `**`."""

MAX_STRING: Final = 100_000
"""Characters of any text computed on the way."""

MAX_LIST: Final = 100_000
"""Items of any list computed on the way."""

MAX_STEPS: Final = 30_000
"""Steps of one evaluation: a turn of a loop costs by its body's size, a function by its operands' length."""

NODES_A_STEP: Final = 4
"""Nodes of a loop's body that one step pays for."""

ITEMS_A_STEP: Final = 1
"""Items of a list that one step pays for when a function works through it."""

CHARACTERS_A_STEP: Final = 256
"""Characters that one step pays for when a text is worked through or copied."""

HEAVY: Final = 40
"""Steps for one power, root, logarithm or exponential."""

MAX_ITERATORS: Final = 16
"""Iterators of one `for`, `some` or `every`."""

MAX_PATTERN: Final = 2_000
"""Characters of one regular expression."""

MAX_CALL_DEPTH: Final = 24
"""Functions written in an expression calling one another."""

MAX_PROBLEMS: Final = 20
"""Mistakes reported of one expression."""

PRECISION: Final = 34
"""Significant digits of a number (decimal128)."""

MAX_ADJUSTED: Final = 6_144
"""Largest decimal exponent of a number (decimal128)."""
