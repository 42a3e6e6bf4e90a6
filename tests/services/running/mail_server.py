"""A mail server of one's own for tests, encrypted or not, with a certificate made on the spot."""

from __future__ import annotations

import ipaddress
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(slots=True)
class Took:
    """What arrived: every letter, and every command with whether it came encrypted."""

    letters: list[bytes] = field(default_factory=list)
    said: list[tuple[str, bool]] = field(default_factory=list)


def certificate(folder: Path, host: str = "127.0.0.1", *, days: int = 1) -> Path:
    """A certificate signed by itself, with its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    closed = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / f"{host}-{days}.pem"
    path.write_bytes(closed + made.public_bytes(serialization.Encoding.PEM))
    return path


@dataclass(frozen=True, slots=True)
class _House:
    """How a server behaves, and what it took."""

    tls: ssl.SSLContext
    at_once: bool
    starttls: bool
    recipient: str
    upgrade: str
    took: Took = field(default_factory=Took)


class _Listening(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, house: _House) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.house = house

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off is no fault of the test."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Listening

    @property
    def _is_encrypted(self) -> bool:
        return isinstance(self.request, ssl.SSLSocket)

    def setup(self) -> None:
        if self.server.house.at_once:
            self.request = self.server.house.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            word = line.split()[0].decode().upper()
            self.server.house.took.said.append((word, self._is_encrypted))
            self._answer(word)
            if word == "QUIT":
                return

    def _answer(self, word: str) -> None:
        house = self.server.house
        if word == "STARTTLS":
            self._upgrade()
        elif word == "EHLO":
            offer = house.starttls and not self._is_encrypted
            self._say("250-here", *(["250-STARTTLS"] if offer else []), "250 AUTH PLAIN")
        elif word == "AUTH":
            self._say("235 welcome")
        elif word == "DATA":
            self._say("354 go on")
            house.took.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self._say("250 fine")
        else:
            self._say(house.recipient if word == "RCPT" else "250 fine")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def _upgrade(self) -> None:
        self._say(self.server.house.upgrade)
        if self.server.house.upgrade.startswith("220"):
            self.request = self.server.house.tls.wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)


@contextmanager
def server(
    pem: Path | None = None, *, starttls: bool = False, recipient: str = "250 fine", upgrade: str = "220 go on"
) -> Iterator[tuple[str, Took]]:
    """(address, what it took): encrypted from the first byte with `pem`, or with `starttls` once it is asked."""
    tls, at_once = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), pem is not None and not starttls
    if pem is not None:
        tls.load_cert_chain(pem)
    house = _House(tls, at_once, starttls, recipient, upgrade)
    with _Listening(house) as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        yield f"{'smtps' if at_once else 'smtp'}://127.0.0.1:{listening.server_address[1]}", house.took
        listening.shutdown()
