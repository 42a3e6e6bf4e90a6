"""kombu's filesystem transport, made safe for several processes: the broker when none is configured.

kombu writes a message into the file that readers already see, and moves what it takes through the system's temporary
folder. Here a message appears whole, by renaming, and stays inside the home folder. It may still lose a message when
a process is killed: durable work is a row, and the tick sends it again.
"""

from __future__ import annotations

import fcntl
import os
from queue import Empty
from time import monotonic_ns
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

LOOK = 0.4


class Channel(filesystem.Channel):
    """One folder for messages, one for what is being taken."""

    def _put(self, queue: str, payload: Any, **options: Any) -> None:  # type: ignore[override]  # as kombu calls it
        name = f"{monotonic_ns():020d}_{uuid4()}.{queue}.msg"
        hidden = os.path.join(self.data_folder_out, f".{name}")
        with open(hidden, "wb") as file:
            file.write(str_to_bytes(dumps(payload)))
        os.rename(hidden, os.path.join(self.data_folder_out, name))

    def _get(self, queue: str) -> Any:  # type: ignore[override]  # as kombu calls it
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.startswith(".") or name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = os.path.join(self.processed_folder, name)
            try:
                os.rename(os.path.join(self.data_folder_in, name), taken)
            except FileNotFoundError:  # another process was quicker
                continue
            with open(taken, "rb") as file:
                payload = loads(bytes_to_str(file.read()))
            os.remove(taken)
            return payload
        raise Empty

    def _queue_bind(self, *names: Any) -> None:
        self.control_folder.mkdir(exist_ok=True)
        with open(self.control_folder / "lock", "a") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            super()._queue_bind(*names)

    def get_table(self, exchange: str) -> Any:
        """Which queues an exchange feeds."""
        self.control_folder.mkdir(exist_ok=True)
        with open(self.control_folder / "lock", "a") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            return super().get_table(exchange)


class Transport(filesystem.Transport):
    """The transport Celery is given."""

    Channel = Channel
    polling_interval = 0.2

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # type: ignore[override]  # as called
        """Look more often than asked whether there is something else to do, such as stopping."""
        super().drain_events(connection, timeout=None if timeout is None else min(timeout, LOOK))
