"""Every setting of an installation, once: name, type, default and what it is for.

A setting is read from the environment: field `port` from LOANLOOM_PORT. docs/reference/settings.md is generated from
this file. What a lender decides is metadata, never a setting.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

PREFIX = "LOANLOOM_"
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


def setting(default: Any, section: str, words: str, *, secret: bool = False) -> Any:
    """A field of Settings with its documentation."""
    return field(default=default, repr=not secret, metadata={"section": section, "help": words, "secret": secret})


class SettingsError(ValueError):
    """One or more settings hold something that cannot be meant; names every one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says, checked."""

    home: Path = setting(".loanloom", "Places", "Folder for the embedded database, secrets, logs and the broker.")
    project: Path = setting(".", "Places", "Folder with the bundle: metadata/ and forms/.")

    database_url: str = setting(
        "", "Database", "PostgreSQL (15 or newer) as the working role. Empty: an embedded server.", secret=True
    )
    migration_database_url: str = setting(
        "", "Database", "The same database as the role that owns it; migrates, never serves.", secret=True
    )
    database_pool: int = setting(5, "Database", "Connections a process keeps open.")

    host: str = setting("127.0.0.1", "Web", "Address to listen on.")
    port: int = setting(8080, "Web", "Port to listen on.")
    web_workers: int = setting(2, "Web", "Worker processes of the web server.")
    web_threads: int = setting(2, "Web", "Threads of each worker process; pages compute, so more make answers late.")
    request_seconds: int = setting(60, "Web", "A request that takes longer is ended.")
    https_only: bool = setting(False, "Web", "Whether cookies are sent over HTTPS only; set it behind a TLS proxy.")
    trusted_proxies: int = setting(0, "Web", "Proxies in front whose X-Forwarded headers are believed.")
    session_minutes: int = setting(480, "Web", "Minutes without a request after which one has to log in again.")
    upload_megabytes: int = setting(32, "Web", "Largest request that is read at all.")

    broker_url: str = setting(
        "", "Tasks", "Redis (redis://) or RabbitMQ (amqp://). Empty: files in the home folder.", secret=True
    )
    task_workers: int = setting(1, "Tasks", "Processes that work on tasks.")
    tick_seconds: int = setting(10, "Tasks", "How often what is due and unfinished is sent again.")
    outbox_attempts: int = setting(8, "Tasks", "Deliveries of an outgoing message before a person has to look.")
    webhook_private: bool = setting(
        False,
        "Tasks",
        "Whether webhooks may go to addresses of private networks, and there over plain HTTP. Anybody who may enter "
        "addresses then reaches those machines through the house.",
    )

    mail_server: str = setting(
        "",
        "Mail",
        "Server that e-mail goes out by: smtp://host:25 (encrypted where it offers that) or "
        "smtps://user:password@host:465. Empty: each mail is a file in outgoing/mail of the home folder.",
        secret=True,
    )
    mail_from: str = setting("", "Mail", "Address that e-mail comes from; needed with a mail server.")

    secret_key: str = setting("", "Secrets", "Signs sessions and forms. Empty: made once, kept in home.", secret=True)
    encryption_keys: str = setting(
        "",
        "Secrets",
        "Keys of encrypted fields as id:base64, separated by commas; the last one encrypts, all decrypt. "
        "Empty: made once, kept in home.",
        secret=True,
    )
    search_key: str = setting(
        "", "Secrets", "Key (base64) of the hashes that find encrypted fields; never changes.", secret=True
    )

    log_level: str = setting("info", "Logs", "debug, info, warning or error.")
    log_format: str = setting("console", "Logs", "console for people, json for machines.")

    configuration: str = setting(
        "open", "Releases", "open: people edit in the studio. import-only: configuration comes in bundles only."
    )

    password: str = setting(
        "", "Command line", "Password of the person named by --as; asked for when empty.", secret=True
    )

    demo: bool = setting(
        False, "Demo", "Offer the people of the demonstration on the log-in page, if one was played in this home."
    )

    test_database_url: str = setting(
        "", "Tests", "PostgreSQL server (superuser) for the test suite. Empty: an embedded one.", secret=True
    )
    require_browser: bool = setting(False, "Tests", "Whether a missing Chromium fails the suite instead of skipping.")
    pictures: str = setting(
        "", "Tests", "Folder into which browser tests put pictures of pages. Empty: none are taken."
    )
    chromium: str = setting("", "Tests", "Chromium for the browser tests. Empty: looked for in the usual places.")

    def __post_init__(self) -> None:
        for name in ("home", "project"):
            object.__setattr__(self, name, Path(getattr(self, name)).absolute())
        problems = [message for message in self._problems() if message]
        if problems:
            raise SettingsError("\n".join(problems))

    def _problems(self) -> Iterator[str]:
        for name, low, high in (
            ("port", 0, 65535),
            ("web_workers", 1, 64),
            ("web_threads", 1, 64),
            ("task_workers", 1, 64),
            ("tick_seconds", 1, 3600),
            ("database_pool", 1, 100),
        ):
            if not low <= getattr(self, name) <= high:
                yield f"{variable(name)} must lie between {low} and {high}."
        if self.log_level not in ("debug", "info", "warning", "error"):
            yield f"{variable('log_level')} must be debug, info, warning or error."
        if self.log_format not in ("console", "json"):
            yield f"{variable('log_format')} must be console or json."
        if self.configuration not in ("open", "import-only"):
            yield f"{variable('configuration')} must be open or import-only."
        if self.mail_server and not self.mail_server.startswith(("smtp://", "smtps://")):
            yield f"{variable('mail_server')} must begin with smtp:// or smtps://."
        if self.mail_server and "@" not in self.mail_from:
            yield f"{variable('mail_from')} must be the address that mails come from."
        for name in ("database_url", "migration_database_url"):
            if getattr(self, name) and not getattr(self, name).startswith("postgres"):
                yield f"{variable(name)} must begin with postgresql://; Loanloom keeps its data in PostgreSQL only."
        if bool(self.database_url) != bool(self.migration_database_url):
            yield (
                f"{variable('database_url')} and {variable('migration_database_url')} are given together or not at all:"
                " one role works, another owns the tables."
            )


class Described(NamedTuple):
    """A setting as the manual shows it."""

    variable: str
    type: str
    default: str
    help: str
    section: str
    secret: bool


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environment` (this process's by default); raises SettingsError naming every bad one."""
    found = os.environ if environment is None else environment
    types = get_type_hints(Settings)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for each in fields(Settings):
        written = found.get(variable(each.name))
        if written is None or (written == "" and types[each.name] is not bool):
            continue
        try:
            values[each.name] = _read(written.strip(), types[each.name])
        except ValueError:
            kind = {int: "a whole number", bool: "yes or no"}.get(types[each.name], "something else")
            problems.append(f"{variable(each.name)} must be {kind}, not {written!r}.")
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values)


def _read(written: str, kind: type) -> Any:
    if kind is bool:
        if written.lower() in YES:
            return True
        if written.lower() in NO:
            return False
        raise ValueError(written)
    return kind(written)


def described() -> list[Described]:
    """Every setting in the order of the manual."""
    types = get_type_hints(Settings)
    words = {int: "whole number", bool: "yes or no", str: "text", Path: "folder"}
    return [
        Described(
            variable=variable(each.name),
            type=words[types[each.name]],
            default="" if each.default in ("", False) else str(each.default),
            help=each.metadata["help"],
            section=each.metadata["section"],
            secret=each.metadata["secret"],
        )
        for each in fields(Settings)
    ]


def reference() -> str:
    """docs/reference/settings.md as it must read."""
    lines = ["# Settings", "", "Generated from `platform/loanloom/settings.py` by `loanloom dev docs`; do not edit."]
    for section, members in groupby(described(), key=lambda each: each.section):
        lines += ["", f"## {section}", "", "| Variable | Type | Default | What it is for |", "|---|---|---|---|"]
        for each in members:
            default = f"`{each.default}`" if each.default else "no" if each.type == "yes or no" else "empty"
            words = each.help + (" Secret." if each.secret else "")
            lines.append(f"| `{each.variable}` | {each.type} | {default} | {words} |")
    return "\n".join(lines) + "\n"


def environment(settings: Settings) -> dict[str, str]:
    """The environment under which another process reads these very settings."""
    values = {variable(each.name): getattr(settings, each.name) for each in fields(Settings)}
    return {name: ("1" if value else "0") if isinstance(value, bool) else str(value) for name, value in values.items()}
