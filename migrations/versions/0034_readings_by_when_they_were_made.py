"""Readings by when they were made"""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reading_result", schema=None) as batch_op:
        batch_op.create_index("ix_reading_result_read_at", ["read_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("reading_result", schema=None) as batch_op:
        batch_op.drop_index("ix_reading_result_read_at")
