"""Posting to an address out of the house: its own network is out of reach, redirects are not followed, time is short.

The name is looked up once and the very address that was looked at is connected to, so that a name that answers
differently the second time leads nowhere. What the other side writes is not read: only its status counts.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import SplitResult, urlsplit

SECONDS = 10
"""In which everything must be over: looking the name up, connecting, sending, the status line."""
LOOK_UP_SECONDS = 4
LONGEST_URL = 500
MOST_BYTES = 64 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LookUp = Callable[[str, int], list[str]]


class NotReached(Exception):
    """It did not arrive; the words are for whoever operates the house."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where it goes: the parts of a checked URL."""

    secure: bool
    host: str
    port: int
    target: str


def door(url: str, *, private: bool = False) -> Door:
    """The parts of a URL that may be posted to; raises ValueError with the reason. `private`: the operator allows
    addresses of the house's own network, and plain HTTP to them."""
    if len(url) > LONGEST_URL or any(letter <= " " or letter == "\\" or letter > "~" for letter in url):
        raise ValueError("The address is too long or holds characters that no address has.")
    parts = urlsplit(url)
    host, port = _host(parts), parts.port  # raises ValueError for a port that is none
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise ValueError("The address must begin with https://.")
    if not host or parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise ValueError("The address must be https://name/path, without user or password.")
    literal = _literal(host)
    if literal is not None and not private and not is_public(literal):
        raise ValueError("This address belongs to a private network.")
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Door(secure, host, port or (443 if secure else 80), target)


def _host(parts: SplitResult) -> str:
    return parts.hostname or ""


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet, and so does every one that it carries inside."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [one for one in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if one is not None]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if not all(map(is_public, inner)):
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast


def look_up(host: str, port: int) -> list[str]:
    """Every address of a name."""
    return list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool = False,
    seconds: int = SECONDS,
    names: LookUp = look_up,
) -> None:
    """Post once; returns when the other side answered 2xx, raises NotReached otherwise."""
    try:
        to = door(url, private=private)
    except ValueError as error:
        raise NotReached(str(error)) from None
    if len(body) > MOST_BYTES:
        raise NotReached("There is more to send than an address is sent.")
    address = _address(to, names, private=private)
    connection = _Pinned(to, address, min(seconds, SECONDS))
    over = Timer(seconds, connection.break_off)
    over.daemon = True
    over.start()
    try:
        connection.request("POST", to.target, body=body, headers=dict(headers))
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotReached(_words(error, connection)) from None
    finally:
        over.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise NotReached(f"It answered {status}.")


def _address(to: Door, names: LookUp, *, private: bool) -> str:
    """The address to connect to: the first of the name's, where all of them are allowed."""
    pool = ThreadPoolExecutor(1)
    try:
        found = pool.submit(names, to.host, to.port).result(LOOK_UP_SECONDS)
    except TimeoutError:
        raise NotReached("The name could not be looked up in time.") from None
    except (OSError, UnicodeError):
        raise NotReached("The name could not be looked up.") from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if not found:
        raise NotReached("The name has no address.")
    if not private and not all(is_public(ipaddress.ip_address(one.partition("%")[0])) for one in found):
        raise NotReached("The name leads into a private network.")
    return found[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the name says by now; the certificate must be the name's."""

    def __init__(self, to: Door, address: str, timeout: int) -> None:
        super().__init__(to.host, to.port, timeout=timeout)
        self._to = to
        self._address = address
        self.broken_off = False

    def connect(self) -> None:
        """Connect to the address that was looked at."""
        plain = socket.create_connection((self._address, self._to.port), self.timeout)
        self.sock = plain
        if self._to.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self._to.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def break_off(self) -> None:
        """Too late: whatever goes on here ends now."""
        self.broken_off = True
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _words(error: Exception, connection: _Pinned) -> str:
    if connection.broken_off or isinstance(error, TimeoutError):
        return "It did not answer in time."
    if isinstance(error, ssl.SSLError):
        return f"No safe connection: {error.reason or 'the certificate does not fit'}."
    return f"It could not be reached: {type(error).__name__}."
