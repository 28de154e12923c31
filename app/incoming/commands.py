"""`flask incoming …`: take in a folder, let go of dead readings."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.db import transaction
from app.incoming import entry, services
from app.incoming.models import IntakeSource, IntakeState
from app.security import SYSTEM
from app.web.shell import settings

incoming_cli = AppGroup("incoming", help="Văn bản đến.")


@incoming_cli.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def import_folder(folder: Path) -> None:
    """Take in every file of a folder; the files themselves stay where they are.

    Repeating it is harmless: the same bytes are said to be there already.
    """
    taken = refused = 0
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        if path.name.startswith("."):
            continue
        with path.open("rb") as source:
            arrival = services.Arrival(path.name, IntakeSource.IMPORT, source_name=str(folder))
            limit = settings().limits.upload_bytes
            result = entry.take_in(SYSTEM, source, arrival, limit=limit)
        if result.state in (IntakeState.REJECTED, IntakeState.DUPLICATE):
            refused += 1
            click.echo(f"{path.name}: {result.sentence}")
        else:
            taken += 1
    click.echo(f"{taken} tệp đã tiếp nhận, {refused} tệp không nhận")


@incoming_cli.command("release-leases")
@click.option("--batch", default=500, show_default=True, help="Rows changed in one transaction.")
def release_leases(batch: int) -> None:
    """Let others take up readings whose worker has died."""
    released = 0
    while True:
        with transaction("incoming.release_leases") as session:
            count = services.release_expired_leases(session, SYSTEM, limit=batch)
        released += count
        if count < batch:
            break
    click.echo(f"{released} readings released")
