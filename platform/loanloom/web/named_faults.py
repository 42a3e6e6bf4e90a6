"""The linked summary of what was refused names each field by the label that stands at it: "Amount: This is needed."

The summary is drawn above the form and so before its labels; the names are put in when the page is whole.
"""

from __future__ import annotations

import re

from flask import Flask, Response

from loanloom.problems import say, text
from loanloom.web.language import language

_MARK = b"data-names-field"
_LINK = re.compile(r'<a href="#([^"]+)" data-names-field>(.*?)</a>', re.DOTALL)
_LABEL = re.compile(r'<(?:label\b[^>]*?\bfor|legend\b[^>]*?\bid)="([^"]+)"[^>]*>([^<]*)')
_COLON = text(": ", "：")


def _named(response: Response) -> Response:
    """Only a refused page has a summary; its texts stay escaped as they are."""
    if response.status_code < 400 or response.mimetype != "text/html" or _MARK not in response.get_data():
        return response
    page = response.get_data(as_text=True)
    labels = {place: " ".join(words.split()) for place, words in _LABEL.findall(page)}

    def name(link: re.Match[str]) -> str:
        label, words = labels.get(link[1], ""), link[2]
        told = not label or label.casefold() in words.casefold()
        return f'<a href="#{link[1]}">{words if told else label + say(_COLON, language()) + words}</a>'

    response.set_data(_LINK.sub(name, page))
    return response


def install(app: Flask) -> None:
    """Names go in before the answer is measured and sent."""
    app.after_request(_named)
