"""Keep the sender's date beside the leader's; results of tasks in full"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


letter = sa.table(
    "incoming_document",
    *(sa.column(name) for name in ("due_at", "due_source", "sender_due_at")),
)


def upgrade() -> None:
    with op.batch_alter_table("incoming_document", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("signer_authority", sa.String(200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("sender_due_at", sa.DateTime(timezone=True), nullable=True))
    # Where a leader has set another date, the sender's was overwritten: nothing brings it back.
    op.execute(
        letter.update().where(letter.c.due_source == "text").values(sender_due_at=letter.c.due_at)
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("result", sa.String(4000), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_column("result")
    with op.batch_alter_table("incoming_document", schema=None) as batch_op:
        batch_op.drop_column("sender_due_at")
        batch_op.drop_column("signer_authority")
