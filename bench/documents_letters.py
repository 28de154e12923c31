"""What one letter leaves in the tables, from its first byte to its last act."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session

from app import models
from app.clock import VIETNAM
from app.files.models import Blob, FileRole, StoredFile, new_token
from app.incoming.models import (
    DueSource,
    IncomingDocument,
    IncomingStatus,
    IntakeItem,
    IntakeSource,
    IntakeState,
    JobState,
    LetterFile,
    LetterFileRole,
    PageText,
    ReadingJob,
    ReadingResult,
)
from app.incoming.models.letter import folded_text
from app.notifications.models import Notification
from app.registers.models import RegisterEntry
from app.security import ORGAN, Access, post_term, unit_term
from app.tasks.models import (
    Custody,
    Directive,
    DirectiveReader,
    Outcome,
    Station,
    Task,
    TaskProgress,
    TaskSource,
    TaskStatus,
)
from bench.documents_bulk import Bulk

S = IncomingStatus
NOTATION = "STC-QLNS"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEADS = {"kinh_te": "tp1", "van_hoa": "tp2", "van_phong": "cvp", "mot_cua": "mc1"}
HANDLERS = {"kinh_te": "cv1", "van_hoa": "cv2", "van_phong": "cv3", "mot_cua": "mc1"}
TASK_STATES = {
    S.ASSIGNED: TaskStatus.NOT_STARTED,
    S.IN_PROGRESS: TaskStatus.IN_PROGRESS,
    S.DONE: TaskStatus.COMPLETED,
}
PACKED_WORDS = PageText.pack([{"text": "UBND", "box": [0.1, 0.1, 0.2, 0.12], "confidence": 96}])


class Ids:
    """The next free id of each table."""

    def __init__(self, session: Session) -> None:
        self._next: Counter[str] = Counter()
        for table in models.metadata.sorted_tables:
            if "id" in table.columns:
                self._next[table.name] = (session.scalar(sa.func.max(table.c.id)) or 0) + 1

    def take(self, model: type[DeclarativeBase]) -> int:
        name = model.__tablename__
        self._next[name] += 1
        return self._next[name] - 1


@dataclass(frozen=True, slots=True)
class Places:
    """Ids of the demo office, by the keys it gives its people and units."""

    posts: dict[str, int]
    units: dict[str, int]
    people: dict[str, int]
    body_id: int
    series_id: int


@dataclass(slots=True)
class Letter:
    """One letter to be made. `number` tells it from all others."""

    number: int
    status: IncomingStatus
    arrives: datetime
    organ: tuple[int, str]
    document_type: str
    subject: str
    pages: tuple[str, ...]
    unit: str
    urgency: int = 0
    arrival_number: int | None = None
    token: str = field(default_factory=new_token)

    @property
    def has_task(self) -> bool:
        return self.status in TASK_STATES

    @property
    def closed(self) -> bool:
        return self.status in (S.DONE, S.FILED, S.RETURNED_TO_SENDER)


class LetterRows:
    """Writes letters into a loader."""

    def __init__(self, bulk: Bulk, ids: Ids, places: Places) -> None:
        self._bulk, self._ids, self._places = bulk, ids, places

    def add(self, letter: Letter) -> int:
        """All rows of a letter. Returns its id."""
        letter_id = self._ids.take(IncomingDocument)
        file_id = self._file(letter, letter_id)
        entry_id = self._entry(letter, letter_id)
        self._letter(letter, letter_id, file_id, entry_id)
        self._intake(letter, letter_id, file_id)
        self._reading(letter, file_id)
        self._way(letter, letter_id)
        return letter_id

    def _file(self, letter: Letter, letter_id: int) -> int:
        sha256 = hashlib.sha256(f"letter {letter.number}".encode()).hexdigest()
        pdf = {"sha256": sha256, "media_type": "application/pdf"}
        self._bulk.add(Blob, **pdf, size=180_000, stored_at=letter.arrives)
        file_id = self._ids.take(StoredFile)
        self._bulk.add(
            StoredFile, id=file_id, **pdf, name=f"quet-{letter.number:06d}.pdf", role=FileRole.MAIN,
            kind="incoming", thing_id=letter_id, page_count=len(letter.pages),
            added_at=letter.arrives,
        )  # fmt: skip
        return file_id

    def _entry(self, letter: Letter, letter_id: int) -> int | None:
        if letter.arrival_number is None:
            return None
        entry_id, local = self._ids.take(RegisterEntry), letter.arrives.astimezone(VIETNAM)
        self._bulk.add(
            RegisterEntry, id=entry_id, series_id=self._places.series_id, year=local.year,
            number=letter.arrival_number, label=str(letter.arrival_number), kind="incoming",
            thing_id=letter_id, entered_on=local.date(), at=letter.arrives + HOUR / 4,
            by_person_id=self._places.people["vanthu"], by_post_id=self._places.posts["vt1"],
        )  # fmt: skip
        return entry_id

    def _letter(self, letter: Letter, letter_id: int, file_id: int, entry_id: int | None) -> None:
        local = letter.arrives.astimezone(VIETNAM)
        registered: dict[str, Any] = {}
        if entry_id is not None:
            registered = {
                "register_entry_id": entry_id, "arrival_number": letter.arrival_number,
                "arrival_label": str(letter.arrival_number), "arrival_year": local.year,
                "arrival_date": local.date(), "registered_at": letter.arrives + HOUR / 4,
                "registered_by": self._places.people["vanthu"],
                "issuing_body_id": self._places.body_id,
            }  # fmt: skip
            if letter.status is not S.REGISTERED:
                registered["submitted_to_post_id"] = self._places.posts["ct"]
                registered["submitted_at"] = letter.arrives + HOUR
        due = letter.arrives + 7 * DAY if letter.number % 3 == 0 else None
        code = str(letter.number % 4000 + 1)
        self._bulk.add(
            IncomingDocument, id=letter_id, token=letter.token, version=1, status=letter.status,
            received_at=letter.arrives, code_number=code, code_notation=NOTATION,
            folded=folded_text(code, NOTATION, letter.organ[1], letter.subject),
            issued_date=(local - 2 * DAY).date(),
            organ_id=letter.organ[0], organ_name=letter.organ[1],
            document_type=letter.document_type, subject_summary=letter.subject,
            urgency=letter.urgency, signer_name="Nguyễn Mẫu An", signer_position="Giám đốc",
            page_count=len(letter.pages), due_at=due, main_file_id=file_id,
            due_source=DueSource.TEXT if due else DueSource.NONE, reading_confidence=0.93,
            closed_at=letter.arrives + 6 * DAY if letter.closed else None, **registered,
        )  # fmt: skip

    def _intake(self, letter: Letter, letter_id: int, file_id: int) -> None:
        intake_id = self._ids.take(IntakeItem)
        sha256 = hashlib.sha256(f"letter {letter.number}".encode()).hexdigest()
        registered = letter.arrival_number is not None
        self._bulk.add(
            IntakeItem, id=intake_id, source=IntakeSource.UPLOAD, sha256=sha256,
            state=IntakeState.REGISTERED if registered else IntakeState.READ,
            file_name=f"quet-{letter.number:06d}.pdf", media_type="application/pdf", size=180_000,
            pages=len(letter.pages), received_at=letter.arrives, arrived_at=letter.arrives,
            settled_at=letter.arrives + HOUR if registered else None, file_id=file_id,
            letter_id=letter_id, by_person_id=self._places.people["vanthu"],
            post_id=self._places.posts["vt1"],
        )  # fmt: skip
        self._bulk.add(
            LetterFile, id=self._ids.take(LetterFile), letter_id=letter_id, intake_id=intake_id,
            file_id=file_id, role=LetterFileRole.MAIN,
        )  # fmt: skip
        self._bulk.add(
            ReadingJob, id=self._ids.take(ReadingJob), intake_id=intake_id, state=JobState.DONE,
            attempts=1, page_done=len(letter.pages), page_total=len(letter.pages),
            created_at=letter.arrives, started_at=letter.arrives, finished_at=letter.arrives,
        )  # fmt: skip

    def _reading(self, letter: Letter, file_id: int) -> None:
        box = [0.1, 0.1, 0.4, 0.13]
        texts = {"issuing_organ": letter.organ[1], "subject_summary": letter.subject,
                 "code_number": str(letter.number % 4000 + 1), "code_notation": "STC-QLNS",
                 "issued_date": letter.arrives.date().isoformat()}  # fmt: skip
        fields = {
            name: {"value": text, "confidence": 0.93, "page": 1, "box": box, "source_text": text}
            for name, text in texts.items()
        }
        self._bulk.add(
            ReadingResult, file_id=file_id, fields=fields, signatures=[], warnings=[],
            page_count=len(letter.pages), confidence=93.0, elapsed_s=3.0, read_at=letter.arrives,
        )  # fmt: skip
        for number, text in enumerate(letter.pages, start=1):
            self._bulk.add(
                PageText, id=self._ids.take(PageText), file_id=file_id, number=number, text=text,
                packed_words=PACKED_WORDS, source="ocr", confidence=93.0, width_px=2480,
                height_px=3508, dpi=300, angle=0.0,
            )  # fmt: skip

    def _way(self, letter: Letter, letter_id: int) -> None:
        """Rights, stations, directive, task and notices, as far as the letter has come."""
        thing = ("incoming", letter_id)
        self._open_to(thing, ORGAN, "received")
        stays: list[tuple[Station, int | None, int | None]] = []
        if letter.arrival_number is not None:
            stays.append((Station.REGISTERING, self._places.units["van_phong"],
                          self._places.posts["vt1"]))  # fmt: skip
        if letter.status not in (S.RECEIVED, S.REGISTERED):
            leader = self._places.posts["ct"]
            self._open_to(thing, post_term(leader), "submitted")
            stays.append((Station.LEADER, self._places.units["lanh_dao"], leader))
            self._notice(leader, thing, letter, "incoming.submitted")
        if letter.has_task:
            stays += self._task(letter, thing)
        elif letter.status in (S.FILED, S.FOR_INFORMATION):
            self._directive(letter, thing)
        if letter.status is S.FOR_INFORMATION:
            stays.append((Station.READERS, None, None))
        self._stays(thing, stays, letter, closed=letter.closed)

    def _directive(self, letter: Letter, thing: tuple[str, int]) -> int:
        directive_id = self._ids.take(Directive)
        outcome = Outcome.ASSIGN if letter.has_task else Outcome.INFORM
        outcome = Outcome.FILE if letter.status is S.FILED else outcome
        unit_id = self._places.units[letter.unit]
        self._bulk.add(
            Directive, id=directive_id, kind=thing[0], thing_id=thing[1], outcome=outcome,
            text="Giao đơn vị chủ trì tham mưu, báo cáo kết quả.",
            from_post_id=self._places.posts["ct"], by_person_id=self._places.people["chutich"],
            lead_unit_id=unit_id if letter.has_task else None,
            created_at=letter.arrives + 3 * HOUR, due_at=letter.arrives + 7 * DAY,
        )  # fmt: skip
        if outcome is Outcome.INFORM:
            self._open_to(thing, unit_term(unit_id), "informed")
            self._bulk.add(
                DirectiveReader, id=self._ids.take(DirectiveReader), directive_id=directive_id,
                unit_id=unit_id,
            )  # fmt: skip
        return directive_id

    def _task(
        self, letter: Letter, thing: tuple[str, int]
    ) -> list[tuple[Station, int | None, int | None]]:
        task_id, status = self._ids.take(Task), TASK_STATES[letter.status]
        unit_id = self._places.units[letter.unit]
        post_id = self._places.posts[HANDLERS[letter.unit]]
        assigned, done = status is not TaskStatus.NOT_STARTED, status is TaskStatus.COMPLETED
        begun, ended = letter.arrives + 5 * HOUR, letter.arrives + 6 * DAY
        due = letter.arrives + 7 * DAY
        self._bulk.add(
            Task, id=task_id, version=1, title=letter.subject, source=TaskSource.DIRECTIVE,
            status=status, urgency=letter.urgency, directive_id=self._directive(letter, thing),
            kind=thing[0], thing_id=thing[1], assigner_post_id=self._places.posts["ct"],
            lead_unit_id=unit_id, lead_post_id=post_id if assigned else None, due_at=due,
            original_due_at=due, percent=100 if done else 0, created_at=letter.arrives + 3 * HOUR,
            opened_at=begun if assigned else None, assigned_at=begun if assigned else None,
            submitted_at=ended if done else None, completed_at=ended if done else None,
            product="Báo cáo số 12/BC-UBND" if done else "",
        )  # fmt: skip
        task = ("task", task_id)
        self._open_to(task, post_term(self._places.posts["ct"]), "directed")
        stays: list[tuple[Station, int | None, int | None]] = [(Station.UNIT, unit_id, None)]
        for one in (thing, task):
            self._open_to(one, unit_term(unit_id), "assigned")
            if assigned:
                self._open_to(one, post_term(post_id), "assigned")
        self._notice(self._places.posts[HEADS[letter.unit]], task, letter, "task.assigned")
        if assigned:
            stays.append((Station.HANDLER, unit_id, post_id))
            self._bulk.add(
                TaskProgress, id=self._ids.take(TaskProgress), task_id=task_id, by_post_id=post_id,
                at=letter.arrives + 2 * DAY, percent=50, text="Đã phối hợp các khu phố rà soát.",
            )  # fmt: skip
        self._stays(task, stays, letter, closed=done)
        return stays

    def _open_to(self, thing: tuple[str, int], term: str, reason: str) -> None:
        self._bulk.add(
            Access, id=self._ids.take(Access), kind=thing[0], thing_id=thing[1], term=term,
            reason=reason,
        )  # fmt: skip

    def _stays(
        self,
        thing: tuple[str, int],
        stays: list[tuple[Station, int | None, int | None]],
        letter: Letter,
        *,
        closed: bool,
    ) -> None:
        for place, (station, unit_id, post_id) in enumerate(stays):
            since = letter.arrives + place * 3 * HOUR
            last = place == len(stays) - 1
            self._bulk.add(
                Custody, id=self._ids.take(Custody), kind=thing[0], thing_id=thing[1],
                station=station, unit_id=unit_id, post_id=post_id, since=since,
                until=None if last and not closed else since + 3 * HOUR,
                opened_at=None if last and not closed else since + HOUR,
            )  # fmt: skip

    def _notice(self, post_id: int, thing: tuple[str, int], letter: Letter, event: str) -> None:
        at = letter.arrives + HOUR
        self._bulk.add(
            Notification, id=self._ids.take(Notification), post_id=post_id, event=event,
            kind=thing[0], thing_id=thing[1], title=letter.subject, created_at=at,
            read_at=at + HOUR if letter.closed else None,
        )  # fmt: skip
