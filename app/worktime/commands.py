"""`flask worktime load`: the working calendar from dated data."""

from __future__ import annotations

from pathlib import Path

import click
import yaml
from flask.cli import AppGroup

from app.db import transaction
from app.security import SYSTEM
from app.worktime import services

DATA = Path(__file__).parents[2] / "config" / "data" / "working_calendar.yaml"
worktime_cli = AppGroup("worktime", help="Lịch làm việc.")


@worktime_cli.command("load")
@click.option("--file", "path", type=click.Path(path_type=Path, exists=True), default=DATA)
def load(path: Path) -> None:
    """Add the calendar's days that are not there yet."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    with transaction("worktime.load") as session:
        row = services.load(session, SYSTEM, data)
        name = row.name
    click.echo(f"calendar “{name}” loaded")
