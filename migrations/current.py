"""Whether the database is at the newest revision, told in a tenth of a second.

    python -m migrations.current    exit status 0 if it is, 1 if it must be migrated (or asked)

For each start of the office: loading the application to find that nothing is to be done takes
longer than everything else. Revisions are numbered in the order in which they follow each other.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from config.settings import Settings

VERSIONS = Path(__file__).parent / "versions"
SCHEMES = ("sqlite:///", "postgresql+psycopg://")


def newest() -> str:
    """The last revision that the code knows."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))


def recorded(database_url: str) -> str | None:
    """The revision that the database records; None when it has none or cannot be asked."""
    embedded, server = SCHEMES
    question = "SELECT version_num FROM alembic_version"
    if database_url.startswith(embedded):
        path = Path(database_url.removeprefix(embedded))
        if not path.exists():
            return None
        with closing(sqlite3.connect(path)) as connection:
            try:
                found = connection.execute(question).fetchone()
            except sqlite3.OperationalError:
                return None
    elif database_url.startswith(server):
        import psycopg

        try:
            with psycopg.connect(database_url.replace("+psycopg", "", 1)) as opened:
                found = opened.execute(question).fetchone()
        except psycopg.Error:
            return None
    else:
        return None
    return found[0] if found else None


if __name__ == "__main__":
    sys.exit(recorded(Settings.from_env(os.environ).database_url) != newest())
