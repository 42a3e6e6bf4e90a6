"""The floor of the forms benchmark: a Flask application that answers with as many bytes, and reads as large a post."""

from __future__ import annotations

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

app = Flask(__name__)


@app.get("/page")
def page() -> str:
    """A page of the size asked for."""
    return "x" * request.args.get("size", 0, type=int)


@app.post("/applications/<int:application_id>/fill")
def filled(application_id: int) -> Response:
    """Reads every value and answers like a submission does."""
    assert dict(request.form)
    return redirect(f"/applications/{application_id}")
