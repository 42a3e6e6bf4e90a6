"""Files and documents for download: what was handed in, and what was made from templates. Sight follows the record."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response

from loanloom.services.definitions import pictures
from loanloom.services.errors import NotFound
from loanloom.services.origination import uploads
from loanloom.services.papers import documents
from loanloom.services.papers.blobs import File
from loanloom.web.access import requires, signed_in
from loanloom.web.security import current_context

blueprint = Blueprint("papers", __name__)
READERS = ("application.read", "customer.read", "contract.read", "loan.read", "portal.use")
IN_PLACE = ("image/png", "image/jpeg", "application/pdf")


@blueprint.get("/uploads/<int:upload_id>")
@requires(*READERS)
def upload(upload_id: int) -> Response:
    """A file that was handed in."""
    return file_answer(uploads.open_file(current_context(), upload_id))


@blueprint.get("/documents/<int:document_id>.<kind>")
@requires(*READERS)
def document(document_id: int, kind: str) -> Response:
    """A document as PDF or DOCX, drawn when it is first asked for."""
    if kind == "pdf":
        return file_answer(documents.file(current_context(), document_id, "pdf"))
    if kind == "docx":
        return file_answer(documents.file(current_context(), document_id, "docx"))
    raise NotFound()


@blueprint.get("/pictures/<digest>")
@signed_in
def picture(digest: str) -> Response:
    """A picture of a definition, such as a banner's; the same digest is the same picture for ever."""
    answer = file_answer(pictures.open_file(current_context(), digest))
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return answer


def file_answer(file: File) -> Response:
    """The bytes, never run by the browser: no sniffing, no scripts, images and PDFs alone shown in place."""
    how = "inline" if file.media_type in IN_PLACE else "attachment"
    answer = Response(file.content, mimetype=file.media_type)
    answer.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(file.name)}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if file.media_type != "application/pdf":  # browsers show no PDF inside a sandbox; their viewer is one itself
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
