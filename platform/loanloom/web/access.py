"""The marks every route carries: public, signed in, or the functions of which one is needed.

A mark does not check anything; web/security.py reads it before the view runs and refuses a route without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """What a caller needs. No functions and not public: it is enough to be signed in.

    `staff`: borrowers are refused. A route that needs functions is open to them only where portal.use is one of those.
    `csrf=False` only where the caller proves itself within the request, such as the token log-in.
    """

    public: bool = False
    functions: tuple[str, ...] = ()
    before_first_password: bool = False
    staff: bool = False
    csrf: bool = True


def _mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]  # a function may carry more
    return view


def public(view: View) -> View:
    """Anybody may open this, without log-in. Think twice."""
    return _mark(view, Access(public=True))


def public_call(view: View) -> View:
    """Anybody's program may call this, without log-in: what it sends proves what it may know. Think twice."""
    return _mark(view, Access(public=True, csrf=False))


def signed_in(view: View) -> View:
    """Every signed-in user, whatever the role; borrowers too."""
    return _mark(view, Access())


def staff(view: View) -> View:
    """Every signed-in user of the house, whatever the role; borrowers have the portal."""
    return _mark(view, Access(staff=True))


def while_password_expired(view: View) -> View:
    """Signed in, even when the first password has not been changed yet (changing it, signing out, language)."""
    return _mark(view, Access(before_first_password=True))


def requires(*functions: str) -> Callable[[View], View]:
    """One of these functions is needed; see section Functions of the reference for their names."""
    if not functions:
        raise ValueError("name the functions, or use signed_in")
    return lambda view: _mark(view, Access(functions=functions))


def access_of(view: Callable[..., Any] | None) -> Access | None:
    """The mark of a view function, a bound method or a class-based view; None when it has none."""
    found = getattr(view, "access", None)
    if found is None:
        found = getattr(getattr(view, "view_class", None), "access", None)
    return found if isinstance(found, Access) else None
