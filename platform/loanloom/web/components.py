"""The macros of templates/components under one name, `ui`, in every template and in every other macro."""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import Environment

FILES = ("page", "data", "status", "inputs", "lists", "flow", "forms", "widgets")


class Components:
    """`ui.money(...)`: finds the macro in one of the files; a wrong name fails loudly."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        for file in FILES:
            macro = getattr(self._environment.get_template(f"components/{file}.html").module, name, None)
            if macro is not None:
                if not self._environment.auto_reload:
                    setattr(self, name, macro)
                return macro
        raise AttributeError(f"no component is called {name}")


def install(app: Flask) -> None:
    """Give every template `ui`."""
    app.jinja_env.globals["ui"] = Components(app.jinja_env)
