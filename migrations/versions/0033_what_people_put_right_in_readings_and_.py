"""What people put right in readings, and what waits for them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_review",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("doubtful_pages", sa.Integer(), nullable=False),
        sa.Column("doubtful_fields", sa.Integer(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("weakest", sa.Float(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_reading_review_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_reading_review")),
    )
    with op.batch_alter_table("reading_review", schema=None) as batch_op:
        batch_op.create_index("ix_reading_review_open", ["settled_at", "file_id"], unique=False)

    op.create_table(
        "word_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("box", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("was", sa.String(200), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_word_correction_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_correction")),
    )
    with op.batch_alter_table("word_correction", schema=None) as batch_op:
        batch_op.create_index("ix_word_correction_file_id", ["file_id", "page", "id"], unique=False)

    with op.batch_alter_table("letter_file", schema=None) as batch_op:
        batch_op.create_index("ix_letter_file_file_id", ["file_id"], unique=False)

    with op.batch_alter_table("reading_job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(20), nullable=True))
    op.execute(
        "INSERT INTO reading_review"
        " (file_id, doubtful_pages, doubtful_fields, first_page, weakest)"
        " SELECT file_id, count(*), 0, min(number), min(confidence) FROM page_text"
        " WHERE confidence < 85 AND source = 'ocr' AND text <> '' GROUP BY file_id"
    )


def downgrade() -> None:
    with op.batch_alter_table("reading_job", schema=None) as batch_op:
        batch_op.drop_column("language")

    with op.batch_alter_table("letter_file", schema=None) as batch_op:
        batch_op.drop_index("ix_letter_file_file_id")

    with op.batch_alter_table("word_correction", schema=None) as batch_op:
        batch_op.drop_index("ix_word_correction_file_id")

    op.drop_table("word_correction")
    with op.batch_alter_table("reading_review", schema=None) as batch_op:
        batch_op.drop_index("ix_reading_review_open")

    op.drop_table("reading_review")
