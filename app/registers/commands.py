"""`flask registers …`: load the list of document types."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.db import transaction
from app.registers import catalogue, services

registers_cli = AppGroup("registers", help="Sổ đăng ký, danh mục loại văn bản.")


@registers_cli.command("load")
def load() -> None:
    """Bring the list of document types to what the program's data file says."""
    rows = catalogue.read_document_types()
    with transaction("registers.load") as session:
        count = services.load_document_types(session, rows)
    click.echo(f"{count} loại văn bản")
