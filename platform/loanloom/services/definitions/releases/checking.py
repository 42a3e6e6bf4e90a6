"""Is a set of documents fit to go live? Structure, references, what every engine says, then the set's own cases.

The engines do not know each other; this is where their checks meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import structlog

from loanloom.engines import (
    calculations,
    decisions,
    documents,
    expressions,
    flows,
    forms,
    imports,
    posting,
    products,
    reports,
    rules,
    scoring,
    targets,
)
from loanloom.engines.flows.resolving import checks as authorities
from loanloom.metadata.bundle import Bundle
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.findings import Memory
from loanloom.metadata.recalling import Recalling, recalling
from loanloom.metadata.registry import Registry, build
from loanloom.problems import LANGUAGES, Problem, errors, text
from loanloom.services.definitions import pictures
from loanloom.services.definitions.releases import signing
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.running.plugged import lending_methods, plugged

EngineCheck = Callable[[Registry], Iterable[Problem]]


def _products(registry: Registry) -> Iterable[Problem]:
    return products.check(registry, lending_methods())


def _flows(registry: Registry) -> Iterable[Problem]:
    return [*flows.check(registry), *authorities.check(registry)]


ENGINES: tuple[tuple[str, EngineCheck], ...] = (
    ("forms", forms.check),
    ("rules", rules.check),
    ("scoring", scoring.check),
    ("calculations", calculations.check),
    ("decisions", decisions.check),
    ("products", _products),
    ("flows", _flows),
    ("documents", documents.check),
    ("posting", posting.check),
    ("reports", reports.check),
    ("imports", imports.check),
    ("expressions", expressions.check),
    ("targets", targets.check),
)
"""Every engine room with its check."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """The registry of the sound documents and every problem, in the order of files and lines."""

    registry: Registry
    problems: tuple[Problem, ...]
    memory: Memory

    @property
    def passed(self) -> bool:
        """Whether nothing stops it."""
        return not errors(self.problems)


def check(
    documents: Iterable[Document],
    *,
    languages: tuple[str, ...] = LANGUAGES,
    unreadable: Iterable[Identity] = (),
    known: Iterable[Problem] = (),
    before: Memory | None = None,
) -> Checked:
    """Check documents by themselves, against each other and by every engine; `known` problems join the rest.

    With the memory of an earlier check only what has changed since then is looked at again; what is found is the same.
    """
    built = build(documents, kinds(), languages, unreadable, make=partial(recalling, before=before or Memory()))
    problems = [*known, *built.problems]
    for name, engine_check in (*ENGINES, ("signing", signing.check)):
        problems.extend(_asked(name, engine_check, built.registry))
    memory = built.registry.settle() if isinstance(built.registry, Recalling) else Memory()
    return Checked(built.registry, in_order(problems), memory)


def _asked(name: str, engine_check: EngineCheck, registry: Registry) -> list[Problem]:
    try:
        return list(engine_check(registry))
    except Exception:  # noqa: BLE001 - a defect of the house must not hide what else is wrong, nor let the set pass
        _log.exception("check_failed", engine=name)
        return [
            Problem(
                code="release.check_failed",
                message=text(f"The check of {name} did not finish.", f"“{name}”检查未能完成。"),
                hint=text("This is a fault of the system; the log says more.", "这是系统故障，详见日志。"),
            )
        ]


def check_bundle(bundle: Bundle) -> Checked:
    """Check a bundle as it was read, with the plugins it needs and the pictures it brings."""
    known = problems_of(bundle)
    return check(bundle.documents, languages=bundle.manifest.languages, unreadable=bundle.broken, known=known)


def problems_of(bundle: Bundle) -> tuple[Problem, ...]:
    """What is wrong with a bundle beside its documents: how it was read, its plugins, its pictures."""
    return (*bundle.problems, *missing_plugins(bundle), *pictures.doubts(bundle.pictures))


def missing_plugins(bundle: Bundle) -> list[Problem]:
    """The plugins a bundle asks for that are not installed."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    installed = plugged().versions()
    problems = []
    for name, wanted in bundle.manifest.plugins.items():
        try:
            fits = name in installed and SpecifierSet(wanted).contains(installed[name], prereleases=True)
        except InvalidSpecifier:
            fits = False
        if not fits:
            has = (
                text(f"version {installed[name]} is", f"现有版本 {installed[name]}")
                if name in installed
                else text("it is not", "未安装")
            )
            problems.append(
                Problem(
                    code="bundle.missing_plugin",
                    file="metadata/bundle.yaml",
                    line=1,
                    column=1,
                    message=text(
                        f'The plugin "{name}" {wanted} is needed; {has["en"]} installed.',
                        f"需要插件“{name}” {wanted}；{has['zh']}。",
                    ),
                )
            )
    return problems


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by file, line and column."""
    once = {(p.code, p.file, p.line, p.column, p.pointer, p.message["en"]): p for p in problems}
    return tuple(sorted(once.values(), key=lambda p: (p.file or "", p.line or 0, p.column or 0, p.code)))
