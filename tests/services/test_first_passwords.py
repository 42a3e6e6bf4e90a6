"""Passwords that the house makes to hand over."""

from __future__ import annotations

from loanloom.services.access.user_checks import first_password, password_problems


def test_a_first_password_may_always_be_used() -> None:
    """Short names stand in many random words."""
    for name in ("li", "a", "x1"):
        made = {first_password(name) for _ in range(300)}
        assert len(made) == 300
        assert not [one for one in made if password_problems(one, name)]
