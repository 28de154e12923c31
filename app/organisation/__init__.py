"""The organisation: organ, issuing bodies, units, posts, people, delegations, and signing in."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages, the sign-in and the commands of this room."""
    from app import cli as app_cli
    from app.organisation import cli, navigation, sessions, views

    sessions.install(app)
    app.register_blueprint(views.bp)
    navigation.add_entries()
    app_cli.add_command(cli.people_cli)
