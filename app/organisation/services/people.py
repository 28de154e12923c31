"""People and the posts they hold."""

from __future__ import annotations

import re
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now, today
from app.errors import EditConflict, InvalidInput, NotFound, RuleViolated
from app.organisation import queries
from app.organisation.models import (
    Person,
    Post,
    PostHolding,
    PostRole,
    Unit,
    UnitKind,
)
from app.organisation.permissions import MANAGE
from app.organisation.services import second_factor, throttle
from app.organisation.services.signing_in import ONE_TIME_VALID, revoke_all, tidy_login
from app.security import Actor, Role, authorize

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]")


def check_version(row: object, version: int | None) -> None:
    """Raise EditConflict when the form was opened on another version of the row."""
    if version is not None and getattr(row, "version", None) != version:
        raise EditConflict(f"{type(row).__name__} was version {version}")


def create_person(
    session: Session,
    actor: Actor,
    *,
    full_name: str,
    login: str,
    email: str = "",
    phone: str = "",
) -> Person:
    """Make an account without a password; `reset_password` gives the first one-time code.

    Raises:
        InvalidInput: the login is taken or has other characters than a–z, 0–9, dot, dash.
    """
    actor = authorize(actor, MANAGE)
    person = Person(full_name=_tidy_name(full_name), email=email.strip(), phone=phone.strip())
    person.login = _free_login(session, login)
    session.add(person)
    session.flush()
    audit.record(session, actor, "person.created", person.id)
    return person


def edit_person(
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    full_name: str,
    login: str,
    email: str,
    phone: str,
    version: int | None = None,
) -> Person:
    """Correct a person's name, login and addresses.

    Raises:
        InvalidInput: the login cannot be used.
        EditConflict: somebody else changed the person meanwhile.
    """
    actor = authorize(actor, MANAGE)
    person = queries.get_person(session, person_id)
    check_version(person, version)
    if tidy_login(login) != person.login:
        person.login = _free_login(session, login)
    person.full_name = _tidy_name(full_name)
    person.email, person.phone = email.strip(), phone.strip()
    audit.record(session, actor, "person.edited", person.id)
    return person


def edit_profile(
    session: Session, actor: Actor, *, email: str, phone: str, shortcuts_off: bool
) -> None:
    """What people may change of themselves."""
    person = queries.get_person(session, actor.person_id or 0)
    person.email, person.phone, person.shortcuts_off = email.strip(), phone.strip(), shortcuts_off
    audit.record(session, actor, "person.profile_edited", person.id)


def reset_password(
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    code_hash: str,
    drop_second_factor: bool = False,
) -> Person:
    """Let a person in again with a code that works once, for 72 hours; all their sessions end.

    The code is made and hashed by the caller, outside the transaction, and shown once.
    """
    actor = authorize(actor, MANAGE)
    person = session.get(Person, person_id, with_for_update=True)
    if person is None or person.is_machine:
        raise NotFound(f"person {person_id}")
    person.password_hash = None
    person.one_time_hash, person.one_time_until = code_hash, now() + ONE_TIME_VALID
    person.must_change_password = True
    if drop_second_factor:
        second_factor.remove(session, actor, person_id=person.id)
    revoke_all(session, person.id)
    throttle.forget(session, f"login:{person.login}")
    audit.record(session, actor, "person.password_reset", person.id)
    return person


def unlock(session: Session, actor: Actor, *, person_id: int) -> None:
    """End the pause after wrong passwords and codes."""
    actor = authorize(actor, MANAGE)
    person = queries.get_person(session, person_id)
    throttle.forget(session, f"login:{person.login}")
    throttle.forget(session, f"code:{person.id}")
    audit.record(session, actor, "person.unlocked", person.id)


def set_active(session: Session, actor: Actor, *, person_id: int, active: bool) -> None:
    """Close an account, or open it again. What the person did stays under their name.

    Raises:
        RuleViolated: it is the actor's own, or the last administrator's.
    """
    actor = authorize(actor, MANAGE)
    person = queries.get_person(session, person_id)
    if not active:
        if person.id == actor.person_id:
            raise RuleViolated("Bạn không thể tự khóa tài khoản của mình.")
        _keep_an_administrator(session, without_person=person.id)
        revoke_all(session, person.id)
    person.is_active = active
    audit.record(session, actor, "person.opened" if active else "person.closed", person.id)


def give_post(
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    post_id: int,
    valid_from: date,
    is_main: bool = False,
) -> PostHolding:
    """Let a person hold a post from a day on.

    Raises:
        RuleViolated: they hold it then already, or the post has ended.
    """
    actor = authorize(actor, MANAGE)
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound(f"person {person_id}")
    post = queries.get_post(session, post_id)
    if post.valid_to is not None and post.valid_to < valid_from:
        raise RuleViolated("Chức vụ này đã kết thúc trước ngày đó.")
    if any(h.post_id == post_id and _reaches(h, valid_from) for h in person.holdings):
        raise RuleViolated("Người này đang giữ chức vụ đó.")
    open_ones = [h for h in person.holdings if h.valid_to is None or h.valid_to >= valid_from]
    if is_main:
        for holding in open_ones:
            holding.is_main = False
    holding = PostHolding(post_id=post_id, valid_from=valid_from, is_main=is_main or not open_ones)
    person.holdings.append(holding)
    session.flush()
    audit.record(session, actor, "person.post_given", person.id, post=post_id)
    return holding


def end_holding(session: Session, actor: Actor, *, holding_id: int, valid_to: date) -> None:
    """A person leaves a post after a day; their rights of it end that midnight.

    Raises:
        InvalidInput: the day lies before they took it up.
        RuleViolated: no administrator would be left.
    """
    actor = authorize(actor, MANAGE)
    holding = session.get(PostHolding, holding_id, with_for_update=True)
    if holding is None:
        raise NotFound(f"holding {holding_id}")
    if valid_to < holding.valid_from:
        raise InvalidInput("Ngày kết thúc trước ngày bắt đầu giữ chức vụ.", "valid_to")
    if Role.ADMINISTRATOR in holding.post.roles and valid_to < today():
        _keep_an_administrator(session, without_holding=holding.id)
    holding.valid_to = valid_to
    audit.record(session, actor, "person.post_ended", holding.person_id, post=holding.post_id)


def create_admin(
    session: Session, actor: Actor, *, login: str, name: str, code_hash: str
) -> Person:
    """The first administrator of an installation, or a way back in for one who is locked out.

    Raises:
        RuleViolated: the login belongs to somebody who is no administrator.
    """
    person = session.scalar(sa.select(Person).where(Person.login == tidy_login(login)))
    if person is None:
        person = create_person(session, actor, full_name=name, login=login)
        post = queries.posts_with_role(session, Role.ADMINISTRATOR) or [_admin_post(session)]
        give_post(session, actor, person_id=person.id, post_id=post[0].id, valid_from=today())
    elif Role.ADMINISTRATOR not in queries.actor_for(session, person.id).roles:
        raise RuleViolated(f"Tài khoản “{login}” không phải quản trị.")
    return reset_password(
        session, actor, person_id=person.id, code_hash=code_hash, drop_second_factor=True
    )


def _admin_post(session: Session) -> Post:
    unit = next(iter(queries.units(session)), None)
    if unit is None:
        unit = Unit(
            name="Văn phòng",
            short_name="Văn phòng",
            code="VP",
            kind=UnitKind.OFFICE,
            valid_from=today(),
        )
        session.add(unit)
        session.flush()
    post = Post(title="Quản trị hệ thống", unit_id=unit.id, rank=90, valid_from=today())
    post.role_rows = [PostRole(role=Role.ADMINISTRATOR)]
    session.add(post)
    session.flush()
    return post


def _keep_an_administrator(
    session: Session, *, without_person: int = 0, without_holding: int = 0
) -> None:
    day = today()
    left = session.scalar(
        sa.select(sa.func.count())
        .select_from(PostHolding)
        .join(PostRole, PostRole.post_id == PostHolding.post_id)
        .join(Person, Person.id == PostHolding.person_id)
        .where(
            PostRole.role == Role.ADMINISTRATOR,
            Person.is_active.is_(True),
            Person.id != without_person,
            PostHolding.id != without_holding,
            PostHolding.valid_from <= day,
            sa.or_(PostHolding.valid_to.is_(None), PostHolding.valid_to >= day),
        )
    )
    if not left:
        raise RuleViolated("Đây là quản trị viên cuối cùng. Hãy giao quyền cho người khác trước.")


def _reaches(holding: PostHolding, day: date) -> bool:
    return holding.valid_to is None or holding.valid_to >= day


def _tidy_name(full_name: str) -> str:
    name = " ".join(full_name.split())
    if not name:
        raise InvalidInput("Hãy điền họ và tên.", "full_name")
    return name


def _free_login(session: Session, login: str) -> str:
    tidy = tidy_login(login)
    if not _LOGIN.fullmatch(tidy):
        raise InvalidInput(
            "Tên đăng nhập gồm 3 đến 60 chữ thường không dấu, chữ số, dấu chấm hoặc gạch.", "login"
        )
    if session.scalar(sa.select(Person.id).where(Person.login == tidy)) is not None:
        raise InvalidInput(f"Tên đăng nhập “{tidy}” đã có người dùng.", "login")
    return tidy
