"""Templates are checked by a worker; those that are there passed the check when they came"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("draft_template", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("state", sa.String(40), nullable=False, server_default="usable")
        )
        batch_op.add_column(sa.Column("fault", sa.String(500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("lease_token", sa.String(40), nullable=True))
        batch_op.add_column(sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(
            "ix_draft_template_checking",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'checking'"),
            postgresql_where=sa.text("state = 'checking'"),
        )


def downgrade() -> None:
    # The code before would take a template that nobody has checked, or that failed, for good.
    op.execute("DELETE FROM draft_template WHERE state <> 'usable'")
    with op.batch_alter_table("draft_template", schema=None) as batch_op:
        batch_op.drop_index("ix_draft_template_checking")
        batch_op.drop_column("attempts")
        batch_op.drop_column("leased_until")
        batch_op.drop_column("lease_token")
        batch_op.drop_column("fault")
        batch_op.drop_column("state")
