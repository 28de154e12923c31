"""In whose name a post signs: TM., KT., TL., TUQ., Q. (decree 30/2020, art. 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import NotFound, RuleViolated
from app.organisation.models import (
    Delegation,
    DelegationState,
    IssuingBody,
    IssuingBodySigner,
    Person,
    Post,
    SigningAuthority,
)
from app.organisation.queries import get_person, get_post, holders, posts_with_role
from app.security import Actor, Role

A = SigningAuthority
COLLECTIVES = ("ỦY BAN NHÂN DÂN", "HỘI ĐỒNG NHÂN DÂN")


@dataclass(frozen=True, slots=True)
class SigningBlock:
    """What stands above the signature: authority lines, the position, and the name under it."""

    authority: SigningAuthority
    lines: tuple[str, ...]
    position: str
    name: str


def get_body(session: Session, body_id: int) -> IssuingBody:
    """Raises NotFound."""
    body = session.get(IssuingBody, body_id)
    if body is None:
        raise NotFound(f"issuing body {body_id}")
    return body


def signing_block(
    session: Session, body_id: int, post_id: int, *, actor: Actor | None = None
) -> SigningBlock:
    """The block of a post's signature for a body now.

    The body's own list of signers decides; a post that is not on it signs as a leader of the
    organ, or by a dated delegation. `actor` is who really signs: acting for another, it is TUQ.

    Raises RuleViolated when the post has no authority to sign for the body.
    """
    body, post = get_body(session, body_id), get_post(session, post_id)
    if actor is not None and actor.in_post(post_id).on_behalf_of is not None:
        return _delegated(session, post, get_person(session, actor.person_id or 0))
    top = _top(session, body)
    people = holders(session, post_id)
    name = people[0].full_name if people else ""
    row = next((one for one in body.signers if one.post_id == post_id), None)
    if row is not None:
        return _block(row.authority, body, post, top, name)
    lent = _delegation(session, body, people, now())
    if lent is not None:
        return _delegated(session, lent, people[0])
    if Role.LEADER not in post.roles:
        raise RuleViolated(f"{post.label} chưa được giao ký văn bản của {body.name}.")
    if post.id != top.id:
        return _block(A.KT, body, post, top, name)
    return _block(A.TM if _collective(body) else A.DIRECT, body, post, top, name)


def _top(session: Session, body: IssuingBody) -> Post:
    """Who heads the body: the one that signs directly or for the collective."""
    for row in body.signers:
        if row.authority in (A.TM, A.DIRECT, A.Q):
            return get_post(session, row.post_id)
    leaders = posts_with_role(session, Role.LEADER)
    if not leaders:
        raise RuleViolated("Chưa có chức vụ lãnh đạo nào để ký văn bản.")
    return leaders[0]


def _collective(body: IssuingBody) -> str | None:
    """The name after TM., if the body decides as a whole."""
    first = str(body.head_lines[0]).upper() if body.head_lines else ""
    return next((name for name in COLLECTIVES if first.startswith(name)), None)


def _block(
    authority: SigningAuthority, body: IssuingBody, post: Post, top: Post, name: str
) -> SigningBlock:
    collective, title = _collective(body), post.title.upper()
    whole = (f"TM. {collective}",) if collective else ()
    lines: dict[SigningAuthority, tuple[str, ...]] = {
        A.DIRECT: (),
        A.TM: whole,
        A.KT: (*whole, f"KT. {top.title.upper()}"),
        A.TL: (f"TL. {top.title.upper()}",),
        A.TUQ: (f"TUQ. {top.title.upper()}",),
        A.Q: whole,
    }
    position = f"Q. {top.title.upper()}" if authority is A.Q else title
    return SigningBlock(authority, lines[authority], position, name)


def _delegated(session: Session, lender: Post, person: Person) -> SigningBlock:
    """“TUQ. CHỦ TỊCH / TRƯỞNG PHÒNG”: the person's own main post stands as the position."""
    own = next((h.post for h in person.holdings if h.is_main), None)
    position = own.title.upper() if own is not None else ""
    return SigningBlock(A.TUQ, (f"TUQ. {lender.title.upper()}",), position, person.full_name)


def _delegation(
    session: Session, body: IssuingBody, people: list[Person], at: datetime
) -> Post | None:
    """The post that lent its authority to one of these people now, if it signs for the body."""
    rows = sa.select(Delegation).where(
        Delegation.to_person_id.in_([person.id for person in people]),
        Delegation.state == DelegationState.APPROVED,
        Delegation.valid_from <= at,
        Delegation.valid_to > at,
    )
    able = {row.post_id for row in body.signers}
    able |= {post.id for post in posts_with_role(session, Role.LEADER)}
    for delegation in session.scalars(rows.order_by(Delegation.id)):
        if delegation.from_post_id in able:
            return get_post(session, delegation.from_post_id)
    return None


def signers_of(session: Session, body_id: int) -> list[Post]:
    """The posts that may sign for a body: its own list first, then the leaders."""
    listed = sa.select(IssuingBodySigner.post_id).where(
        IssuingBodySigner.issuing_body_id == body_id
    )
    posts = [get_post(session, post_id) for post_id in session.scalars(listed)]
    known = {post.id for post in posts}
    return posts + [p for p in posts_with_role(session, Role.LEADER) if p.id not in known]
