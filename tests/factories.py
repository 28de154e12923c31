"""A small office to test with: one organ, four issuing bodies, five units, people of all roles.

Plain rows without services, so that a broken rule shows in its own test and not in all of them.
Nobody has a password yet: `give_password` sets one where a test signs in, as Argon2 is slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db import transaction
from app.organisation.models import (
    IssuingBody,
    Organ,
    OrganAlias,
    OrganLevel,
    Person,
    Post,
    PostHolding,
    PostRole,
    Stage,
    Unit,
    UnitKind,
)
from app.organisation.names import fold_name
from app.organisation.queries import actor_for
from app.organisation.services.signing_in import Browser, open_session
from app.registers import catalogue
from app.registers import services as registers
from app.registers.models import Direction
from app.security import Actor, Role

FOUNDED = date(2025, 7, 1)
PASSWORD = "mat-khau-thu-2026"
_fast_hasher = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)


@dataclass(frozen=True, slots=True)
class Office:
    """Actors of all roles, and the ids of the units and issuing bodies around them.

    `head` and `specialist` sit in `economy`, `head2` and `specialist2` in `culture`; `deputy` is
    the deputy head of `economy`.
    """

    organ_id: int
    council_id: int  # HĐND
    committee_id: int  # UBND
    bureau_id: int  # Văn phòng
    steering_id: int  # Ban Chỉ huy
    leadership: int
    bureau: int
    economy: int
    culture: int
    service_centre: int
    leader: Actor
    vice_leader: Actor
    chief: Actor
    clerk: Actor
    clerk2: Actor
    head: Actor
    deputy: Actor
    head2: Actor
    specialist: Actor
    specialist2: Actor
    one_stop: Actor
    duty: Actor
    admin: Actor


def make_organ(session: Session, name: str, *, own: bool = False) -> Organ:
    """An organ known by its name."""
    organ = Organ(name=name, is_own=own, level=OrganLevel.COMMUNE if own else OrganLevel.PROVINCE)
    organ.aliases.append(OrganAlias(alias=name, folded=fold_name(name)))
    session.add(organ)
    session.flush()
    return organ


def make_unit(
    session: Session,
    name: str,
    short_name: str,
    kind: UnitKind = UnitKind.DEPARTMENT,
    *,
    parent_id: int | None = None,
    position: int = 0,
) -> Unit:
    """A unit valid since the office was founded."""
    unit = Unit(
        name=name,
        short_name=short_name,
        code="".join(word[0] for word in short_name.split()).upper(),
        kind=kind,
        parent_id=parent_id,
        position=position,
        valid_from=FOUNDED,
    )
    session.add(unit)
    session.flush()
    return unit


def make_post(
    session: Session, unit_id: int, title: str, *roles: Role, head: bool = False, rank: int = 50
) -> Post:
    """A post with its roles."""
    post = Post(unit_id=unit_id, title=title, is_head=head, rank=rank, valid_from=FOUNDED)
    post.role_rows = [PostRole(role=role) for role in roles]
    session.add(post)
    session.flush()
    return post


def make_person(session: Session, login: str, full_name: str, *posts: Post) -> Person:
    """A person who holds the posts, the first as the main one."""
    person = Person(login=login, full_name=full_name)
    session.add(person)
    session.flush()
    for number, post in enumerate(posts):
        holding = PostHolding(post_id=post.id, is_main=number == 0, valid_from=FOUNDED)
        person.holdings.append(holding)
    session.flush()
    return person


def give_password(session: Session, person_id: int | None, password: str = PASSWORD) -> str:
    """Let a person sign in; returns their login. The hash is a cheap one, made for tests only."""
    person = session.get_one(Person, person_id)
    person.password_hash = _fast_hasher.hash(password)
    session.flush()
    return person.login


def sign_in_as(client: FlaskClient, actor: Actor) -> None:
    """Give a test client an open session of the actor, without the sign-in page and its Argon2."""
    with transaction() as session:
        opened = open_session(
            session,
            person=session.get_one(Person, actor.person_id),
            stage=Stage.OPEN,
            browser=Browser("127.0.0.1", "test"),
            absolute=timedelta(hours=12),
        )
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = opened.token
        cookie["_fresh"] = True


def make_office(session: Session) -> Office:
    """The office, flushed but not committed."""
    organ = make_organ(session, "Ủy ban nhân dân phường Minh Họa", own=True)
    bodies = [
        IssuingBody(organ_id=organ.id, name=name, short_name=code, head_lines=lines, position=at)
        for at, (name, code, lines) in enumerate(
            [
                ("HĐND phường Minh Họa", "HĐND", ["HỘI ĐỒNG NHÂN DÂN", "PHƯỜNG MINH HỌA"]),
                ("UBND phường Minh Họa", "UBND", ["ỦY BAN NHÂN DÂN", "PHƯỜNG MINH HỌA"]),
                ("Văn phòng HĐND và UBND", "VP", ["VĂN PHÒNG HĐND VÀ UBND"]),
                ("Ban Chỉ huy Phòng thủ dân sự", "BCH", ["BAN CHỈ HUY", "PHÒNG THỦ DÂN SỰ"]),
            ]
        )
    ]
    session.add_all(bodies)
    session.flush()
    at_top = make_unit(session, "Lãnh đạo UBND phường", "Lãnh đạo", UnitKind.LEADERSHIP)
    bureau = make_unit(session, "Văn phòng HĐND và UBND", "Văn phòng", UnitKind.OFFICE, position=1)
    economy = make_unit(session, "Phòng Kinh tế, Hạ tầng và Đô thị", "Phòng Kinh tế", position=2)
    culture = make_unit(session, "Phòng Văn hóa - Xã hội", "Phòng Văn hóa", position=3)
    centre = make_unit(
        session, "Trung tâm Phục vụ hành chính công", "Một cửa", UnitKind.CENTRE, position=4
    )

    def actor(login: str, name: str, unit: Unit, title: str, role: Role, rank: int = 50) -> Actor:
        post = make_post(session, unit.id, title, role, head=rank < 10, rank=rank)
        return actor_for(session, make_person(session, login, name, post).id)

    leader, chief, head = Role.LEADER, Role.CHIEF_OF_OFFICE, Role.DEPARTMENT_HEAD
    return Office(
        organ_id=organ.id,
        council_id=bodies[0].id,
        committee_id=bodies[1].id,
        bureau_id=bodies[2].id,
        steering_id=bodies[3].id,
        leadership=at_top.id,
        bureau=bureau.id,
        economy=economy.id,
        culture=culture.id,
        service_centre=centre.id,
        leader=actor("chutich", "Nguyễn Mẫu An", at_top, "Chủ tịch", leader, 1),
        vice_leader=actor("phochutich", "Trần Mẫu Bình", at_top, "Phó Chủ tịch", leader, 2),
        chief=actor("chanhvp", "Lê Mẫu Quân", bureau, "Chánh Văn phòng", chief, 1),
        clerk=actor("vanthu", "Phạm Mẫu Hạnh", bureau, "Văn thư", Role.CLERK),
        clerk2=actor("vanthu2", "Đặng Mẫu Thảo", bureau, "Văn thư", Role.CLERK, 51),
        head=actor("tpkinhte", "Vũ Mẫu Cường", economy, "Trưởng phòng", head, 1),
        deputy=actor("ptpkinhte", "Hoàng Mẫu Khánh", economy, "Phó Trưởng phòng", head, 2),
        head2=actor("tpvanhoa", "Bùi Mẫu Nga", culture, "Trưởng phòng", head, 1),
        specialist=actor("cvkinhte", "Đỗ Mẫu Phong", economy, "Chuyên viên", Role.SPECIALIST),
        specialist2=actor("cvvanhoa", "Hồ Mẫu Yến", culture, "Chuyên viên", Role.SPECIALIST),
        one_stop=actor("motcua", "Ngô Mẫu Chi", centre, "Cán bộ một cửa", Role.ONE_STOP_OFFICER),
        duty=actor("trucban", "Mai Mẫu Dũng", bureau, "Trực ban", Role.DUTY_OFFICER, 52),
        admin=actor("quantri", "Dương Mẫu Tuấn", bureau, "Quản trị hệ thống", Role.ADMINISTRATOR),
    )


def make_books(session: Session, office: Office) -> int:
    """Document types, and one book of arriving documents for all bodies; its series' id."""
    registers.load_document_types(session, catalogue.read_document_types())
    series = registers.create_series(
        session,
        office.chief,
        name="Sổ văn bản đến",
        direction=Direction.INCOMING,
        issuing_body_id=None,
    )
    make_organ(session, "Sở Nội vụ")
    return series.id
