"""Programs that tests run in processes of their own, `hands` and `dying`: forked from one process that has imported
everything already, for that takes longer than most of what they do."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import traceback
from typing import ClassVar

PATIENCE = 120


class Program:
    """One of them at work: what it prints, what is written to it, and how it ended. One at a time."""

    _server: ClassVar[subprocess.Popen[bytes] | None] = None
    _busy: ClassVar[bool] = False

    def __init__(self, name: str, *arguments: str) -> None:
        if Program._busy and Program._server is not None:  # a test stopped in the middle
            Program._server.kill()
            Program._server = None
        if Program._server is None:  # it ends with this process, which holds its standard input
            command = [sys.executable, __file__]
            Program._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        Program._busy = True
        self._running = Program._server
        self.tell(json.dumps([name, *arguments]))

    def tell(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self._running.stdin is not None
        self._running.stdin.write(f"{line}\n".encode())

    def said(self) -> str:
        """The next line that it prints."""
        assert self._running.stdout is not None
        assert select.select([self._running.stdout], [], [], PATIENCE)[0], "nothing was said for long"
        return self._running.stdout.readline().decode().rstrip("\n")

    def ended(self) -> int:
        """Its code, once it has ended."""
        code = int(self.said())
        Program._busy = False
        return code


def serve() -> None:
    """A line asks for a program; a line with its code says that it has ended."""
    import dying
    import hands

    programs = {"hands": hands.main, "dying": dying.main}
    while line := _line():
        name, *arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                programs[name](*arguments)
                sys.stdout.flush()
                code = 0
            finally:  # nothing of the process that forked may run on in this one
                if code:
                    traceback.print_exc()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))


def _line() -> str:
    """A line of the standard input and nothing behind it, for that is meant for the program."""
    read = b""
    while not read.endswith(b"\n") and (byte := os.read(0, 1)):
        read += byte
    return read.decode()


if __name__ == "__main__":
    serve()
