"""A one-page PDF that says what it stands for: the demo's identity cards, licences and statements are blank papers."""

from __future__ import annotations


def paper(title: str, number: str) -> bytes:
    """A small valid PDF with two lines of text."""
    lines = (
        f"BT /F1 20 Tf 60 760 Td ({_plain(title)}) Tj ET",
        f"BT /F1 12 Tf 60 730 Td (Demonstration {_plain(number)}) Tj ET",
    )
    text = "\n".join(lines).encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number_, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number_, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _plain(words: str) -> str:
    """ASCII without what ends a PDF string."""
    return "".join(sign for sign in words if " " <= sign <= "~" and sign not in "()\\")
