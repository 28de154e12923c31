"""The catalogue of files of the demo office, and a few files with letters in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.casefiles import services
from app.casefiles.models import CaseFile, CatalogueEntry
from app.casefiles.retention import rule_of
from app.casefiles.services import EntryData
from app.clock import frozen, now, today
from app.db import transaction
from app.demo.office import DemoOffice, actor_of
from app.incoming.models import IncomingDocument
from app.incoming.queries import KIND, visible_incoming
from app.security import Actor

PLAN = (  # unit, heading, title, period, keeper
    ("van_phong", "Tổng hợp", "Kế hoạch, báo cáo hằng năm của UBND phường", "annual_plan", "cv3"),
    ("van_phong", "Văn thư", "Tập lưu công văn đi, đến trao đổi nghiệp vụ", "exchange", "vt1"),
    ("kinh_te", "Quy hoạch, đất đai", "Rà soát quy hoạch khu dân cư", "land", "cv1"),
    ("kinh_te", "Đô thị", "Trật tự xây dựng và vệ sinh đô thị", "case_work", "cv1"),
    ("kinh_te", "Xây dựng", "Sửa chữa nhỏ đường ngõ, thoát nước", "construction_repair", "cv1"),
    ("van_hoa", "Giáo dục, y tế", "Phối hợp công tác y tế, giáo dục", "case_work", "cv2"),
    ("van_hoa", "Chính sách xã hội", "Giảm nghèo, bảo trợ xã hội", "case_work", "cv2"),
    ("mot_cua", "Một cửa", "Giải quyết kiến nghị của công dân", "complaint", "mc1"),
)
LEAD = timedelta(days=345)  # how long ago the file was closed that is due for the archive soon


def file_letters(office: DemoOffice) -> int:
    """Approve the catalogue, open files and put letters into them. Returns how many files."""
    with frozen(now() - timedelta(days=40)):
        _catalogue(office)
    with transaction("demo.files") as session:
        economy = actor_of(session, office, "cvkinhte")
        culture = actor_of(session, office, "cvvanhoa")
        made = _open_planned(session, economy, take=2) + _open_planned(session, culture, take=1)
    with frozen(now() - LEAD), transaction("demo.old_file") as session:
        old = services.open_case_file(
            session, economy,
            title="Khắc phục ngập úng sau mưa lớn", retention_rule="case_work",
            outside_reason="Việc phát sinh, danh mục năm chưa có.",
        )  # fmt: skip
        closed_on = today()
    with transaction("demo.close_file") as session:
        if _put_in(session, economy, old, skip=6, take=2):
            services.close_case_file(session, economy, case_file_id=old.id, on=closed_on)
    return made + 1


def _catalogue(office: DemoOffice) -> None:
    year = today().year
    with transaction("demo.catalogue") as session:
        clerk = actor_of(session, office, "vanthu")
        services.start_catalogue(session, clerk, year=year)
        for unit, heading, title, code, keeper in PLAN:
            data = EntryData(
                unit_id=office.units[unit],
                title=title,
                retention_years=rule_of(code, today()).years,
                retention_rule=code,
                heading=heading,
                keeper_post_id=office.posts[keeper],
            )
            services.save_entry(session, clerk, year=year, data=data)
        services.submit_catalogue(session, clerk, year=year)
        services.approve_catalogue(session, actor_of(session, office, "chutich"), year=year)


def _open_planned(session: Session, actor: Actor, *, take: int) -> int:
    """Open the person's first planned files, each with some of the letters they handle."""
    rows = sa.select(CatalogueEntry.id).where(CatalogueEntry.keeper_post_id == actor.post_id)
    entries = session.scalars(rows.order_by(CatalogueEntry.id).limit(take)).all()
    for number, entry_id in enumerate(entries):
        case_file = services.open_case_file(session, actor, entry_id=entry_id)
        _put_in(session, actor, case_file, skip=3 * number, take=3)
    return len(entries)


def _put_in(session: Session, actor: Actor, case_file: CaseFile, *, skip: int, take: int) -> int:
    """Put some letters in; returns how many there were."""
    letters = _letters(session, actor)[skip : skip + take]
    for letter_id in letters:
        services.add_document(
            session, actor, case_file_id=case_file.id, kind=KIND, thing_id=letter_id
        )
    return len(letters)


def _letters(session: Session, actor: Actor) -> Sequence[int]:
    """Registered letters that the person sees, the oldest first."""
    rows = visible_incoming(actor).where(IncomingDocument.arrival_number.is_not(None))
    return session.scalars(
        rows.with_only_columns(IncomingDocument.id).order_by(IncomingDocument.id)
    ).all()
