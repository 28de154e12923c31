"""`flask demo accounts`: who can sign in to the demo office."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.demo.people import PASSWORD, PEOPLE
from app.security import ROLE_LABELS, Role

demo_cli = AppGroup("demo", help="Văn phòng mẫu.")


@demo_cli.command("accounts")
def accounts() -> None:
    """Print the accounts of the demo office and their common password."""
    for person in PEOPLE:
        roles = [ROLE_LABELS[Role(role)] for post in person.posts for role in post.roles]
        click.echo(f"{person.account:<12} {person.name:<22} {', '.join(roles)}")
    click.echo(f"Mật khẩu của mọi tài khoản: {PASSWORD}")
