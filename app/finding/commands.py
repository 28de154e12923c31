"""`flask search …`: ask for a rebuild, compare the index with the database."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app import outbox
from app.db import transaction
from app.finding import engine, indexer
from app.finding.events import RebuildAsked
from app.finding.names import thing_of
from search.fields import digest

search_cli = AppGroup("search", help="Chỉ mục tìm kiếm.")


@search_cli.command("rebuild")
def rebuild() -> None:
    """Ask the relay to build the index anew; pages go on with the old one meanwhile."""
    with transaction() as session:
        outbox.publish(session, RebuildAsked())
    click.echo("rebuild asked for; the relay does it")


@search_cli.command("stats")
def stats() -> None:
    """Print size and state of the index."""
    found = engine.backend().stats()
    click.echo(f"{found.backend}: {found.records} records, {found.bytes} bytes, {found.schema}")


@search_cli.command("verify")
@click.option("--repair", is_flag=True, help="Have the relay write what differs.")
def verify(repair: bool) -> None:
    """Compare every record with the database. Exit status 1 when something differs."""
    stored = dict(engine.backend().fingerprints())
    wrong = [
        thing_of(record.id)
        for records in indexer.all_records()
        for record in records
        if stored.pop(record.id, None) != digest(record)
    ]
    wrong += [thing_of(left) for left in stored]
    click.echo(f"{len(wrong)} records differ")
    if repair:
        for start in range(0, len(wrong), indexer.BATCH):
            with transaction() as session:
                for kind_name, thing_id in wrong[start : start + indexer.BATCH]:
                    outbox.changed(session, kind_name, thing_id)
    elif wrong:
        raise SystemExit(1)
