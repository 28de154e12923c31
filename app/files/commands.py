"""`flask files …`: keep the store tidy and sound."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.files import collector
from app.files.store import current_store

files_cli = AppGroup("files", help="Kho tệp.")


@files_cli.command("collect")
@click.option("--hours", default=24.0, show_default=True, help="Age of files without a row.")
def collect(hours: float) -> None:
    """Remove bytes that no row names and bytes of purged rows."""
    done = collector.collect(current_store(), older_than=hours * 3600)
    click.echo(f"{done.orphans} orphans, {done.purged} purged, {done.temporary} temporary")


@files_cli.command("verify")
def verify() -> None:
    """Compare all stored bytes with their hashes. Exit status 1 when one is damaged."""
    store = current_store()
    faults = list(collector.damaged(store, store.all()))
    for sha256 in faults:
        click.echo(f"hỏng: {sha256}")
    click.echo(f"{len(faults)} tệp hỏng")
    if faults:
        raise SystemExit(1)
