"""The migrations make exactly the models' schema, both ways, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from app import db
from app.clock import now
from app.db import reading, transaction
from app.exchange.models import ExchangeStatus, StatusState, Way
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import StoredBlob
from app.incoming.models import IncomingDocument
from app.links import Link, Relation
from app.models import metadata
from app.outgoing.models import (
    DraftTemplate,
    OutgoingDocument,
    OutgoingJob,
    PaperStage,
    Stage,
    WorkKind,
    WorkState,
)
from app.outgoing.models.drafts import TemplateState
from app.registers.models import DocumentType
from app.triggers import APPEND_ONLY
from config.settings import Settings
from migrations import current
from migrations.run import at_head, downgrade_to, upgrade_to
from tests.factories import Office


@pytest.mark.filterwarnings("ignore:autogenerate skipping")  # SQLite tells nothing of expressions
def test_the_head_equals_the_models(app: Flask) -> None:
    with db.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_start_sees_without_the_application_that_nothing_is_to_be_migrated(
    app: Flask, settings: Settings
) -> None:
    with db.engine().connect() as connection:
        assert at_head(connection)
    assert current.recorded(settings.database_url) == current.newest()
    with db.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert current.recorded(settings.database_url) == "0001"
    with db.engine().begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    assert current.recorded(settings.database_url) is None
    assert current.recorded("sqlite:////nowhere/at/all.sqlite3") is None


def test_the_schema_goes_up_down_and_up_again(app: Flask, settings: Settings) -> None:
    db.dispose()
    downgrade_to(settings.database_url, "base")
    engine = sa.create_engine(settings.database_url)
    left = set(sa.inspect(engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    upgrade_to(settings.database_url)
    assert set(metadata.tables) <= set(sa.inspect(engine).get_table_names())
    engine.dispose()


def test_letters_that_were_there_are_folded_for_the_filter(app: Flask, settings: Settings) -> None:
    with transaction() as session:
        letter = IncomingDocument(code_number="07", organ_name="UBND xã Mẫu", subject_summary="Bão")
        session.add(letter)
    assert letter.folded == " 7 uy ban nhan dan xa mau bao"
    db.dispose()
    downgrade_to(settings.database_url, "0007")
    upgrade_to(settings.database_url)
    with reading() as session:
        assert session.scalars(sa.select(IncomingDocument.folded)).all() == [letter.folded]


def values(settings: Settings, query: str) -> list[object]:
    """What an older schema holds, without the models of today."""
    engine = sa.create_engine(settings.database_url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(query).scalars().all()
    engine.dispose()
    return list(found)


def test_nothing_stays_that_the_code_before_would_misunderstand(
    app: Flask, office: Office, settings: Settings
) -> None:
    blob = StoredBlob("0" * 64, 3)
    with transaction() as session:
        file = record_file(
            session, office.clerk, blob, name="a", media_type="", role=FileRole.MAIN,
            kind="outgoing", thing_id=None,
        )  # fmt: skip
        paper = OutgoingDocument(
            issuing_body_id=office.committee_id, drafter_post_id=office.specialist.post_id or 0,
            document_type="report", subject_summary="Việc", drafting_unit_id=office.economy,
            drafter_person_id=office.specialist.person_id,
        )  # fmt: skip
        session.add(
            DocumentType(
                code="report", label="Báo cáo", family="named", position=1,
                valid_from=date(2026, 1, 1),
            )
        )  # fmt: skip
        session.flush()
        session.add(paper)
        session.flush()
        for no, (body, state) in enumerate(
            [(None, "usable"), (None, "checking"), (office.committee_id, "usable")], 1
        ):
            session.add(
                DraftTemplate(
                    document_type="report", issuing_body_id=body, no=no, file_id=file.id,
                    valid_from=date(2026, 1, 1), state=TemplateState(state),
                )
            )  # fmt: skip
        for stage in (Stage.NUMBERED, Stage.SCANNED):
            session.add(PaperStage(document_id=paper.id, stage=stage, file_id=file.id))
        for kind in (WorkKind.SIGN, WorkKind.ACCEPT):
            session.add(
                OutgoingJob(document_id=paper.id, kind=kind, version_no=1, state=WorkState.QUEUED)
            )
        for number, cut_at in enumerate((None, now()), 1):
            session.add(
                Link(
                    from_kind="outgoing", from_id=paper.id, relation=Relation.REFERS_TO,
                    to_kind="incoming", to_id=number, made_by=None, cut_at=cut_at,
                )
            )  # fmt: skip
        session.add(
            ExchangeStatus(
                way=Way.IN, document_id="1", peer_code="H99", code="03", at=now(),
                state=StatusState.DISMISSED,
            )
        )  # fmt: skip
    db.dispose()
    downgrade_to(settings.database_url, "0026")
    assert values(settings, "SELECT state FROM exchange_status") == ["unmatched"]
    downgrade_to(settings.database_url, "0017")
    assert values(settings, "SELECT to_id FROM link") == [1]
    assert values(settings, "SELECT kind FROM outgoing_job") == ["sign"]
    downgrade_to(settings.database_url, "0009")
    upgrade_to(settings.database_url)
    with reading() as session:
        assert session.scalars(sa.select(DraftTemplate.no)).all() == [1]
        assert session.scalars(sa.select(PaperStage.stage)).all() == [Stage.NUMBERED]


def test_the_append_only_triggers_stand_on_every_listed_table(app: Flask) -> None:
    catalogue = {
        "sqlite": "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT DISTINCT event_object_table FROM information_schema.triggers",
    }
    with db.engine().connect() as connection:
        names = connection.exec_driver_sql(catalogue[connection.dialect.name]).scalars().all()
    assert set(APPEND_ONLY) <= set(names)
