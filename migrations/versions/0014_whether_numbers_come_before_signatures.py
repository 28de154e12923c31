"""Whether numbers come before signatures, by issuing body."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outgoing_signing_order",
        sa.Column("issuing_body_id", sa.Integer(), nullable=False),
        sa.Column("number_first", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuing_body_id"],
            ["issuing_body.id"],
            name=op.f("fk_outgoing_signing_order_issuing_body_id_issuing_body"),
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["person.id"], name=op.f("fk_outgoing_signing_order_set_by_person")
        ),
        sa.PrimaryKeyConstraint("issuing_body_id", name=op.f("pk_outgoing_signing_order")),
    )


def downgrade() -> None:
    op.drop_table("outgoing_signing_order")
