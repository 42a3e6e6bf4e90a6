"""gunicorn's configuration beside what the command line gives (`--config python:loanloom.web.gunicorn`)."""

from __future__ import annotations

worker_class = "gthread"
preload_app = True  # loaded once and shared by the workers; the database door is safe to carry across the fork
graceful_timeout = 10
loglevel = "warning"
control_socket_disable = True  # nobody steers it but its supervisor
