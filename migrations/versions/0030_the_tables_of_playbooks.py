"""The tables of playbooks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "playbook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("current_no", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook")),
        sa.UniqueConstraint("key", name=op.f("uq_playbook_key")),
        sa.UniqueConstraint("token", name=op.f("uq_playbook_token")),
    )
    op.create_table(
        "playbook_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("playbook_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column(
            "definition", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("made_by_post_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_post_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["approved_by_post_id"],
            ["post.id"],
            name=op.f("fk_playbook_version_approved_by_post_id_post"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_post_id"], ["post.id"], name=op.f("fk_playbook_version_made_by_post_id_post")
        ),
        sa.ForeignKeyConstraint(
            ["playbook_id"], ["playbook.id"], name=op.f("fk_playbook_version_playbook_id_playbook")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_version")),
        sa.UniqueConstraint("playbook_id", "no", name=op.f("uq_playbook_version_playbook_id")),
    )
    op.create_table(
        "response_unit",
        sa.Column("responder", sa.String(40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("set_by_post_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_by_post_id"], ["post.id"], name=op.f("fk_response_unit_set_by_post_id_post")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_response_unit_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("responder", name=op.f("pk_response_unit")),
    )
    op.create_table(
        "playbook_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("playbook_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("started_by_post_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_playbook_run_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["playbook_id"], ["playbook.id"], name=op.f("fk_playbook_run_playbook_id_playbook")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_post_id"],
            ["post.id"],
            name=op.f("fk_playbook_run_started_by_post_id_post"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["playbook_version.id"],
            name=op.f("fk_playbook_run_version_id_playbook_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_run")),
        sa.UniqueConstraint("incident_id", "playbook_id", name=op.f("uq_playbook_run_incident_id")),
    )
    with op.batch_alter_table("playbook_run", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_playbook_run_playbook_id"), ["playbook_id"], unique=False
        )
        batch_op.create_index(
            "ix_playbook_run_running",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )

    op.create_table(
        "playbook_step",
        sa.Column("run_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_post_id", sa.Integer(), nullable=True),
        sa.Column("choice", sa.String(40), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["outgoing_document.id"],
            name=op.f("fk_playbook_step_document_id_outgoing_document"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_post_id"], ["post.id"], name=op.f("fk_playbook_step_ended_by_post_id_post")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["playbook_run.id"], name=op.f("fk_playbook_step_run_id_playbook_run")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_playbook_step_task_id_task")
        ),
        sa.PrimaryKeyConstraint("run_id", "key", name=op.f("pk_playbook_step")),
    )
    with op.batch_alter_table("playbook_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_playbook_step_task_id"), ["task_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("playbook_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_playbook_step_task_id"))

    op.drop_table("playbook_step")
    with op.batch_alter_table("playbook_run", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_playbook_run_running",
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.drop_index(batch_op.f("ix_playbook_run_playbook_id"))

    op.drop_table("playbook_run")
    op.drop_table("response_unit")
    op.drop_table("playbook_version")
    op.drop_table("playbook")
