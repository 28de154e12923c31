"""Triggers that keep trails append-only, in one list: migrations re-create them from it.

A batch migration on SQLite copies tables and loses their triggers, so `migrations/env.py` calls
`create_all` after every run.
"""

from __future__ import annotations

import sqlalchemy as sa

APPEND_ONLY = ("audit_log", "audit_seal", "incident_entry", "duty_log")

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql
"""


def create_all(connection: sa.Connection) -> None:
    """Create what is missing; safe to repeat. Tables that do not exist yet are passed over."""
    present = set(sa.inspect(connection).get_table_names())
    tables = [table for table in APPEND_ONLY if table in present]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_FUNCTION)
    for table in tables:
        for statement in _statements(connection.dialect.name, table):
            connection.exec_driver_sql(statement)


def _statements(dialect: str, table: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for act in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE OR REPLACE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"FOR EACH {'STATEMENT' if act == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION refuse_change()"
        for act in ("UPDATE", "DELETE", "TRUNCATE")
    ]
