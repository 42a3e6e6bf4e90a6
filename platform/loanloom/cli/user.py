"""`loanloom user`: people who may log in, for whoever keeps the machine. Everything else is done on the screens."""

from __future__ import annotations

import click

from loanloom.services.access import user_checks, users

from .doors import company_option, inside


@click.group()
def user() -> None:
    """List users, make one, give a new password."""


@user.command("list")
@company_option
def list_(company: str | None) -> None:
    """Users of a company with their roles."""
    with inside(company) as ctx:
        for each in users.of_company(ctx):
            click.echo(f"{each.username:<20} {each.name:<24} {', '.join(each.roles)}")


@user.command()
@click.argument("username")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", "roles", multiple=True, metavar="KEY", help="A role of the company; may be repeated.")
@click.option("--unit", metavar="KEY")
@company_option
def create(username: str, name: str, email: str, roles: tuple[str, ...], unit: str | None, company: str | None) -> None:
    """Make user USERNAME with a password to be changed at the first log-in."""
    password = user_checks.first_password(username)
    with inside(company) as ctx:
        users.create(
            ctx, username=username, name=name, email=email, password=password, roles=roles, unit=unit, must_change=True
        )
    click.echo(f"{username}  {password}  (to be changed at the first log-in)")


@user.command()
@click.argument("username")
@company_option
def password(username: str, company: str | None) -> None:
    """Give USERNAME a new password, to be changed at the next log-in."""
    fresh = user_checks.first_password(username)
    with inside(company) as ctx:
        found = {each.username: each.id for each in users.of_company(ctx)}
        if username not in found:
            raise click.ClickException(f"There is no user {username} in {ctx.company.key}.")
        users.set_password(ctx, found[username], fresh, must_change=True)
    click.echo(f"{username}  {fresh}  (to be changed at the next log-in)")
