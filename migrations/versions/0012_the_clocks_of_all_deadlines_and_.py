"""The clocks of all deadlines, and calendars of counters"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(500), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("after_clock_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_person_id"], ["person.id"], name=op.f("fk_calendar_correction_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["working_calendar.id"],
            name=op.f("fk_calendar_correction_calendar_id_working_calendar"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_correction")),
    )
    with op.batch_alter_table("calendar_correction", schema=None) as batch_op:
        batch_op.create_index("ix_calendar_correction_state", ["state", "id"], unique=False)

    op.create_table(
        "deadline_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("start_rule", sa.String(40), nullable=False),
        sa.Column("cutoff_minute", sa.Integer(), nullable=True),
        sa.Column("may_restart", sa.Boolean(), nullable=False),
        sa.Column("most_extensions", sa.Integer(), nullable=False),
        sa.Column("most_extension_amount", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("original_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_percent", sa.Integer(), nullable=False),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_deadline_clock_something_to_count")),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["working_calendar.id"],
            name=op.f("fk_deadline_clock_calendar_id_working_calendar"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_clock")),
        sa.UniqueConstraint("kind", "thing_id", "name", name=op.f("uq_deadline_clock_kind")),
    )
    with op.batch_alter_table("deadline_clock", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deadline_clock_open",
            ["calendar_id", "id"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )
        batch_op.create_index(
            "ix_deadline_clock_warn",
            ["warn_at"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NULL AND warn_at IS NOT NULL"),
            postgresql_where=sa.text("finished_at IS NULL AND warn_at IS NOT NULL"),
        )

    op.create_table(
        "clock_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("document", sa.String(300), nullable=False),
        sa.Column("by_post_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_post_id"], ["post.id"], name=op.f("fk_clock_extension_by_post_id_post")
        ),
        sa.ForeignKeyConstraint(
            ["clock_id"],
            ["deadline_clock.id"],
            name=op.f("fk_clock_extension_clock_id_deadline_clock"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_extension")),
    )
    with op.batch_alter_table("clock_extension", schema=None) as batch_op:
        batch_op.create_index("ix_clock_extension_clock_id", ["clock_id", "id"], unique=False)

    op.create_table(
        "clock_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["deadline_clock.id"], name=op.f("fk_clock_move_clock_id_deadline_clock")
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["calendar_correction.id"],
            name=op.f("fk_clock_move_correction_id_calendar_correction"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_move")),
        sa.UniqueConstraint("correction_id", "clock_id", name=op.f("uq_clock_move_correction_id")),
    )
    with op.batch_alter_table("clock_move", schema=None) as batch_op:
        batch_op.create_index("ix_clock_move_clock_id", ["clock_id"], unique=False)

    op.create_table(
        "clock_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restart", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("document", sa.String(300), nullable=False),
        sa.Column("by_post_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_post_id"], ["post.id"], name=op.f("fk_clock_pause_by_post_id_post")
        ),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["deadline_clock.id"], name=op.f("fk_clock_pause_clock_id_deadline_clock")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_pause")),
    )
    with op.batch_alter_table("clock_pause", schema=None) as batch_op:
        batch_op.create_index("ix_clock_pause_clock_id", ["clock_id", "at"], unique=False)
        batch_op.create_index(
            "uq_clock_pause_open",
            ["clock_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "clock_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["deadline_clock.id"], name=op.f("fk_clock_stage_clock_id_deadline_clock")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_stage")),
        sa.UniqueConstraint("clock_id", "position", name=op.f("uq_clock_stage_clock_id")),
    )
    with op.batch_alter_table("calendar_shift", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("reception_only", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("working_calendar", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("scope", sa.String(40), server_default="organ", nullable=False)
        )
        batch_op.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_working_calendar_parent_id_working_calendar"),
            "working_calendar",
            ["parent_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_working_calendar_unit_id_unit"), "unit", ["unit_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("working_calendar", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_working_calendar_unit_id_unit"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_working_calendar_parent_id_working_calendar"), type_="foreignkey"
        )
        batch_op.drop_column("parent_id")
        batch_op.drop_column("unit_id")
        batch_op.drop_column("scope")

    with op.batch_alter_table("calendar_shift", schema=None) as batch_op:
        batch_op.drop_column("reception_only")

    op.drop_table("clock_stage")
    with op.batch_alter_table("clock_pause", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_clock_pause_open",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
        batch_op.drop_index("ix_clock_pause_clock_id")

    op.drop_table("clock_pause")
    with op.batch_alter_table("clock_move", schema=None) as batch_op:
        batch_op.drop_index("ix_clock_move_clock_id")

    op.drop_table("clock_move")
    with op.batch_alter_table("clock_extension", schema=None) as batch_op:
        batch_op.drop_index("ix_clock_extension_clock_id")

    op.drop_table("clock_extension")
    with op.batch_alter_table("deadline_clock", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_deadline_clock_warn",
            sqlite_where=sa.text("finished_at IS NULL AND warn_at IS NOT NULL"),
            postgresql_where=sa.text("finished_at IS NULL AND warn_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_deadline_clock_open",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.drop_table("deadline_clock")
    with op.batch_alter_table("calendar_correction", schema=None) as batch_op:
        batch_op.drop_index("ix_calendar_correction_state")

    op.drop_table("calendar_correction")
