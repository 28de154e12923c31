"""What one outgoing document leaves in the tables, from its draft to its file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.clock import VIETNAM
from app.files.models import Blob, FileRole, StoredFile, new_token
from app.organisation.models import SigningAuthority
from app.outgoing.models import (
    GONE_OUT,
    IN_REVIEW,
    Channel,
    Decision,
    Delivery,
    Desk,
    DraftFormat,
    DraftVersion,
    Medium,
    OutgoingDocument,
    OutgoingStatus,
    PaperStage,
    Recipient,
    ReviewStep,
    Stage,
)
from app.outgoing.services.moving import STATIONS
from app.registers.models import RegisterEntry
from app.security import Access, post_term, unit_term
from app.tasks.models import Custody, Station
from bench.documents_bulk import Bulk
from bench.documents_letters import HANDLERS, HEADS, HOUR, Ids, Places

KIND = "outgoing"
S = OutgoingStatus
LIES_AT = {
    S.DRAFT: Desk.DRAFTER,
    S.UNIT_REVIEW: Desk.UNIT,
    S.FORMAT_CHECK: Desk.OFFICE,
    S.LEADER_SIGN: Desk.LEADER,
}
WAY = (Desk.UNIT, Desk.OFFICE, Desk.LEADER)
STAGES = (Stage.PREPARED, Stage.SIGNED, Stage.NUMBERED, Stage.SEALED)
STAGES_OF = {S.APPROVED: 1, S.SIGNED: 2, S.NUMBERED: 3}


@dataclass(slots=True)
class Paper:
    """One document to be made. `number` tells it from all others; `made` is its first moment."""

    number: int
    status: OutgoingStatus
    made: datetime
    document_type: str
    subject: str
    text: str
    unit: str
    urgency: int = 0
    code_number: int | None = None
    medium: Medium = Medium.ELECTRONIC
    token: str = field(default_factory=new_token)

    @property
    def approved(self) -> bool:
        return self.status is not S.DRAFT and self.status not in IN_REVIEW

    @property
    def signed(self) -> bool:
        return self.approved and self.status is not S.APPROVED


class PaperRows:
    """Writes outgoing documents into a loader. `series_id` is the book they are numbered in."""

    def __init__(self, bulk: Bulk, ids: Ids, places: Places, series_id: int) -> None:
        self._bulk, self._ids, self._places, self._series_id = bulk, ids, places, series_id

    def add(self, paper: Paper) -> int:
        """All rows of a document. Returns its id."""
        id_ = self._ids.take(OutgoingDocument)
        self._document(paper, id_, self._entry(paper, id_))
        if paper.medium is Medium.ELECTRONIC:
            self._versions(paper, id_)
            self._stages(paper, id_)
        self._steps(paper, id_)
        self._recipients(paper, id_)
        self._rights(paper, id_)
        self._stays(paper, id_)
        return id_

    def _entry(self, paper: Paper, id_: int) -> int | None:
        if paper.code_number is None:
            return None
        entry_id, local = self._ids.take(RegisterEntry), paper.made.astimezone(VIETNAM)
        self._bulk.add(
            RegisterEntry, id=entry_id, series_id=self._series_id, year=local.year,
            number=paper.code_number, label=str(paper.code_number), kind=KIND, thing_id=id_,
            entered_on=local.date(), at=paper.made + 6 * HOUR,
            by_person_id=self._places.people["vanthu"], by_post_id=self._places.posts["vt1"],
        )  # fmt: skip
        return entry_id

    def _document(self, paper: Paper, id_: int, entry_id: int | None) -> None:
        values: dict[str, Any] = {}
        if paper.approved:
            values |= {"approved_no": 2, "approved_at": paper.made + 4 * HOUR}
        if paper.signed:
            values |= {"signed_at": paper.made + 5 * HOUR}
        if entry_id is not None:
            local = paper.made.astimezone(VIETNAM)
            values |= {
                "register_entry_id": entry_id, "code_number": paper.code_number,
                "code_label": str(paper.code_number), "code_year": local.year,
                "issued_date": local.date(), "numbered_at": paper.made + 6 * HOUR,
            }  # fmt: skip
        if paper.status in GONE_OUT:
            sealed = paper.made + 7 * HOUR
            values |= {"sealed_at": sealed, "issued_at": sealed, "page_count": 1}
        self._bulk.add(
            OutgoingDocument, id=id_, token=paper.token, version=1, status=paper.status,
            medium=paper.medium, issuing_body_id=self._places.body_id, urgency=paper.urgency,
            document_type=paper.document_type, subject_summary=paper.subject,
            addressees=["Sở Tài chính"], drafting_unit_id=self._places.units[paper.unit],
            drafter_post_id=self._places.posts[HANDLERS[paper.unit]], created_at=paper.made,
            signer_post_id=self._places.posts["ct"], signing_authority=SigningAuthority.TM,
            signer_position="Chủ tịch", signer_name="Nguyễn Mẫu Sơn", code_notation="BC-UBND",
            authority_lines=["TM. ỦY BAN NHÂN DÂN"], **values,
        )  # fmt: skip

    def _file(self, paper: Paper, id_: int, mark: str, role: FileRole) -> int:
        sha256 = hashlib.sha256(f"outgoing {paper.number} {mark}".encode()).hexdigest()
        pdf = {"sha256": sha256, "media_type": "application/pdf"}
        self._bulk.add(Blob, **pdf, size=60_000, stored_at=paper.made)
        file_id = self._ids.take(StoredFile)
        self._bulk.add(
            StoredFile, id=file_id, **pdf, name="van-ban.pdf", role=role, kind=KIND, thing_id=id_,
            page_count=1, added_at=paper.made,
        )  # fmt: skip
        return file_id

    def _versions(self, paper: Paper, id_: int) -> None:
        for no in (1, 2):
            file_id = self._file(paper, id_, f"version {no}", FileRole.MAIN)
            self._bulk.add(
                DraftVersion, id=self._ids.take(DraftVersion), document_id=id_, no=no,
                format=DraftFormat.PDF, file_id=file_id, pdf_file_id=file_id, text=paper.text,
                author_post_id=self._places.posts[HANDLERS[paper.unit]], made_at=paper.made,
                findings=[], checked_at=paper.made,
            )  # fmt: skip

    def _stages(self, paper: Paper, id_: int) -> None:
        if not paper.approved:
            return
        for at, stage in enumerate(STAGES[: STAGES_OF.get(paper.status, len(STAGES))], start=4):
            self._bulk.add(
                PaperStage, id=self._ids.take(PaperStage), document_id=id_, stage=stage,
                file_id=self._file(paper, id_, stage.value, FileRole.SIGNED),
                made_at=paper.made + at * HOUR,
            )  # fmt: skip

    def _steps(self, paper: Paper, id_: int) -> None:
        for place, desk in enumerate(self._desks(paper), start=1):
            here = LIES_AT.get(paper.status) is desk
            post_id = self._post(paper, desk)
            decided: dict[str, Any] = {}
            if not here:
                decided = {
                    "decided_at": paper.made + (place + 1) * HOUR, "version_no": 2,
                    "by_post_id": post_id or self._places.posts["vt1"], "initials": place == 1,
                }  # fmt: skip
            self._bulk.add(
                ReviewStep, id=self._ids.take(ReviewStep), document_id=id_, desk=desk,
                post_id=post_id, arrived_at=paper.made + place * HOUR,
                decision=Decision.WAITING if here else Decision.APPROVED, **decided,
            )  # fmt: skip

    def _desks(self, paper: Paper) -> tuple[Desk, ...]:
        """The desks it has come to, the last of which has it while it is in review."""
        if paper.status is S.DRAFT:
            return ()
        return WAY if paper.approved else WAY[: WAY.index(LIES_AT[paper.status]) + 1]

    def _post(self, paper: Paper, desk: Desk) -> int | None:
        keys = {
            Desk.DRAFTER: HANDLERS[paper.unit], Desk.UNIT: HEADS[paper.unit], Desk.LEADER: "ct",
        }  # fmt: skip
        return self._places.posts[keys[desk]] if desk in keys else None

    def _recipients(self, paper: Paper, id_: int) -> None:
        gone = paper.status in GONE_OUT
        for position, channel in enumerate((Channel.PAPER, Channel.INTERNAL), start=1):
            inside = channel is Channel.INTERNAL
            self._bulk.add(
                Recipient, id=self._ids.take(Recipient), document_id=id_, position=position,
                name="Văn phòng" if inside else "Sở Tài chính", channel=channel,
                unit_id=self._places.units["van_phong"] if inside else None,
                delivery=Delivery.RECEIVED if gone else Delivery.PLANNED,
                sent_at=paper.made + 7 * HOUR if gone else None,
            )  # fmt: skip

    def _rights(self, paper: Paper, id_: int) -> None:
        drafter = self._places.posts[HANDLERS[paper.unit]]
        terms = {post_term(drafter): "drafter",
                 unit_term(self._places.units[paper.unit]): "drafting_unit"}  # fmt: skip
        for desk in self._desks(paper):
            post_id = self._post(paper, desk)
            if post_id is not None:
                terms.setdefault(post_term(post_id), "review")
        if paper.status in GONE_OUT:
            terms.setdefault(unit_term(self._places.units["van_phong"]), "recipient")
        for term, reason in terms.items():
            self._bulk.add(
                Access, id=self._ids.take(Access), kind=KIND, thing_id=id_, term=term,
                reason=reason,
            )  # fmt: skip

    def _stays(self, paper: Paper, id_: int) -> None:
        stays = list(self._places_of(paper))
        closed = paper.status in GONE_OUT
        for place, (station, unit, post_id) in enumerate(stays):
            last = place == len(stays) - 1 and not closed
            since = paper.made + place * HOUR
            self._bulk.add(
                Custody, id=self._ids.take(Custody), kind=KIND, thing_id=id_, station=station,
                unit_id=self._places.units[unit], post_id=post_id, since=since,
                until=None if last else since + HOUR,
            )  # fmt: skip

    def _places_of(self, paper: Paper) -> Iterator[tuple[Station, str, int | None]]:
        units = {Desk.OFFICE: "van_phong", Desk.LEADER: "lanh_dao"}
        for desk in (Desk.DRAFTER, *self._desks(paper)):
            yield STATIONS[desk], units.get(desk, paper.unit), self._post(paper, desk)
        if paper.approved:
            yield Station.ISSUING, "van_phong", None
