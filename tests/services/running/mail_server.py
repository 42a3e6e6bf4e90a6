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


@contextmanager
def server(
    pem: Path | None = None, *, starttls: bool = False, recipient: str = "250 fine", upgrade: str = "220 go on"
) -> Iterator[tuple[str, Took]]:
    """(address, what it took): encrypted from the first byte with `pem`, or with `starttls` once it is asked."""
    took, tls = Took(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if pem is not None:
        tls.load_cert_chain(pem)

    class Handler(socketserver.StreamRequestHandler):
        def setup(self) -> None:
            if pem is not None and not starttls:
                self.request = tls.wrap_socket(self.request, server_side=True)
            super().setup()

        def handle(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline():
                word = line.split()[0].decode().upper()
                took.said.append((word, isinstance(self.request, ssl.SSLSocket)))
                if word == "STARTTLS":
                    self._upgrade()
                elif word == "EHLO":
                    offer = starttls and not isinstance(self.request, ssl.SSLSocket)
                    self._say("250-here", *(["250-STARTTLS"] if offer else []), "250 AUTH PLAIN")
                elif word == "AUTH":
                    self._say("235 welcome")
                elif word == "DATA":
                    self._say("354 go on")
                    took.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                    self._say("250 fine")
                else:
                    self._say(recipient if word == "RCPT" else "250 fine")
                if word == "QUIT":
                    return

        def _say(self, *lines: str) -> None:
            self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

        def _upgrade(self) -> None:
            self._say(upgrade)
            if upgrade.startswith("220"):
                self.request = tls.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)

    class Listening(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that breaks off is no fault of the test."""

    with Listening(("127.0.0.1", 0), Handler) as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        scheme = "smtps" if pem is not None and not starttls else "smtp"
        yield f"{scheme}://127.0.0.1:{listening.server_address[1]}", took
        listening.shutdown()
