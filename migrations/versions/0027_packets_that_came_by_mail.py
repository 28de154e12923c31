"""Packets that came by mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mail_part", schema=None) as batch_op:
        batch_op.add_column(sa.Column("packet_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_mail_part_packet", ["packet_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_mail_part_packet_id_exchange_packet"),
            "exchange_packet",
            ["packet_id"],
            ["id"],
        )


def downgrade() -> None:
    # The code before knows no status that a clerk has dealt with: such a one waits again.
    op.execute("UPDATE exchange_status SET state = 'unmatched' WHERE state = 'dismissed'")
    with op.batch_alter_table("mail_part", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_mail_part_packet_id_exchange_packet"), type_="foreignkey"
        )
        batch_op.drop_index("ix_mail_part_packet")
        batch_op.drop_column("packet_id")
