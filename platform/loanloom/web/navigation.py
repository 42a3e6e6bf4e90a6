"""The side menu: the live `menu` document of the door, without the entries this user may not open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, g, request

from loanloom.metadata.registers import right
from loanloom.problems import say
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.surroundings import waiting

DOORS = {"workspace": "/", "studio": "/studio/", "portal": "/portal/"}
TO_DO = "/to-do/"
SETTINGS = "/studio/settings/"
DEFINITION = re.compile(r"/studio/definitions/[^/]+/")
BEGUN = re.compile(r"^/studio/new/([^/]+)/")
"""Where a definition of a kind is begun: it stands under its kind."""
DRAWN, FLOWS = "/studio/flows/", "/studio/definitions/flow/"
"""Where a flow is drawn and played: it is one of the flows."""
PLAIN = ("customers", "applications", "loans", "contracts")
SHORTCUTS = {"/": "h", "/to-do/": "t", "/applications/": "a", "/customers/": "c", "/loans/": "l"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    title: str
    url: str
    icon: str = "point"
    current: bool = False
    count: int | None = None
    shortcut: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading; the first group has none."""

    title: str = ""
    entries: list[Entry] = field(default_factory=list)


def door() -> str:
    """The door of the page being shown."""
    first = request.path.strip("/").split("/")[0]
    return first if first in DOORS else "workspace"


def _url(item: Mapping[str, Any]) -> str | None:
    if "entity" in item:
        return f"/records/{item['entity']}/"
    page = item.get("page")
    if page:
        return f"/{page}/" if page in PLAIN else f"/lists/{page}/"
    return item.get("url")


def _allowed(item: Mapping[str, Any]) -> bool:
    needed = item.get("function") or (right(item["entity"], "read") if "entity" in item else None)
    return needed is None or current_context().actor.may(needed)


def _items(chosen: str) -> Iterator[Mapping[str, Any]]:
    for document in current_context().registry.all("menu"):
        if document.spec.get("door") == chosen:
            yield from document.spec.get("items", ())


def _current(urls: list[str]) -> str:
    """The longest address that the page's begins with; what the page of settings leads to belongs to that page, not to
    the first one of the studio."""
    path = BEGUN.sub(r"/studio/definitions/\1/", request.path).replace(DRAWN, FLOWS, 1)
    fitting = [one for one in urls if path == one or (one != "/" and path.startswith(one))]
    best = max(fitting, key=len, default="")
    if best == DOORS["studio"] != path and SETTINGS in urls and _is_setting(path):
        return SETTINGS
    return best


def _is_setting(path: str) -> bool:
    """Whether the page of settings leads to a page, or to another definition of its kind."""
    own = [one for group in _items("settings") for one in group.get("items", ())]
    return any(path.startswith(_kind_of(url)) for one in own if (url := _url(one)))


def _kind_of(url: str) -> str:
    """The list of the kind that a definition's address belongs to; any other address as it is."""
    found = DEFINITION.match(url)
    return found[0] if found else url


def groups(chosen: str | None = None) -> list[Group]:
    """The menu of a door as this user sees it; made once a request."""
    known: dict[str, list[Group]] = g.setdefault("menus", {})
    wanted = chosen or door()
    if wanted not in known:
        known[wanted] = _groups(wanted)
    return known[wanted]


def _lines(chosen: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """What this user may open behind a door: the heading it stands under, the item and its address."""
    spoken = language()
    for item in _items(chosen):
        if not _allowed(item):
            continue
        below = item.get("items") or ()
        heading = say(item["title"], spoken) if below else ""
        for one in below or (item,):
            if (not below or _allowed(one)) and (url := _url(one)) is not None:
                yield heading, one, url


def _groups(chosen: str) -> list[Group]:
    spoken, lines = language(), list(_lines(chosen))
    current = _current([url for _, _, url in lines if url])
    made: dict[str, Group] = {}
    for heading, item, url in lines:
        group = made.setdefault(heading, Group(heading))
        group.entries.append(
            Entry(
                title=say(item["title"], spoken),
                url=url,
                icon=item.get("icon", "point"),
                current=url == current,
                shortcut=SHORTCUTS.get(url),
                count=waiting().work if url == TO_DO else None,
            )
        )
    return list(made.values())


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set. `open`: whether this user may look at it."""

    title: str
    about: str
    url: str
    icon: str
    open: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings under one heading."""

    title: str
    entries: tuple[Setting, ...]


def settings() -> list[Settings]:
    """The page of settings: its groups in their order."""
    spoken = language()
    return [
        Settings(say(group["title"], spoken), tuple(_setting(one, spoken) for one in group.get("items", ())))
        for group in _items("settings")
    ]


def _setting(item: Mapping[str, Any], spoken: str) -> Setting:
    about = say(item["about"], spoken) if "about" in item else ""
    url, icon = _url(item) or "/studio/", item.get("icon", "settings")
    return Setting(say(item["title"], spoken), about, url, icon, _allowed(item))


def doors() -> list[dict[str, Any]]:
    """The doors this user may go through, with the one they are in marked."""
    titles = {"workspace": ("Workspace", "工作台"), "studio": ("Studio", "配置中心"), "portal": ("Portal", "客户门户")}
    here, spoken = door(), language()
    return [
        {"title": titles[name][spoken == "zh"], "url": url, "current": name == here}
        for name, url in DOORS.items()
        if next(_lines(name), None) is not None
    ]


def install(app: Flask) -> None:
    """Give templates `navigation`."""
    app.jinja_env.globals["navigation"] = {"groups": groups, "doors": doors}
