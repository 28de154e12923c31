"""The demo office as rows: organ, bodies, units, posts, people, books, calendar, directory.

Only for an empty installation. The invented names live in `people.py` and `data/organs.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from app.clock import now, today
from app.demo.letters import load_letters, sample_letters
from app.demo.people import BODIES, OFFICE_NAME, PASSWORD, PEOPLE, UNITS, WARD, DemoPost
from app.errors import RuleViolated
from app.incoming.services.directing import save_rule
from app.organisation.models import (
    IssuingBody,
    Organ,
    OrganAlias,
    OrganLevel,
    Person,
    Post,
    PostHolding,
    PostRole,
    Unit,
    UnitKind,
)
from app.organisation.names import fold_name
from app.organisation.passwords import hash_password
from app.organisation.queries import actor_for
from app.registers import services as registers
from app.registers.catalogue import read_document_types
from app.registers.models import Direction
from app.security import SYSTEM, Actor, Role
from app.tasks.models import Outcome
from app.worktime import services as worktime
from app.worktime.commands import DATA as CALENDAR

FOUNDED = date(2025, 7, 1)
HEADS = frozenset({Role.DEPARTMENT_HEAD, Role.CHIEF_OF_OFFICE, Role.LEADER})
UNIT_KINDS = {"lanh_dao": UnitKind.LEADERSHIP, "van_phong": UnitKind.OFFICE,
              "mot_cua": UnitKind.CENTRE}  # fmt: skip
FIRST_NUMBER = 2101  # the office joined in the middle of the year


@dataclass(frozen=True, slots=True)
class DemoOffice:
    """Ids by the keys of `people.py`."""

    bodies: dict[str, int]
    units: dict[str, int]
    posts: dict[str, int]
    people: dict[str, int]


def build(session: Session) -> DemoOffice:
    """Make everything but the letters.

    Raises:
        RuleViolated: there are people already.
    """
    if session.scalar(sa.select(Person.id).limit(1)) is not None:
        raise RuleViolated("Đã có dữ liệu. Văn phòng mẫu chỉ nạp vào nơi cài mới.")
    organ = _organ(session, OFFICE_NAME, own=True, level=OrganLevel.COMMUNE)
    bodies = _bodies(session, organ)
    units = _units(session)
    posts, people = _people(session, units)
    registers.load_document_types(session, read_document_types())
    worktime.load(session, SYSTEM, yaml.safe_load(CALENDAR.read_text(encoding="utf-8")))
    _books(session, bodies)
    _directory(session)
    _rules(session, units, posts)
    return DemoOffice(bodies, units, posts, people)


def _organ(session: Session, name: str, *, own: bool, level: OrganLevel) -> Organ:
    organ = Organ(name=name, is_own=own, level=level)
    organ.aliases.append(OrganAlias(alias=name, folded=fold_name(name)))
    session.add(organ)
    session.flush()
    return organ


def _bodies(session: Session, organ: Organ) -> dict[str, int]:
    rows = {
        body.key: IssuingBody(
            organ_id=organ.id,
            name=body.name,
            short_name=body.code,
            head_lines=list(body.head_lines),
            place=WARD.removeprefix("phường ").title(),
            position=position,
        )
        for position, body in enumerate(BODIES)
    }
    session.add_all(rows.values())
    session.flush()
    return {key: row.id for key, row in rows.items()}


def _units(session: Session) -> dict[str, int]:
    ids: dict[str, int] = {}
    for position, unit in enumerate(UNITS):
        row = Unit(
            name=unit.name,
            short_name=unit.short,
            code=unit.code,
            kind=UNIT_KINDS.get(unit.key, UnitKind.DEPARTMENT),
            parent_id=ids[unit.parent] if unit.parent else None,
            position=position,
            valid_from=FOUNDED,
        )
        session.add(row)
        session.flush()
        ids[unit.key] = row.id
    return ids


def _people(session: Session, units: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    posts: dict[str, int] = {}
    people: dict[str, int] = {}
    password = hash_password(PASSWORD)  # one hash for all: a demo, and Argon2 is slow on purpose
    for demo in PEOPLE:
        person = Person(
            login=demo.account,
            full_name=demo.name,
            email=demo.email,
            phone=demo.phone,
            password_hash=password,
            password_changed_at=now(),
        )
        session.add(person)
        session.flush()
        people[demo.account] = person.id
        for number, demo_post in enumerate(demo.posts):
            post = _post(session, units, demo_post, rank=len(posts))
            posts[demo_post.key] = post.id
            person.holdings.append(
                PostHolding(post_id=post.id, is_main=number == 0, valid_from=FOUNDED)
            )
    session.flush()
    return posts, people


def _post(session: Session, units: dict[str, int], demo: DemoPost, *, rank: int) -> Post:
    roles = [Role(name) for name in demo.roles]
    head = bool(HEADS & set(roles))
    post = Post(
        unit_id=units[demo.unit], title=demo.title, is_head=head, rank=rank, valid_from=FOUNDED
    )
    post.role_rows = [PostRole(role=role) for role in roles]
    session.add(post)
    session.flush()
    return post


def _books(session: Session, bodies: dict[str, int]) -> None:
    for body in BODIES:
        for direction, label in ((Direction.INCOMING, "đến"), (Direction.OUTGOING, "đi")):
            series = registers.create_series(
                session,
                SYSTEM,
                name=f"Sổ văn bản {label} của {body.name}",
                direction=direction,
                issuing_body_id=bodies[body.key],
            )
            if body.key == "ubnd" and direction is Direction.INCOMING:
                registers.start_series_at(
                    session,
                    SYSTEM,
                    series_id=series.id,
                    year=today().year,
                    number=FIRST_NUMBER,
                    reason="Tiếp nối sổ giấy đang dùng trong năm.",
                )


def _directory(session: Session) -> None:
    """The senders of the demo letters and samples, so that readings snap to them."""
    heads: dict[str, set[str]] = {}  # the printed head, folded -> the organs that have it
    letters = [*load_letters(today()), *sample_letters().values()]
    for letter in letters:
        heads.setdefault(fold_name(" ".join(letter.organ_lines)), set()).add(letter.organ)
    known = {OFFICE_NAME}
    for letter in letters:
        if letter.organ in known:
            continue
        known.add(letter.organ)
        organ = _organ(session, letter.organ, own=False, level=OrganLevel.PROVINCE)
        head = " ".join(letter.organ_lines)
        if len(heads[fold_name(head)]) == 1 and fold_name(head) != fold_name(letter.organ):
            organ.aliases.append(OrganAlias(alias=head, folded=fold_name(head)))
    session.flush()


def _rules(session: Session, units: dict[str, int], posts: dict[str, int]) -> None:
    """One kind of letter that the office's regulation lets the clerk route straight."""
    save_rule(
        session,
        SYSTEM,
        rule_id=None,
        name="Báo cáo định kỳ gửi để biết",
        outcome=Outcome.INFORM,
        from_post_id=posts["cvp"],
        source="Quy chế làm việc của UBND phường Minh Họa, Điều 12",
        document_type="report",
        reader_unit_ids=(units["kinh_te"], units["van_hoa"]),
        valid_from=FOUNDED,
    )


def actor_of(session: Session, office: DemoOffice, account: str) -> Actor:
    """A demo person as an actor, for the simulated history."""
    return actor_for(session, office.people[account])
