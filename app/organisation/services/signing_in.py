"""Signing in and out: the attempt, the session and its stages, passwords."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput, NotFound, RuleViolated
from app.organisation.models import Person, SignInSession, Stage
from app.organisation.passwords import new_token, token_hash
from app.organisation.services import throttle
from app.security import SYSTEM, Actor

ONE_TIME_VALID = timedelta(hours=72)
PENDING = timedelta(minutes=15)  # to give the second factor or the new password
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


@dataclass(frozen=True, slots=True)
class Browser:
    """From where somebody signs in."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whose password is to be compared, with exactly one hash whoever it is (None: nobody)."""

    login: str
    person_id: int | None
    password_hash: str | None
    one_time: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A session as the browser needs it: its secret, and what is still missing."""

    token: str
    stage: Stage
    person_id: int


def tidy_login(login: str) -> str:
    """A login as kept: NFC, lower case, no spaces around."""
    return unicodedata.normalize("NFC", login).strip().lower()


def begin_sign_in(session: Session, *, login: str, address: str) -> Candidate:
    """Count the attempt and say which hash to compare. An unknown login looks like a known one.

    Raises:
        Throttled: this login or this address has tried too often.
    """
    login = tidy_login(login)[:100]
    throttle.spend(session, f"login:{login}", throttle.LOGIN)
    throttle.spend(session, f"address:{address}", throttle.ADDRESS)
    person = session.scalar(
        sa.select(Person).where(Person.login == login, Person.is_active.is_(True))
    )
    if person is None:
        return Candidate(login, None, None, False)
    if person.one_time_hash and person.one_time_until and person.one_time_until > now():
        return Candidate(login, person.id, person.one_time_hash, True)
    return Candidate(login, person.id, person.password_hash, False)


def finish_sign_in(
    session: Session,
    *,
    candidate: Candidate,
    right: bool,
    browser: Browser,
    absolute: timedelta,
) -> Opened | None:
    """Open a session if the password was right and still is. Returns None, written down, if not."""
    person = session.get(Person, candidate.person_id or 0, with_for_update=True)
    if not right or person is None or not _unchanged(person, candidate):
        audit.record(session, SYSTEM, "sign_in.failed", candidate.person_id)
        return None
    if candidate.one_time:
        person.one_time_hash = person.one_time_until = None
        person.must_change_password = True
    throttle.forget(session, f"login:{candidate.login}")
    throttle.refund(session, f"address:{browser.address}")
    throttle.sweep(session, limit=20)
    return open_session(
        session, person=person, stage=_first_stage(person), browser=browser, absolute=absolute
    )


def open_session(
    session: Session, *, person: Person, stage: Stage, browser: Browser, absolute: timedelta
) -> Opened:
    """A new session with a token of its own, at the stage that is reached."""
    token, at = new_token(), now()
    row = SignInSession(
        token_hash=token_hash(token),
        person_id=person.id,
        stage=stage,
        created_at=at,
        last_seen_at=at,
        expires_at=at + (absolute if stage is Stage.OPEN else PENDING),
        user_agent=browser.user_agent[:300],
        address=browser.address[:60],
    )
    session.add(row)
    session.flush()
    audit.record(session, by(person), f"sign_in.{stage.value}", row.id)
    return Opened(token, stage, person.id)


def advance(session: Session, row: SignInSession, *, absolute: timedelta, passed: Stage) -> Opened:
    """Take a session past a stage. Its token is a new one, so an old cookie is worth nothing."""
    person, at = row.person, now()
    asks_password = passed is Stage.SECOND_FACTOR and person.must_change_password
    row.stage = Stage.NEW_PASSWORD if asks_password else Stage.OPEN
    token = new_token()
    row.token_hash = token_hash(token)
    row.last_seen_at = at
    row.expires_at = at + (absolute if row.stage is Stage.OPEN else PENDING)
    audit.record(session, by(person), f"sign_in.{row.stage.value}", row.id)
    return Opened(token, row.stage, person.id)


def get_session_row(
    session: Session, token: str, *, stage: Stage, lock: bool = False
) -> SignInSession:
    """The session of a token, if it is at that stage and still good.

    Raises:
        NotFound: unknown, ended, expired, or at another stage.
    """
    row = session.scalar(_session_row(lock=lock), {"hash": token_hash(token)})
    if (
        row is None
        or row.stage is not stage
        or row.revoked_at is not None
        or row.expires_at <= now()
        or not row.person.is_active
    ):
        raise NotFound("no such sign-in session", "Phiên đăng nhập đã hết hạn. Hãy đăng nhập lại.")
    return row


@cache
def _session_row(*, lock: bool) -> sa.Select[tuple[SignInSession]]:
    """The session of a token's `hash`. Every page asks: built once."""
    wanted = sa.bindparam("hash", type_=SignInSession.token_hash.type)
    rows = sa.select(SignInSession).where(SignInSession.token_hash == wanted)
    return rows.with_for_update(of=SignInSession) if lock else rows


def set_password(
    session: Session, *, person_id: int, password_hash: str, keep_session_id: int | None = None
) -> None:
    """Give a person the password they chose; all their other sessions end.

    The hash is made by the caller, outside the transaction.
    """
    person = session.get_one(Person, person_id, with_for_update=True)
    person.password_hash, person.password_changed_at = password_hash, now()
    person.one_time_hash = person.one_time_until = None
    person.must_change_password = False
    revoke_all(session, person_id, but=keep_session_id)
    audit.record(session, by(person), "person.password_changed", person.id)


def change_password(
    session: Session, actor: Actor, *, session_id: int, old_hash: str | None, new_hash: str
) -> Opened:
    """A signed-in person changes their own password; this browser gets a new token.

    Raises:
        RuleViolated: the password was changed elsewhere meanwhile.
    """
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if person.password_hash != old_hash:
        raise RuleViolated("Mật khẩu vừa được đổi ở nơi khác. Hãy đăng nhập lại.")
    set_password(session, person_id=person.id, password_hash=new_hash, keep_session_id=session_id)
    row, token = session.get_one(SignInSession, session_id), new_token()
    row.token_hash = token_hash(token)
    return Opened(token, row.stage, person.id)


def sign_out(session: Session, actor: Actor, *, session_id: int) -> None:
    """End the session of this browser."""
    row = session.get_one(SignInSession, session_id)
    row.revoked_at = row.revoked_at or now()
    audit.record(session, actor, "sign_in.ended", row.id)


def revoke_session(session: Session, actor: Actor, *, session_id: int) -> None:
    """End one of the actor's own sessions, as after a phone was lost.

    Raises:
        NotFound: it is somebody else's.
    """
    row = session.get(SignInSession, session_id)
    if row is None or row.person_id != actor.person_id:
        raise NotFound(f"sign-in session {session_id}")
    if row.revoked_at is None:
        row.revoked_at = now()
        audit.record(session, actor, "sign_in.revoked", row.id)


def sign_out_elsewhere(session: Session, actor: Actor, *, session_id: int) -> None:
    """End all sessions of the actor but this browser's."""
    ended = revoke_all(session, actor.person_id or 0, but=session_id)
    audit.record(session, actor, "sign_in.others_revoked", session_id, ended=ended)


def revoke_all(session: Session, person_id: int, *, but: int | None = None) -> int:
    """End all open sessions of a person except one. Returns how many ended."""
    session.flush()
    rows = session.scalars(
        sa.select(SignInSession).where(
            SignInSession.person_id == person_id, SignInSession.revoked_at.is_(None)
        )
    ).all()
    ended = [row for row in rows if row.id != but]
    for row in ended:
        row.revoked_at = now()
    return len(ended)


def touch(session: Session, session_id: int) -> None:
    """Remember that the session is in use; called at most once a minute."""
    session.execute(
        sa.update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
        .values(last_seen_at=now())
    )


def switch_post(session: Session, actor: Actor, *, session_id: int, post_id: int) -> None:
    """Choose which of their posts the person acts in, for this browser.

    Raises:
        InvalidInput: they do not hold it, and nobody delegated it to them.
    """
    if post_id not in actor.post_ids:
        raise InvalidInput("Bạn không giữ chức vụ này.", "post_id")
    session.get_one(SignInSession, session_id).post_id = post_id
    audit.record(session, actor.in_post(post_id), "sign_in.post_chosen", post_id)


def by(person: Person) -> Actor:
    """The person before any post is known, for the audit trail of the sign-in itself."""
    return Actor(person_id=person.id, holding=None, name=person.full_name)


def _first_stage(person: Person) -> Stage:
    if person.totp_confirmed_at is not None:
        return Stage.SECOND_FACTOR
    return Stage.NEW_PASSWORD if person.must_change_password else Stage.OPEN


def _unchanged(person: Person, candidate: Candidate) -> bool:
    now_valid = person.one_time_hash if candidate.one_time else person.password_hash
    return person.is_active and now_valid == candidate.password_hash
