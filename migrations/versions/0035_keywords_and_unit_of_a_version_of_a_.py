"""Keywords and unit of a version of a procedure"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("procedure_version", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("keywords", sa.String(300), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_procedure_version_unit_id_unit"), "unit", ["unit_id"], ["id"]
        )
    # Until now both stood with the procedure only, for all its versions.
    op.execute(
        "UPDATE procedure_version SET "
        "keywords = (SELECT p.keywords FROM procedure p WHERE p.id = procedure_id), "
        "unit_id = (SELECT p.unit_id FROM procedure p WHERE p.id = procedure_id)"
    )
    with op.batch_alter_table("procedure_version", schema=None) as batch_op:
        batch_op.alter_column("keywords", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("procedure_version", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_procedure_version_unit_id_unit"), type_="foreignkey"
        )
        batch_op.drop_column("unit_id")
        batch_op.drop_column("keywords")
