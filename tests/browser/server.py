"""The web application on a free port of this machine, served by threads, for a browser to open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Says nothing for every request; the application logs them."""

    def log_request(self, *_: object) -> None:
        """Silence."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address at which `app` answers while the block runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
