"""The second factor: time-based codes (RFC 6238) and recovery codes, each accepted once."""

from __future__ import annotations

import hmac
from datetime import timedelta

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput, RuleViolated
from app.organisation.models import Person, RecoveryCode, SignInSession, Stage
from app.organisation.passwords import new_code, tidy_code, token_hash
from app.organisation.services import throttle
from app.organisation.services.signing_in import Opened, advance, by
from app.security import Actor

STEP_SECONDS = 30
RECOVERY_CODES = 10
WRONG_CODE = "Mã không đúng hoặc đã dùng. Hãy nhập mã đang hiện trên điện thoại."


def address_for(person: Person, issuer: str) -> str:
    """The `otpauth://` address that the QR code carries."""
    secret = person.totp_secret or ""
    return pyotp.TOTP(secret).provisioning_uri(name=person.login, issuer_name=issuer)


def prepare(session: Session, actor: Actor) -> None:
    """Make a secret for the actor's phone. It asks for nothing until it is confirmed.

    Raises:
        RuleViolated: the second factor is on already.
    """
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if person.totp_confirmed_at is not None:
        raise RuleViolated("Xác thực hai lớp đang bật. Hãy tắt trước khi đặt lại.")
    person.totp_secret, person.totp_last_step = pyotp.random_base32(), 0
    audit.record(session, actor, "person.totp_prepared", person.id)


def confirm(session: Session, actor: Actor, *, code: str) -> list[str]:
    """Turn the second factor on with a first code. Returns recovery codes, shown this once.

    Raises:
        InvalidInput: the code is wrong.
    """
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if person.totp_confirmed_at is not None or not _accept_totp(person, code):
        raise InvalidInput(WRONG_CODE, "code")
    person.totp_confirmed_at = now()
    audit.record(session, actor, "person.totp_on", person.id)
    return renew_recovery_codes(session, actor)


def renew_recovery_codes(session: Session, actor: Actor) -> list[str]:
    """New recovery codes; the former ones are worth nothing."""
    session.flush()
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == actor.person_id))
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(person_id=actor.person_id, code_hash=token_hash(code)) for code in codes
    )
    audit.record(session, actor, "person.recovery_codes_renewed", actor.person_id)
    return codes


def remove(session: Session, actor: Actor, *, person_id: int) -> None:
    """Turn the second factor off. The caller has checked who may."""
    person = session.get_one(Person, person_id, with_for_update=True)
    person.totp_secret = person.totp_confirmed_at = None
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    audit.record(session, actor, "person.totp_off", person_id)


def pass_second_factor(
    session: Session, row: SignInSession, *, code: str, absolute: timedelta
) -> Opened | None:
    """Take a sign-in past its second factor. Returns None, written down, for a wrong code.

    Raises:
        Throttled: too many wrong codes for this person.
    """
    key = f"code:{row.person_id}"
    throttle.spend(session, key, throttle.CODE)
    person = session.get_one(Person, row.person_id, with_for_update=True)
    if not (_accept_totp(person, code) or _accept_recovery(session, person, code)):
        audit.record(session, by(person), "sign_in.code_failed", row.id)
        return None
    throttle.forget(session, key)
    return advance(session, row, absolute=absolute, passed=Stage.SECOND_FACTOR)


def _accept_totp(person: Person, code: str) -> bool:
    """Whether it is the code of this or a neighbouring half minute, and none that was used."""
    digits = "".join(character for character in code if character.isdigit())
    if person.totp_secret is None or len(digits) != 6:
        return False
    totp, current = pyotp.TOTP(person.totp_secret), int(now().timestamp()) // STEP_SECONDS
    for step in (current - 1, current, current + 1):
        if step > person.totp_last_step and hmac.compare_digest(totp.generate_otp(step), digits):
            person.totp_last_step = step
            return True
    return False


def _accept_recovery(session: Session, person: Person, code: str) -> bool:
    spent = session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == token_hash(tidy_code(code)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id)
    ).all()
    if spent:
        audit.record(session, by(person), "sign_in.recovery_code_used", person.id)
    return bool(spent)
