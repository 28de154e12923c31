"""Who accepts a task whose assigner may not"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("acceptor_post_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_task_acceptor",
            ["acceptor_post_id", "status"],
            unique=False,
            sqlite_where=sa.text("acceptor_post_id IS NOT NULL"),
            postgresql_where=sa.text("acceptor_post_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_task_acceptor_post_id_post"), "post", ["acceptor_post_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_task_acceptor_post_id_post"), type_="foreignkey")
        batch_op.drop_index(
            "ix_task_acceptor",
            sqlite_where=sa.text("acceptor_post_id IS NOT NULL"),
            postgresql_where=sa.text("acceptor_post_id IS NOT NULL"),
        )
        batch_op.drop_column("acceptor_post_id")
