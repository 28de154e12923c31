"""Readings answer from their key alone on PostgreSQL"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _key("PRIMARY KEY (datastream_id, at) INCLUDE (value, quality)")


def downgrade() -> None:
    _key("PRIMARY KEY (datastream_id, at)")


def _key(key: str) -> None:
    """The same key, of the table and of all its months; on SQLite the table is its key."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE reading DROP CONSTRAINT pk_reading")
        op.execute(f"ALTER TABLE reading ADD CONSTRAINT pk_reading {key}")
