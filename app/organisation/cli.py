"""`flask people …`: what must be possible before anybody can sign in."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.db import transaction
from app.errors import AppError
from app.organisation import passwords
from app.organisation.services import people
from app.organisation.services.organs import set_up_own_organ
from app.security import SYSTEM

people_cli = AppGroup("people", help="Người dùng.")


@people_cli.command("create-admin")
@click.argument("login")
@click.option("--name", default="Quản trị hệ thống", show_default=True, help="Họ và tên.")
def create_admin(login: str, name: str) -> None:
    """Make an administrator, or let an existing one in again. Prints a one-time password.

    The first time it also enters the organ itself, by the name of the settings.
    """
    code = passwords.new_code()
    code_hash = passwords.hash_password(code)
    try:
        with transaction("create_admin") as session:
            set_up_own_organ(session, SYSTEM, name=current_app.extensions["settings"].organ_name)
            people.create_admin(session, SYSTEM, login=login, name=name, code_hash=code_hash)
    except AppError as error:
        raise click.ClickException(error.user_message) from error
    click.echo(f"Tên đăng nhập: {login}")
    click.echo(f"Mật khẩu dùng một lần (72 giờ): {code}")
