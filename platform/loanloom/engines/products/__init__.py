"""Products: a product document becomes an Offer, a request on it becomes terms with a preview, and a term sheet.

Pure; reads the registry handed in, knows no customer and no loan.
"""

from loanloom.engines.products.agreeing import (
    Agreed,
    Particulars,
    Preview,
    bound,
    calendar_of,
    index_of,
    preview,
    preview_terms,
    terms,
)
from loanloom.engines.products.caps import Priced, caps_of, check, lent_by, over_caps, price_problems, prices
from loanloom.engines.products.compiling import Compiled, compile_product, offer
from loanloom.engines.products.disclosing import Line, lines, subsidy_words
from loanloom.engines.products.limits import check_request
from loanloom.engines.products.offer import ChangeRule, Offer
from loanloom.engines.products.particular import from_facts as particulars_from
from loanloom.engines.products.particular import plan_rows
from loanloom.engines.products.sheet import Row, Section, term_sheet
from loanloom.engines.products.wording import rate_in_words, term_in_words

__all__ = [
    "Agreed", "ChangeRule", "Compiled", "Line", "Offer", "Particulars", "Preview", "Priced", "Row", "Section", "bound",
    "calendar_of", "caps_of", "check", "check_request", "compile_product", "index_of", "lent_by", "lines", "offer",
    "over_caps", "particulars_from", "plan_rows", "preview", "preview_terms", "price_problems", "prices",
    "rate_in_words", "subsidy_words", "term_in_words", "term_sheet", "terms",
]  # fmt: skip
