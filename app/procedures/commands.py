"""`flask procedures load`: books, the mapping of the daily list and procedures from files."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.db import transaction
from app.procedures import records, services
from app.procedures.house import house
from app.security import SYSTEM

procedures_cli = AppGroup("procedures", help="Thủ tục hành chính.")


@procedures_cli.command("load")
@click.option("--json", "path", type=click.Path(path_type=Path, exists=True), default=None)
def load(path: Path | None) -> None:
    """Publish what is new in a JSON file, or in the samples that come with the system."""
    found = records.from_json(path.read_bytes()) if path else list(records.samples())
    with transaction("procedures.load") as session:
        services.load_books(session, house().books)
        count = services.import_catalogue(session, SYSTEM, records=found)
    click.echo(f"{count} of {len(found)} procedures published")
