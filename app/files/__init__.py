"""The content-addressed store and the files of things."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the store and add the commands."""
    from app.cli import add_command
    from app.files import store
    from app.files.commands import files_cli
    from app.web.shell import settings

    store.configure(settings(app).files_dir)
    add_command(files_cli)
