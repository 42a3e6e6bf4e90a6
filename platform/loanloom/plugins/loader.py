"""Finds plugins by entry point and sorts their parts into slots. A faulty one is left out and told, never fatal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

from loanloom.problems import Problem, text

from .plugin import API_VERSION, Plugin
from .slots import SLOTS

GROUP = "loanloom.plugins"


class PluginFault(Exception):
    """Asked for a slot that does not exist: a defect of the house, not of a plugin."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that is plugged in, by slot and key."""

    plugins: tuple[Plugin, ...]
    problems: tuple[Problem, ...]
    by_slot: Mapping[str, Mapping[str, Any]]

    def parts(self, slot: str) -> Mapping[str, Any]:
        """The parts in `slot` by key."""
        if slot not in SLOTS:
            raise PluginFault(f"there is no slot {slot}")
        return self.by_slot.get(slot, MappingProxyType({}))

    def versions(self) -> dict[str, str]:
        """Names and versions, for the needs a bundle declares."""
        return {plugin.name: plugin.version for plugin in self.plugins}


def load(builtin: Iterable[Plugin] = (), found: Iterable[EntryPoint] | None = None) -> Loaded:
    """The built-in plugins and the installed ones. What is built in cannot be replaced by accident: keys are unique."""
    plugins: list[Plugin] = []
    problems: list[Problem] = []
    slots: dict[str, dict[str, Any]] = {}
    owners: dict[tuple[str, str], str] = {}
    points = sorted(entry_points(group=GROUP) if found is None else found, key=lambda point: point.name)
    offered: list[tuple[str, Any]] = [(plugin.name, plugin) for plugin in builtin]
    offered += [(point.name, point) for point in points]
    for name, offer in offered:
        plugin, trouble = (offer, None) if isinstance(offer, Plugin) else _opened(offer)
        problems += [trouble] if trouble else _faults(plugin, owners)
        if trouble or _faults(plugin, owners):
            continue
        plugins.append(plugin)
        for part in plugin.parts:
            owners[part.slot, part.key] = name
            slots.setdefault(part.slot, {})[part.key] = part.value
    frozen = {slot: MappingProxyType(parts) for slot, parts in slots.items()}
    return Loaded(tuple(plugins), tuple(problems), MappingProxyType(frozen))


def _opened(point: EntryPoint) -> tuple[Any, Problem | None]:
    try:
        plugin = point.load()
    except Exception as error:  # noqa: BLE001 (foreign code may raise anything; the house must still start)
        return None, _problem(
            "plugin.broken", point.name, f"does not load: {type(error).__name__}: {error}", f"无法加载：{error}"
        )
    if not isinstance(plugin, Plugin):
        return None, _problem("plugin.not_a_plugin", point.name, "offers no Plugin object.", "未提供 Plugin 对象。")
    return plugin, None


def _faults(plugin: Plugin, owners: Mapping[tuple[str, str], str]) -> list[Problem]:
    if plugin.api_version != API_VERSION:
        return [
            _problem(
                "plugin.api_version",
                plugin.name,
                f"was written for version {plugin.api_version} of the plugin API; this is version {API_VERSION}.",
                f"适用于插件接口版本 {plugin.api_version}，当前版本为 {API_VERSION}。",
            )
        ]
    found = []
    seen: set[tuple[str, str]] = set()
    for part in plugin.parts:
        place = (part.slot, part.key)
        slot = SLOTS.get(part.slot)
        if slot is None:
            known = ", ".join(sorted(SLOTS))
            found.append(
                _problem(
                    "plugin.unknown_slot",
                    plugin.name,
                    f"fills a slot '{part.slot}' that does not exist; there are: {known}.",
                    f"使用了不存在的插槽“{part.slot}”；现有插槽：{known}。",
                )
            )
        elif not isinstance(part.value, slot.type):
            found.append(
                _problem(
                    "plugin.wrong_type",
                    plugin.name,
                    f"puts something into slot '{part.slot}' that is no {slot.type.__name__}.",
                    f"放入插槽“{part.slot}”的对象不是 {slot.type.__name__}。",
                )
            )
        elif place in owners or place in seen:
            owner = owners.get(place, plugin.name)
            found.append(
                _problem(
                    "plugin.key_taken",
                    plugin.name,
                    f"brings '{part.key}' for slot '{part.slot}', which {owner} already fills.",
                    f"为插槽“{part.slot}”提供的“{part.key}”已由 {owner} 提供。",
                )
            )
        seen.add(place)
    return found


def _problem(code: str, plugin: str, en: str, zh: str) -> Problem:
    return Problem(
        code=code,
        message=text(f"Plugin {plugin} {en}", f"插件 {plugin}：{zh}"),
        hint=text("The plugin is left out until this is mended.", "修复之前该插件不会启用。"),
    )
