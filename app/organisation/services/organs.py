"""The directory of organs, made on the fly and merged, and the own issuing bodies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.clock import today
from app.errors import InvalidInput, NotFound, RuleViolated
from app.hooks import Hook
from app.organisation import queries
from app.organisation.models import (
    IDENTIFIER,
    IssuingBody,
    IssuingBodySigner,
    Organ,
    OrganAlias,
    OrganCode,
    OrganLevel,
    SigningAuthority,
)
from app.organisation.names import fold_name
from app.organisation.permissions import MANAGE, MANAGE_ORGANS
from app.organisation.services.people import check_version
from app.security import Actor, authorize


@dataclass(frozen=True, slots=True)
class OrgansMerged:
    """An organ was found to be another one; rooms that keep ids may follow."""

    from_id: int
    to_id: int


organs_merged: Hook[OrgansMerged] = Hook("organs_merged")


def ensure_organ(session: Session, actor: Actor, name: str) -> Organ:
    """The organ of that name or alias, made if nobody has written to us under it yet.

    Two clerks at once make one organ: the spelling is unique.

    Raises:
        InvalidInput: the name is empty or longer than 200 characters.
    """
    tidy = _tidy(name)
    known = queries.find_organ(session, tidy)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            organ = Organ(name=tidy, level=_guess_level(tidy), valid_from=None)
            organ.aliases.append(OrganAlias(alias=tidy, folded=fold_name(tidy)))
            session.add(organ)
    except IntegrityError:
        known = queries.find_organ(session, tidy)
        if known is None:
            raise
        return known
    audit.record(session, actor, "organ.created", organ.id)
    return organ


def edit_organ(
    session: Session,
    actor: Actor,
    *,
    organ_id: int,
    name: str,
    short_name: str,
    level: OrganLevel,
    aliases: Iterable[str],
    code: str = "",
    version: int | None = None,
) -> Organ:
    """Correct an organ's names and level; its name is always one of the spellings.

    Raises:
        InvalidInput: a spelling belongs to another organ: merge them instead.
        EditConflict: somebody else changed the organ meanwhile.
    """
    actor = authorize(actor, MANAGE_ORGANS)
    organ = queries.get_organ(session, organ_id)
    check_version(organ, version)
    organ.name, organ.short_name, organ.level = _tidy(name), short_name.strip(), level
    spellings = [*aliases, short_name, organ.name]
    wanted = {fold_name(text): text.strip() for text in spellings if fold_name(text)}
    organ.aliases = [alias for alias in organ.aliases if alias.folded in wanted]
    kept = {alias.folded for alias in organ.aliases}
    session.flush()
    for folded, text in wanted.items():
        if folded in kept:
            continue
        other = queries.find_organ(session, text)
        if other is not None and other.id != organ.id:
            raise InvalidInput(
                f"“{text}” là tên của “{other.name}”. Hãy gộp hai cơ quan.", "aliases"
            )
        organ.aliases.append(OrganAlias(alias=text[:200], folded=folded))
    _set_code(organ, code.strip())
    session.flush()
    audit.record(session, actor, "organ.edited", organ.id)
    return organ


def merge_organs(session: Session, actor: Actor, *, organ_id: int, target_id: int) -> Organ:
    """Find that an organ is another one: its spellings and those merged into it go over.

    Raises:
        RuleViolated: it is the same, or our own.
    """
    actor = authorize(actor, MANAGE_ORGANS)
    organ, target = queries.get_organ(session, organ_id), queries.get_organ(session, target_id)
    if organ.id == target.id:
        raise RuleViolated("Hai mục này đã là một cơ quan.")
    if organ.is_own:
        raise RuleViolated("Không gộp cơ quan của mình vào cơ quan khác.")
    session.flush()
    moved = sa.update(OrganAlias).where(OrganAlias.organ_id == organ.id)
    session.execute(moved.values(organ_id=target.id))
    session.expire(organ, ["aliases"])
    session.expire(target, ["aliases"])
    organ.merged_into_id = target.id
    session.flush()
    audit.record(session, actor, "organ.merged", organ.id, into=target.id)
    organs_merged(session, OrgansMerged(from_id=organ.id, to_id=target.id))
    return target


def save_body(
    session: Session,
    actor: Actor,
    *,
    body_id: int | None,
    name: str,
    short_name: str,
    head_lines: Iterable[str],
    place: str = "",
    seal: str = "",
    position: int = 0,
    version: int | None = None,
) -> IssuingBody:
    """Add or change an issuing body of the own organ.

    Raises:
        InvalidInput: the name is taken, or no head line is given.
        EditConflict: somebody else changed it meanwhile.
    """
    actor = authorize(actor, MANAGE)
    body = session.get(IssuingBody, body_id) if body_id else None
    if body is None:
        if body_id:
            raise NotFound(f"issuing body {body_id}")
        body = IssuingBody(organ_id=queries.own_organ(session).id, valid_from=today())
    check_version(body, version)
    taken = sa.select(IssuingBody.id).where(
        IssuingBody.name == name.strip(), IssuingBody.id != (body_id or 0)
    )
    if session.scalar(taken) is not None:
        raise InvalidInput("Đã có chủ thể ban hành tên này.", "name")
    lines = [line.strip() for line in head_lines if line.strip()]
    if not lines:
        raise InvalidInput("Hãy ghi ít nhất một dòng.", "head_lines")
    body.name, body.short_name, body.head_lines = name.strip(), short_name.strip(), lines
    body.place, body.seal, body.position = place.strip(), seal.strip(), position
    session.add(body)
    session.flush()
    audit.record(session, actor, "issuing_body.saved", body.id)
    return body


def end_body(session: Session, actor: Actor, *, body_id: int, valid_to: date) -> None:
    """A body issues nothing after a day; its letters and books stay."""
    actor = authorize(actor, MANAGE)
    body = session.get(IssuingBody, body_id)
    if body is None:
        raise NotFound(f"issuing body {body_id}")
    if body.valid_from is not None and valid_to < body.valid_from:
        raise InvalidInput("Ngày kết thúc trước ngày bắt đầu.", "valid_to")
    body.valid_to = valid_to
    audit.record(session, actor, "issuing_body.ended", body.id)


def add_signer(
    session: Session, actor: Actor, *, body_id: int, post_id: int, authority: SigningAuthority
) -> None:
    """Let a post sign for an issuing body, in the place that its authority names.

    Raises:
        RuleViolated: it does so already.
    """
    actor = authorize(actor, MANAGE)
    body = session.get(IssuingBody, body_id)
    if body is None:
        raise NotFound(f"issuing body {body_id}")
    queries.get_post(session, post_id)
    if any(s.post_id == post_id and s.authority is authority for s in body.signers):
        raise RuleViolated("Người ký này đã có trong danh sách.")
    body.signers.append(
        IssuingBodySigner(post_id=post_id, authority=authority, position=len(body.signers))
    )
    audit.record(session, actor, "issuing_body.signer_added", body.id, post=post_id)


def remove_signer(session: Session, actor: Actor, *, body_id: int, signer_id: int) -> None:
    """A post signs for the body no longer."""
    actor = authorize(actor, MANAGE)
    body = session.get(IssuingBody, body_id)
    found = [row for row in body.signers if row.id == signer_id] if body else []
    if body is None or not found:
        raise NotFound(f"signer {signer_id}")
    body.signers.remove(found[0])
    audit.record(session, actor, "issuing_body.signer_removed", body.id, post=found[0].post_id)


def set_up_own_organ(session: Session, actor: Actor, *, name: str) -> Organ:
    """Name the organ whose system this is; once, when it is installed."""
    organ = session.scalar(sa.select(Organ).where(Organ.is_own.is_(True)))
    if organ is None:
        organ = ensure_organ(session, actor, name)
        organ.is_own, organ.level = True, _guess_level(name)
        session.flush()
    return organ


def _set_code(organ: Organ, value: str) -> None:
    current = next((c for c in organ.codes if c.scheme == IDENTIFIER and c.valid_to is None), None)
    if current is not None and current.value != value:
        current.valid_to = today()
        current = None
    if current is None and value:
        organ.codes.append(OrganCode(scheme=IDENTIFIER, value=value, valid_from=today()))


def _tidy(name: str) -> str:
    tidy = " ".join(name.split())
    if not fold_name(tidy):
        raise InvalidInput("Hãy điền tên cơ quan.", "name")
    if len(tidy) > 200:
        raise InvalidInput("Tên cơ quan dài quá 200 ký tự.", "name")
    return tidy


def _guess_level(name: str) -> OrganLevel:
    """A first guess from the words of the name, for a person to correct."""
    words = f" {fold_name(name)} "
    guesses = (
        ((" phuong ", " xa ", " dac khu "), OrganLevel.COMMUNE),
        ((" quan ", " huyen "), OrganLevel.DISTRICT),
        ((" tinh ", " thanh pho ", " so "), OrganLevel.PROVINCE),
        ((" bo ", " chinh phu ", " quoc hoi ", " trung uong "), OrganLevel.CENTRAL),
    )
    for marks, level in guesses:
        if any(mark in words for mark in marks):
            return level
    return OrganLevel.EXTERNAL
