"""Two months of the demo office, acted out through the real services at their moments.

Each letter has a story, made of steps at offsets from its arrival; a step that would lie in the
future is left out, with all that follow. So the demo looks lived in on whatever day it is loaded.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import VIETNAM, local, now
from app.db import reading, transaction
from app.demo.letters import Letter, Urgency, working_day
from app.demo.office import DemoOffice, actor_of
from app.incoming import entry, services
from app.incoming.models import DueSource, IntakeSource
from app.incoming.services import Arrival, RegistrationData
from app.organisation.queries import find_organ
from app.registers.models import DocumentType
from app.security import Actor
from app.tasks import queries as tasks
from app.tasks import services as acts
from app.tasks.models import Outcome, Task
from app.tasks.parties import Party
from app.tasks.services import DirectiveOrder
from app.worktime.queries import load_calendar

URGENCY = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.VERY_URGENT: 2, Urgency.FLASH: 3}
HEADS = {"kinh_te": "tpkinhte", "van_hoa": "tpvanhoa", "van_phong": "chanhvp"}
HANDLERS = {"kinh_te": "cv1", "van_hoa": "cv2", "van_phong": "cv3"}
HANDLER_ACCOUNTS = {"kinh_te": "cvkinhte", "van_hoa": "cvvanhoa", "van_phong": "vanthu2",
                    "mot_cua": "motcua"}  # fmt: skip
PHRASES = (
    "Giao {unit} chủ trì tham mưu, báo cáo UBND phường.",
    "{unit} nghiên cứu, triển khai thực hiện theo quy định.",
    "{unit} chủ trì, phối hợp các đơn vị liên quan thực hiện; báo cáo kết quả.",
)
PRODUCTS = ("Báo cáo số {n:02d}/BC-UBND", "Công văn số {n:02d}/UBND-KT", "Đã thực hiện xong")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATEST = ("wait",) * 6 + ("registered",) * 3 + ("submitted",) * 7 + ("directed",) * 5
SLOW_EVERY, INFORM_EVERY, FILE_EVERY, BACK_AT = 7, 9, 13, 5


@dataclass(slots=True)
class Story:
    """A letter on its way. `upto` names the last step of the newest letters."""

    number: int
    letter: Letter
    arrives: datetime
    upto: str | None
    letter_id: int = 0

    @property
    def leader(self) -> tuple[str, str]:
        """Account and post of the leader it goes to."""
        return ("chutich", "ct") if self.number % 2 else ("phochutich", "pct")


def summary_of(letter: Letter) -> str:
    """The summary as a clerk writes it: only a công văn has its “V/v” written out."""
    if letter.kind != "Công văn" or letter.subject.startswith("Về việc"):
        return letter.subject
    return f"Về việc {letter.subject}"


def last_step(from_the_end: int, letter: Letter) -> str | None:
    """How far a letter has come; None: as far as there was time. A new invitation that was brought
    before its leader waits for the answer: it is answered, not assigned."""
    upto = LATEST[-from_the_end - 1] if -from_the_end <= len(LATEST) else None
    return "submitted" if letter.meeting and upto == "directed" else upto


@dataclass(frozen=True, slots=True)
class Step:
    """One act at its moment."""

    at: datetime
    story: Story
    act: Callable[[History, Story], None]


def arrivals(letters: Sequence[Letter], today: date) -> list[datetime]:
    """When each letter came in: the working day after its date, in the order given."""
    last_day, moment = working_day(today, -1), now()
    found: list[datetime] = []
    for number, letter in enumerate(letters):
        day = min(working_day(letter.issued_on + DAY, 1), last_day)
        at = datetime.combine(day, time(7, 45), VIETNAM) + timedelta(minutes=7 * (number % 20))
        newest_first = len(letters) - number
        at = min(at, moment - timedelta(minutes=2 * newest_first + 30))
        found.append(max(at, found[-1] + timedelta(minutes=1)) if found else at)
    return found


class History:
    """Acts out the stories. Each step is one transaction, as a click would be."""

    def __init__(self, office: DemoOffice, letters: Sequence[Letter], today: date) -> None:
        self.office = office
        with reading() as session:
            rows = session.execute(sa.select(DocumentType.label, DocumentType.code))
            self.types: dict[str, str] = dict(rows.tuples().all())
            self.calendar = load_calendar(session)
        self.stories = [
            Story(n, letter, at, last_step(n - len(letters), letter))
            for n, (letter, at) in enumerate(zip(letters, arrivals(letters, today), strict=True))
        ]

    def steps(self) -> Iterator[Step]:
        """All acts that lie in the past, in the order of time."""
        moment = now()
        every = [step for story in self.stories for step in self._steps_of(story)]
        yield from sorted((s for s in every if s.at < moment), key=lambda step: step.at)

    def _steps_of(self, story: Story) -> Iterator[Step]:
        at = story.arrives
        if story.upto == "wait":
            return
        yield Step(at + 10 * timedelta(minutes=1), story, History.register)
        if story.upto in ("registered", "submitted"):
            return
        directed = self._at_work(at + 3 * HOUR)
        if story.number == BACK_AT:
            yield Step(directed, story, History.send_back)
            return
        if self._only_to_know(story):
            yield Step(directed, story, History.inform)
            return
        if story.number % FILE_EVERY == 0:
            yield Step(directed, story, History.file)
            return
        yield Step(directed, story, History.assign)
        if story.upto == "directed":
            return
        yield from self._work(story, directed)

    def _work(self, story: Story, directed: datetime) -> Iterator[Step]:
        if story.letter.desk in HANDLERS:
            yield Step(self._at_work(directed + 5 * HOUR), story, History.give_to_specialist)
        yield Step(self._at_work(directed + 2 * DAY), story, History.report)
        if story.number % SLOW_EVERY == 3:
            return
        done = directed + (3 + story.number % 4) * DAY
        yield Step(self._at_work(done), story, History.finish)
        yield Step(self._at_work(done + DAY), story, History.accept)

    def _only_to_know(self, story: Story) -> bool:
        return story.number % INFORM_EVERY == 4 or story.letter.desk == "lanh_dao"

    def _at_work(self, moment: datetime) -> datetime:
        """The moment itself if people are at work, else the next morning of work."""
        if self.calendar.is_working(moment):
            return moment
        day = self.calendar.next_working_day(local(moment).date())
        return self.calendar.start_of_day(day) + timedelta(minutes=20)

    def arrive(self, story: Story, pdf: bytes) -> None:
        """The clerk drops the scan; the caller has it read."""
        with reading() as session:
            clerk = actor_of(session, self.office, "vanthu")
        arrival = Arrival(f"{story.letter.key}.pdf", IntakeSource.UPLOAD)
        taken = entry.take_in(clerk, io.BytesIO(pdf), arrival, limit=len(pdf) + 1)
        story.letter_id = taken.letter_id or 0

    def register(self, story: Story) -> None:
        letter = story.letter
        with transaction("demo.register") as session:
            clerk = actor_of(session, self.office, "vanthu")
            organ = find_organ(session, letter.organ)
            due_at = self._due(letter)
            data = RegistrationData(
                issuing_body_id=self.office.bodies["hdnd" if story.number % 11 == 6 else "ubnd"],
                subject_summary=summary_of(letter),
                organ_id=organ.id if organ else None,
                organ_name=letter.organ,
                code_number=letter.number,
                code_notation=letter.notation,
                issued_date=letter.issued_on,
                document_type=self.types.get(letter.kind),
                urgency=URGENCY[letter.urgency],
                signer_name=letter.signer,
                signer_authority="; ".join(letter.signing[:-1]),
                signer_position=letter.signing[-1].title() if letter.signing else "",
                due_at=due_at,
                due_source=DueSource.TEXT if due_at else DueSource.NONE,
            )
            to_post = None if story.upto == "registered" else self.office.posts[story.leader[1]]
            services.register_letter(
                session, clerk, letter_id=story.letter_id, data=data, submit_to_post_id=to_post
            )

    def send_back(self, story: Story) -> None:
        with transaction("demo.send_back") as session:
            services.return_to_sender(
                session, actor_of(session, self.office, "vanthu"),
                letter_id=story.letter_id, reason="Gửi nhầm nơi nhận.",
            )  # fmt: skip

    def assign(self, story: Story) -> None:
        units, desk = self.office.units, story.letter.desk
        lead = Party(unit_id=units[desk])
        if desk not in HEADS:
            lead = Party(post_id=self.office.posts["mc1" if desk == "mot_cua" else "cvp"])
        others = [Party(unit_id=units["van_hoa" if desk == "kinh_te" else "kinh_te"])]
        with transaction("demo.assign") as session:
            names = {
                "kinh_te": "Phòng Kinh tế",
                "van_hoa": "Phòng Văn hóa",
                "van_phong": "Văn phòng",
            }
            text = PHRASES[story.number % len(PHRASES)].format(unit=names.get(desk, "Một cửa"))
            order = DirectiveOrder(
                Outcome.ASSIGN,
                text=text,
                lead=lead,
                coordinators=others if story.number % 3 == 0 else (),
                due_at=self._task_due(story.letter),
                urgency=URGENCY[story.letter.urgency],
            )
            self._direct(session, story, order)

    def inform(self, story: Story) -> None:
        units = self.office.units
        readers = [Party(unit_id=units["kinh_te"]), Party(unit_id=units["van_hoa"])]
        with transaction("demo.inform") as session:
            self._direct(
                session, story, DirectiveOrder(Outcome.INFORM, "Để biết.", readers=readers)
            )

    def file(self, story: Story) -> None:
        with transaction("demo.file") as session:
            self._direct(session, story, DirectiveOrder(Outcome.FILE, "Lưu."))

    def _direct(self, session: Session, story: Story, order: DirectiveOrder) -> None:
        leader = actor_of(session, self.office, story.leader[0])
        acts.mark_opened(session, leader, "incoming", story.letter_id)
        services.direct_letter(session, leader, letter_id=story.letter_id, order=order)

    def give_to_specialist(self, story: Story) -> None:
        with transaction("demo.give") as session:
            head = actor_of(session, self.office, HEADS[story.letter.desk])
            task = self._task(session, head, story)
            acts.mark_opened(session, head, "incoming", story.letter_id)
            post_id = self.office.posts[HANDLERS[story.letter.desk]]
            acts.assign_specialist(session, head, task_id=task.id, post_id=post_id)

    def report(self, story: Story) -> None:
        with transaction("demo.report") as session:
            handler = self._handler(session, story)
            task = self._task(session, handler, story)
            acts.mark_opened(session, handler, "incoming", story.letter_id)
            acts.report_progress(
                session, handler, task_id=task.id, percent=30 + 10 * (story.number % 6),
                text="Đã rà soát, đang tổng hợp số liệu của các tổ dân phố.",
            )  # fmt: skip

    def finish(self, story: Story) -> None:
        with transaction("demo.finish") as session:
            handler = self._handler(session, story)
            task = self._task(session, handler, story)
            product = PRODUCTS[story.number % len(PRODUCTS)].format(n=story.number + 100)
            acts.submit_completion(session, handler, task_id=task.id, product=product)

    def accept(self, story: Story) -> None:
        with transaction("demo.accept") as session:
            leader = actor_of(session, self.office, story.leader[0])
            acts.accept_completion(session, leader, task_id=self._task(session, leader, story).id)

    def _handler(self, session: Session, story: Story) -> Actor:
        return actor_of(session, self.office, HANDLER_ACCOUNTS.get(story.letter.desk, "chanhvp"))

    def _task(self, session: Session, actor: Actor, story: Story) -> Task:
        [task] = tasks.tasks_of(session, "incoming", [story.letter_id])
        return task

    def _due(self, letter: Letter) -> datetime | None:
        if letter.due_on is None or letter.due_on < local(now()).date():
            return None
        return self.calendar.end_of_day(letter.due_on)

    def _task_due(self, letter: Letter) -> datetime | None:
        """One working day before the sender's date, if that is still ahead."""
        if letter.due_on is None:
            return None
        due_at = self.calendar.end_of_day(self.calendar.previous_working_day(letter.due_on))
        return due_at if due_at > now() else None
