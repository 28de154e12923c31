"""Who agreed to a document; one replacement of each"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AGREED = """
UPDATE outgoing_document SET signer_person_id = (
    SELECT step.by_person_id FROM review_step AS step
    WHERE step.document_id = outgoing_document.id
      AND step.desk = 'leader' AND step.decision = 'approved'
    ORDER BY step.id DESC LIMIT 1
) WHERE approved_at IS NOT NULL
"""


def upgrade() -> None:
    with op.batch_alter_table("outgoing_document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signer_person_id", sa.Integer(), nullable=True))
    op.execute(AGREED)
    with op.batch_alter_table("outgoing_document", schema=None) as batch_op:
        batch_op.create_index(
            "uq_outgoing_document_replacement",
            ["corrects_id"],
            unique=True,
            sqlite_where=sa.text("correction = 'replacement' AND status <> 'cancelled'"),
            postgresql_where=sa.text("correction = 'replacement' AND status <> 'cancelled'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("outgoing_document", schema=None) as batch_op:
        batch_op.drop_index("uq_outgoing_document_replacement")
        batch_op.drop_column("signer_person_id")
