"""Import mappings: rows of a file -> facts of applications, and what a score is worth once outcomes are known. Pure."""

from loanloom.engines.imports.fields import field_at
from loanloom.engines.imports.figures import Figures, figures, gini
from loanloom.engines.imports.mapping import (
    Compiled,
    ImportMapping,
    Mapped,
    check,
    compile_mapping,
    row_scope,
)
from loanloom.engines.imports.rows import Row, Rows, read_rows

__all__ = [
    "Compiled",
    "Figures",
    "ImportMapping",
    "Mapped",
    "Row",
    "Rows",
    "check",
    "compile_mapping",
    "field_at",
    "figures",
    "gini",
    "read_rows",
    "row_scope",
]
