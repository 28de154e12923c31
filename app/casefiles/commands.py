"""`flask casefiles …`: check a package for the archive."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.casefiles import packing

casefiles_cli = AppGroup("casefiles", help="Hồ sơ công việc.")


@casefiles_cli.command("verify")
@click.argument("package", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify(package: Path) -> None:
    """Check a package against its manifest and metadata. Exit status 1 when it is broken."""
    faults = packing.verify(package)
    for sentence in faults:
        click.echo(sentence)
    if faults:
        raise SystemExit(1)
    click.echo("Gói đầy đủ và nguyên vẹn.")
