"""`flask procedures load`: books, the mapping of the daily list and procedures from files."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.clock import today
from app.db import transaction
from app.procedures import listing, records, services
from app.procedures.house import house
from app.security import SYSTEM

procedures_cli = AppGroup("procedures", help="Thủ tục hành chính.")


@procedures_cli.command("load")
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
def load(path: Path | None) -> None:
    """Publish what is new in a file (JSON, CSV, XLSX), or in the samples of the system."""
    found = read(path) if path is not None else list(records.samples())
    with transaction("procedures.load") as session:
        services.load_books(session, house().books)
        count = services.import_catalogue(session, SYSTEM, records=found)
    click.echo(f"{count} of {len(found)} procedures published")


def read(path: Path) -> list[records.Record]:
    """The procedures of a file, by its ending. Raises InvalidInput."""
    data = path.read_bytes()
    if path.suffix.lower() == ".json":
        return records.from_json(data)
    return records.from_table(listing.read_cells(data, path.name), valid_from=today())
