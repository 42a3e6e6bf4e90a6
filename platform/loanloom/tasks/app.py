"""The Celery application: `celery -A loanloom.tasks.app`. JSON only, never eager; Redis, RabbitMQ or files.

Beat knows one entry, the tick. What runs when is metadata (kind `job`) and rows; see tick.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from loanloom.logs import configure
from loanloom.settings import Settings, load

TASKS = (
    "loanloom.tasks.tick",
    "loanloom.tasks.work",
    "loanloom.tasks.relay",
    "loanloom.tasks.days",
    "loanloom.tasks.flows",
)


def broker(settings: Settings) -> dict[str, Any]:
    """Where messages go."""
    if settings.broker_url:
        return {"broker_url": settings.broker_url}
    home = settings.home / "broker"
    folders = {name: home / name for name in ("messages", "taken", "control")}
    for folder in folders.values():
        Path(folder).mkdir(parents=True, exist_ok=True)
    return {
        "broker_url": "filesystem://",
        "broker_transport": "loanloom.tasks.filebroker:Transport",
        "broker_transport_options": {
            "data_folder_in": str(folders["messages"]),
            "data_folder_out": str(folders["messages"]),
            "processed_folder": str(folders["taken"]),
            "control_folder": str(folders["control"]),
            "polling_interval": 0.2,
            "deadletter_queue": "celery",  # sent in the instant before a first worker has declared the queue
        },
    }


def make_app(settings: Settings) -> Celery:
    """An application for these settings."""
    made = Celery("loanloom", include=list(TASKS))
    made.conf.update(
        **broker(settings),
        task_serializer="json",
        accept_content=["json"],
        result_serializer="json",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_concurrency=settings.task_workers,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        timezone="UTC",
        beat_schedule_filename=str(settings.home / "beat"),
        beat_schedule={
            "tick": {
                "task": "loanloom.tick",
                "schedule": float(settings.tick_seconds),
                "options": {"expires": settings.tick_seconds * 2},
            }
        },
    )
    return made


@setup_logging.connect
def _our_logs(**_: Any) -> None:
    configure(load())


app = make_app(load())
