"""The tables of incidents"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incident_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_incident_day")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("dedup_key", sa.String(200), nullable=True),
        sa.Column("domain", sa.String(40), nullable=False),
        sa.Column("type_key", sa.String(40), nullable=False),
        sa.Column("severity", sa.String(40), nullable=False),
        sa.Column("hand_severity", sa.String(40), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("description", sa.String(4000), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("caller_name", sa.String(100), nullable=False),
        sa.Column("caller_phone", sa.String(20), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lead_unit_id", sa.Integer(), nullable=True),
        sa.Column("lead_agency", sa.String(200), nullable=False),
        sa.Column("dead", sa.Integer(), nullable=False),
        sa.Column("injured", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("review", sa.String(4000), nullable=False),
        sa.Column("made_by_post_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (state IN ('duplicate', 'false_alarm', 'resolved', 'reviewed'))",
            name=op.f("ck_incident_closed_ends"),
        ),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_incident_has_both")
        ),
        sa.CheckConstraint(
            "dead >= 0 AND injured >= 0 AND missing >= 0", name=op.f("ck_incident_counts_people")
        ),
        sa.ForeignKeyConstraint(
            ["lead_unit_id"], ["unit.id"], name=op.f("fk_incident_lead_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_post_id"], ["post.id"], name=op.f("fk_incident_made_by_post_id_post")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["incident.id"], name=op.f("fk_incident_merged_into_id_incident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("code", name=op.f("uq_incident_code")),
        sa.UniqueConstraint("token", name=op.f("uq_incident_token")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incident_lead_unit_id"), ["lead_unit_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_incident_merged_into_id"), ["merged_into_id"], unique=False
        )
        batch_op.create_index(
            "ix_incident_open",
            ["domain", "severity"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index("ix_incident_reported", ["reported_at", "id"], unique=False)
        batch_op.create_index(
            "uq_incident_open",
            ["dedup_key"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "incident_apart",
        sa.Column("first_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("second_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("said_by_post_id", sa.Integer(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["incident.id"], name=op.f("fk_incident_apart_first_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["said_by_post_id"], ["post.id"], name=op.f("fk_incident_apart_said_by_post_id_post")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["incident.id"], name=op.f("fk_incident_apart_second_id_incident")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_incident_apart")),
    )
    op.create_table(
        "incident_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happening", sa.String(40), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column(
            "detail", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_entry_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_incident_entry_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_incident_entry_post_id_post")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_entry")),
    )
    with op.batch_alter_table("incident_entry", schema=None) as batch_op:
        batch_op.create_index("ix_incident_entry_at", ["at", "id"], unique=False)
        batch_op.create_index("ix_incident_entry_incident", ["incident_id", "id"], unique=False)

    op.create_table(
        "incident_signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("alarm_id", sa.Integer(), nullable=True),
        sa.Column("signal_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("summary", sa.String(300), nullable=False),
        sa.Column("severity", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["alarm.id"], name=op.f("fk_incident_signal_alarm_id_alarm")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_signal_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["feed_signal.id"], name=op.f("fk_incident_signal_signal_id_feed_signal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_signal")),
        sa.UniqueConstraint("alarm_id", name=op.f("uq_incident_signal_alarm_id")),
        sa.UniqueConstraint("signal_id", name=op.f("uq_incident_signal_signal_id")),
    )
    with op.batch_alter_table("incident_signal", schema=None) as batch_op:
        batch_op.create_index("ix_incident_signal_incident", ["incident_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("incident_signal", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_signal_incident")

    op.drop_table("incident_signal")
    with op.batch_alter_table("incident_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_entry_incident")
        batch_op.drop_index("ix_incident_entry_at")

    op.drop_table("incident_entry")
    op.drop_table("incident_apart")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_incident_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_incident_reported")
        batch_op.drop_index(
            "ix_incident_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_incident_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_incident_lead_unit_id"))

    op.drop_table("incident")
    op.drop_table("incident_day")
