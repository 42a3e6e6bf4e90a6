"""PostgreSQL of our own when none is given: binaries from a wheel, data and socket in the home folder."""

from .server import Server, ServerError

__all__ = ["Server", "ServerError"]
