"""What may be wrong with a user's name, address, roles or new password. Pure but for the registry it is given."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from loanloom.problems import Problem, text
from loanloom.services.context import Context

MINIMUM_LENGTH = 10
GUESSED_FIRST = frozenset(
    [
        "password",
        "passw0rd",
        "p@ssw0rd",
        "qwerty",
        "qwertyuiop",
        "asdfghjkl",
        "abcdefghij",
        "administrator",
        "admin",
        "welcome",
        "letmein",
        "iloveyou",
        "woaini",
        "changeme",
        "1q2w3e4r5t",
        "q1w2e3r4t5",
        "1qaz2wsx3edc",
    ]
)
"""What is tried first, with figures and signs around it taken away."""


def first_password(username: str) -> str:
    """A password to hand over, to be changed at the first log-in; one that may be used."""
    while True:
        made = f"{secrets.token_urlsafe(9)}-{secrets.randbelow(90) + 10}"
        if not password_problems(made, username):
            return made


def password_problems(password: str, username: str) -> tuple[Problem, ...]:
    """What is wrong with a new password; empty when nothing is."""
    found = []
    if len(password) < MINIMUM_LENGTH:
        found.append(
            Problem(
                code="user.password_short",
                field="password",
                message=text(
                    f"The password needs at least {MINIMUM_LENGTH} characters.", f"密码至少需要{MINIMUM_LENGTH}位。"
                ),
            )
        )
    if len(password) > 200:
        found.append(
            Problem(
                code="user.password_long",
                field="password",
                message=text("The password is too long (200 at most).", "密码过长（最多200位）。"),
            )
        )
    if username and username.lower() in password.lower():
        found.append(
            Problem(
                code="user.password_contains_name",
                field="password",
                message=text("The password must not contain the user name.", "密码不能包含用户名。"),
            )
        )
    bare = password.lower().strip("0123456789!@#$%^&*.-_ ")
    if len(set(password)) < 5 or not bare or bare in GUESSED_FIRST:
        found.append(
            Problem(
                code="user.password_simple",
                field="password",
                message=text("This password is guessed quickly.", "密码过于简单，容易被猜中。"),
                hint=text("Take a few words that do not belong together.", "建议使用几个互不相关的词语组合。"),
            )
        )
    return tuple(found)


def role_problems(ctx: Context, roles: Sequence[str]) -> list[Problem]:
    known = {document.key for document in ctx.registry.all("role")}
    return [
        Problem(
            code="user.unknown_role",
            field="roles",
            message=text(f"There is no role {role}.", f"角色{role}不存在。"),
            hint=text("Roles are defined in the studio.", "角色在配置中心定义。"),
        )
        for role in roles
        if role not in known
    ]


def account_problems(username: str, name: str, email: str) -> list[Problem]:
    found = []
    if not username or len(username) > 64 or not username.replace(".", "").replace("-", "").replace("_", "").isalnum():
        found.append(
            Problem(
                code="user.bad_username",
                field="username",
                message=text(
                    "The user name takes letters, digits, dots and hyphens, 64 at most.",
                    "用户名只能使用字母、数字、点和连字符，最多64位。",
                ),
            )
        )
    if not name.strip() or len(name) > 64:
        found.append(
            Problem(
                code="user.no_name",
                field="name",
                message=text("Give the person's name (64 characters at most).", "请填写姓名（最多64个字）。"),
            )
        )
    if email.count("@") != 1 or len(email) > 200 or any(sign.isspace() for sign in email):
        found.append(
            Problem(
                code="user.bad_email",
                field="email",
                message=text("This is not an e-mail address.", "邮箱地址格式不正确。"),
            )
        )
    return found
