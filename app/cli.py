"""The `flask …` commands that belong to no room. Rooms add theirs with `add_command`."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import audit, backup, relay
from app.db import reading
from app.demo.commands import demo_cli
from app.web.shell import settings

db_cli = AppGroup("db", help="Lược đồ cơ sở dữ liệu (migrations).")
audit_cli = AppGroup("audit", help="Nhật ký hệ thống.")
relay_cli = AppGroup("relay", help="Tiến trình chuyển sự kiện.")
_room_commands: list[click.Command] = []


def add_command(command: click.Command) -> None:
    """Make a room's command group part of `flask`; called from the room's `register`."""
    if command not in _room_commands:
        _room_commands.append(command)


def register_commands(app: Flask) -> None:
    own = (db_cli, audit_cli, relay_cli, demo_cli, back_up, restore)
    for command in (*own, *_room_commands):
        app.cli.add_command(command)


@db_cli.command("upgrade")
@click.option("--revision", default="head", show_default=True)
def upgrade(revision: str) -> None:
    """Bring the schema to a revision, after a copy of the embedded database."""
    from migrations.run import upgrade_to

    upgrade_to(settings().database_url, revision)
    click.echo(f"schema at {revision}")


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
def back_up(target: Path) -> None:
    """Write database, files and settings to one archive, while the system goes on working."""
    done = backup.back_up(settings(), target)
    click.echo(f"{done.path}: {done.files} files, {done.size} bytes")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
def restore(source: Path) -> None:
    """Put a back-up into an empty installation; the index is built anew by the relay."""
    done = backup.restore(settings(), source)
    click.echo(f"{done.files} files restored from {done.path}")


@audit_cli.command("verify")
def verify_audit() -> None:
    """Check the whole chain and say what it cannot prove. Exit status 1 when it is broken."""
    head_file = head_path(current_app)
    heads = head_file.read_text().splitlines() if head_file.exists() else []
    with reading() as session:
        verdict = audit.verify(session, settings().audit_key.encode(), iter(heads))
    click.echo(f"{verdict.sealed} dòng đã niêm phong, {verdict.unsealed} dòng đang chờ.")
    for sentence in (*verdict.faults, *verdict.cannot_prove):
        click.echo(sentence)
    if verdict.faults:
        raise SystemExit(1)


@relay_cli.command("run")
def run_relay() -> None:
    """Deliver events and seal the trail until stopped."""
    running = relay.Relay(audit_key=settings().audit_key.encode(), head_file=head_path(current_app))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running.start()
    stop.wait()
    running.stop()


@relay_cli.command("drain")
def drain() -> None:
    """Deliver what is due now, then end."""
    click.echo(f"{relay.deliver_all()} deliveries")


def head_path(app: Flask) -> Path:
    """The file outside the database that keeps each sealed head."""
    path: Path = settings(app).var_dir / "audit-heads.txt"
    return path
