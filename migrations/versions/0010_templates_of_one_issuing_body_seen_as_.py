"""Templates of one issuing body, seen as PDF"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("draft_template", schema=None) as batch_op:
        batch_op.add_column(sa.Column("issuing_body_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("pdf_file_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_draft_template_issuing_body_id_issuing_body"),
            "issuing_body",
            ["issuing_body_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_draft_template_pdf_file_id_stored_file"),
            "stored_file",
            ["pdf_file_id"],
            ["id"],
        )


def downgrade() -> None:
    # The code before would give one body's template to all, and knows no scan of a paper document:
    # its file stays, and the document waits for its scan again.
    op.execute("DELETE FROM draft_template WHERE issuing_body_id IS NOT NULL")
    op.execute("DELETE FROM paper_stage WHERE stage = 'scanned'")
    with op.batch_alter_table("draft_template", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_draft_template_pdf_file_id_stored_file"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_draft_template_issuing_body_id_issuing_body"), type_="foreignkey"
        )
        batch_op.drop_column("pdf_file_id")
        batch_op.drop_column("issuing_body_id")
