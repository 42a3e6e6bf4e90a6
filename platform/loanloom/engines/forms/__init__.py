"""Generated forms: a form document and facts in, a view or clean values out. Pure.

One evaluator serves page, REST, import, read-only view and paper.
"""

from loanloom.engines.forms.access import modes, writable
from loanloom.engines.forms.compile import check, compile_form
from loanloom.engines.forms.describing import Telling, describe, view_of_evaluated
from loanloom.engines.forms.evaluate import Evaluated, evaluate
from loanloom.engines.forms.fields import columns_of, field_at, files_of, references_of, row_scope, spec_of, words
from loanloom.engines.forms.model import Access, Compiled, Form, FormField, Mode, Option
from loanloom.engines.forms.narrowing import narrowed
from loanloom.engines.forms.view import FieldView, FormView, GroupView, RowView, SectionView

__all__ = [
    "Access",
    "Compiled",
    "Evaluated",
    "FieldView",
    "Form",
    "FormField",
    "FormView",
    "GroupView",
    "Mode",
    "Option",
    "RowView",
    "SectionView",
    "Telling",
    "check",
    "columns_of",
    "compile_form",
    "describe",
    "evaluate",
    "field_at",
    "files_of",
    "modes",
    "narrowed",
    "references_of",
    "row_scope",
    "spec_of",
    "view_of_evaluated",
    "words",
    "writable",
]
