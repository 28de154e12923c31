"""Words of applicants' names in any order"""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

WORDS = "array_to_tsvector(array_remove(string_to_array(folded::text, ' '), ''))"


def upgrade() -> None:
    op.create_index("ix_applicant_last_at", "applicant", ["last_at", "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX ix_applicant_words ON applicant USING gin ({WORDS})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_applicant_words", "applicant")
    op.drop_index("ix_applicant_last_at", "applicant")
