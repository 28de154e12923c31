"""`flask exchange …`: take in packets by hand."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.errors import AppError
from app.exchange import entry
from app.security import SYSTEM
from app.web.shell import settings

exchange_cli = AppGroup("exchange", help="Liên thông văn bản.")


@exchange_cli.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def import_files(files: tuple[Path, ...]) -> None:
    """Take in packets and statuses; the files stay where they are. Repeating it is harmless."""
    refused = 0
    for path in files:
        try:
            with path.open("rb") as source:
                received = entry.take_in(
                    SYSTEM, source, path.name, limit=settings().limits.upload_bytes
                )
            ok, sentence = received.ok, received.sentence
        except AppError as error:
            ok, sentence = False, error.user_message
        click.echo(f"{path.name}: {sentence}")
        refused += not ok
    if refused:
        raise SystemExit(1)
