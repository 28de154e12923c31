"""Copies that a worker has yet to make"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "copy_wanted",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("copy_kind", sa.String(40), nullable=False),
        sa.Column("issuing_body_id", sa.Integer(), nullable=False),
        sa.Column("signer_post_id", sa.Integer(), nullable=False),
        sa.Column("electronic", sa.Boolean(), nullable=False),
        sa.Column("pages", sa.String(100), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("for_whom", sa.String(300), nullable=False),
        sa.Column("part", sa.String(500), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("error", sa.String(500), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=True),
        sa.Column("lease_token", sa.String(40), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_post_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_copy_wanted_asked_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["asked_post_id"], ["post.id"], name=op.f("fk_copy_wanted_asked_post_id_post")
        ),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["certified_copy.id"], name=op.f("fk_copy_wanted_copy_id_certified_copy")
        ),
        sa.ForeignKeyConstraint(
            ["issuing_body_id"],
            ["issuing_body.id"],
            name=op.f("fk_copy_wanted_issuing_body_id_issuing_body"),
        ),
        sa.ForeignKeyConstraint(
            ["signer_post_id"], ["post.id"], name=op.f("fk_copy_wanted_signer_post_id_post")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_wanted")),
    )
    with op.batch_alter_table("copy_wanted", schema=None) as batch_op:
        batch_op.create_index("ix_copy_wanted_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_copy_wanted_thing", ["kind", "thing_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("copy_wanted", schema=None) as batch_op:
        batch_op.drop_index("ix_copy_wanted_thing")
        batch_op.drop_index("ix_copy_wanted_state")

    op.drop_table("copy_wanted")
