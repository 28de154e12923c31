"""Titles that make a paper secret"""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BASIS = (
    "Danh mục bí mật nhà nước kèm Quyết định 774/QĐ-TTg năm 2020; văn bản thay thế theo "
    "Luật 117/2025/QH15: chưa kiểm chứng"
)
HEADS = ("ĐƠN TỐ CÁO", "ĐƠN TỐ GIÁC")


def upgrade() -> None:
    made = op.create_table(
        "secret_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("basis", sa.String(300), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_secret_head_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["person.id"], name=op.f("fk_secret_head_changed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_head")),
        sa.UniqueConstraint("title", "valid_from", name=op.f("uq_secret_head_title")),
    )
    op.bulk_insert(
        made,
        [
            {
                "version": 1,
                "title": title,
                "basis": BASIS,
                "valid_from": date(2020, 6, 5),
                "changed_at": datetime.now(UTC),
            }
            for title in HEADS
        ],
    )


def downgrade() -> None:
    op.drop_table("secret_head")
