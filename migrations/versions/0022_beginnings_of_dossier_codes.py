"""Beginnings of codes and numbers, as the counter types them"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CODES = (("ix_dossier_code", "code"), ("ix_dossier_external_code", "external_code"))
NUMBERS = (("ix_applicant_identity", "identity_number"), ("ix_applicant_phone", "phone"))


def upgrade() -> None:
    for name, column in CODES:
        pattern = {column: "varchar_pattern_ops"}
        op.create_index(name, "dossier", [column], postgresql_ops=pattern)
    for name, column in NUMBERS:
        pattern = {column: "varchar_pattern_ops"}
        op.drop_index(name, "applicant")
        op.create_index(name, "applicant", [column], postgresql_ops=pattern)


def downgrade() -> None:
    for name, column in NUMBERS:
        op.drop_index(name, "applicant")
        op.create_index(name, "applicant", [column])
    for name, _column in CODES:
        op.drop_index(name, "dossier")
