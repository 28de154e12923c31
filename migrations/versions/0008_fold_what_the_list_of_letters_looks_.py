"""Fold what the list of letters looks into; find urgent documents"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.organisation.names import fold_name  # filled as the application looks for it

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BATCH = 2000
letter = sa.table(
    "incoming_document",
    *(
        sa.column(name)
        for name in (
            "id", "code_number", "code_notation", "organ_name", "subject_summary", "folded"
        )
    ),
)  # fmt: skip


def fill() -> None:
    """What `incoming.models.letter.folded_text` makes of each letter that is there."""
    connection, last = op.get_bind(), 0
    parts = (letter.c.code_number, letter.c.code_notation, letter.c.organ_name)
    rows = sa.select(letter.c.id, *parts, letter.c.subject_summary).order_by(letter.c.id)
    change = sa.update(letter).where(letter.c.id == sa.bindparam("letter"))
    while found := connection.execute(rows.where(letter.c.id > last).limit(BATCH)).all():
        connection.execute(
            change.values(folded=sa.bindparam("text")),
            [{"letter": id_, "text": " " + fold_name(" ".join(text))} for id_, *text in found],
        )
        last = found[-1].id


def upgrade() -> None:
    with op.batch_alter_table("incoming_document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("folded", sa.String(), nullable=False, server_default=""))
    fill()
    with op.batch_alter_table("outgoing_document", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outgoing_document_urgency", ["urgency", "status", "id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("outgoing_document", schema=None) as batch_op:
        batch_op.drop_index("ix_outgoing_document_urgency")
    with op.batch_alter_table("incoming_document", schema=None) as batch_op:
        batch_op.drop_column("folded")
