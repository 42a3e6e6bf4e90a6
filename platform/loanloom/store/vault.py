"""Secrets of an installation and the fields encrypted with them.

A field is encrypted with AES-256-GCM, bound to its company and its name, so that a value copied into another row's
column does not open. It is found again by a keyed hash of its normalised form. Keys come from the settings, else from
`secrets.json` in the home folder, made once and readable by its owner alone. Losing them loses the fields.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from loanloom.settings import Settings

NONCE = 12
VERSION = b"\x01"


class VaultError(Exception):
    """A field does not open: its key is missing, or somebody changed or moved it."""


@dataclass(frozen=True, slots=True, repr=False)
class Vault:
    """The keys. `keys` maps a short id to 32 bytes; `current` encrypts, all of them decrypt."""

    keys: dict[str, bytes]
    current: str
    search: bytes
    secret_key: str

    def encrypt(self, company_id: int, field: str, plain: str) -> bytes:
        """`plain` closed for this company and field (for example "customer.id_number")."""
        return self.encrypt_bytes(company_id, field, plain.encode())

    def decrypt(self, company_id: int, field: str, closed: bytes) -> str:
        """What was encrypted for this company and field; raises VaultError for anything else."""
        try:
            return self.decrypt_bytes(company_id, field, closed).decode()
        except UnicodeDecodeError:
            raise VaultError(f"{field} was changed or belongs elsewhere.") from None

    def encrypt_bytes(self, company_id: int, field: str, plain: bytes) -> bytes:
        """The same for bytes, such as a file."""
        nonce = os.urandom(NONCE)
        key_id = self.current.encode()
        closed = AESGCM(self._key(self.current)).encrypt(nonce, plain, _bound(company_id, field))
        return VERSION + bytes([len(key_id)]) + key_id + nonce + closed

    def decrypt_bytes(self, company_id: int, field: str, closed: bytes) -> bytes:
        """What `encrypt_bytes` closed; raises VaultError for anything else."""
        closed = bytes(closed)
        length = closed[1] if len(closed) > 2 and closed[:1] == VERSION else 0
        key_id, rest = closed[2 : 2 + length].decode("ascii", "replace"), closed[2 + length :]
        if not length or key_id not in self.keys:
            raise VaultError(f"No key for {field}; is it missing from the encryption keys?")
        try:
            return AESGCM(self._key(key_id)).decrypt(rest[:NONCE], rest[NONCE:], _bound(company_id, field))
        except (InvalidTag, ValueError):
            raise VaultError(f"{field} was changed or belongs elsewhere.") from None

    def search_hash(self, company_id: int, field: str, plain: str) -> bytes:
        """A hash to find and compare by: the same for any spelling of the same value, useless without the key."""
        normal = "".join(plain.split()).upper()
        if "@" not in normal:  # in a number a hyphen only parts it; in an e-mail address it makes another one
            normal = normal.replace("-", "")
        key = HKDF(hashes.SHA256(), 32, None, b"search:" + _bound(company_id, field)).derive(self.search)
        return hmac.new(key, normal.encode(), hashlib.sha256).digest()

    def _key(self, key_id: str) -> bytes:
        return self.keys[key_id]


def masked(plain: str, *, head: int = 3, tail: int = 4) -> str:
    """The form a screen shows: the beginning and the end, stars between; of an e-mail address the first letter and the
    domain."""
    name, at, domain = plain.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    if len(plain) <= head + tail:
        return "*" * len(plain)
    return plain[:head] + "*" * (len(plain) - head - tail) + plain[-tail:]


def new_vault() -> Vault:
    """Fresh keys."""
    return Vault({"1": secrets.token_bytes(32)}, "1", secrets.token_bytes(32), secrets.token_urlsafe(48))


def open_vault(settings: Settings) -> Vault:
    """The keys of this installation: given ones first, the rest from the home folder."""
    kept = None
    if not (settings.encryption_keys and settings.search_key and settings.secret_key):
        kept = _kept(settings.home / "secrets.json")
    if settings.encryption_keys:
        keys, current = _parse(settings.encryption_keys)
    else:
        assert kept is not None
        keys, current = kept.keys, kept.current
    return Vault(
        keys=keys,
        current=current,
        search=_decode(settings.search_key) if settings.search_key else kept.search if kept else b"",
        secret_key=settings.secret_key or (kept.secret_key if kept else ""),
    )


def _kept(path: Path) -> Vault:
    if not path.exists():
        _write(path, new_vault())
    content = json.loads(path.read_text())
    keys, current = _parse(content["encryption_keys"])
    return Vault(keys, current, _decode(content["search_key"]), content["secret_key"])


def _write(path: Path, vault: Vault) -> None:
    """Write the keys once; when two processes try, the first one's keys stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "note": "Keep a copy in a safe place: encrypted fields cannot be read without these keys.",
        "encryption_keys": ",".join(f"{name}:{_encode(key)}" for name, key in vault.keys.items()),
        "search_key": _encode(vault.search),
        "secret_key": vault.secret_key,
    }
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, indent=2) + "\n")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _parse(written: str) -> tuple[dict[str, bytes], str]:
    keys: dict[str, bytes] = {}
    for part in written.split(","):
        name, _, value = part.strip().partition(":")
        key = _decode(value)
        if not name.isascii() or not name or len(name) > 32 or len(key) != 32:
            raise VaultError("Encryption keys read id:base64 of 32 bytes, separated by commas.")
        keys[name] = key
    return keys, list(keys)[-1]


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decode(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        raise VaultError("A key is not valid base64.") from None


def _bound(company_id: int, field: str) -> bytes:
    return f"{company_id}|{field}".encode()
