"""In whose name a post signs: TM., KT., TL., TUQ., Q. (decree 30/2020, art. 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now, today
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
from app.organisation.queries import actor_for, get_person, get_post, holders, posts_with_role
from app.outgoing.models import OutgoingDocument
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
    organ, or by a dated delegation of the head: a deputy then signs KT., a head of unit TUQ.
    `actor` is who really signs.

    Raises RuleViolated when the post has no authority to sign for the body.
    """
    body, post = get_body(session, body_id), get_post(session, post_id)
    top = _top(session, body)
    if actor is not None and actor.in_post(post_id).on_behalf_of is not None:
        return _acting(body, post, top, get_person(session, actor.person_id or 0))
    people = holders(session, post_id)
    if actor is not None:
        people = [one for one in people if one.id == actor.person_id] or people
    name = people[0].full_name if people else ""
    row = next((one for one in body.signers if one.post_id == post_id), None)
    if row is not None:
        return _block(row.authority, body, post, top, name)
    lent = _trusted(session, top, people, now())
    if lent is not None:
        return _acting(body, top, top, lent)
    if Role.LEADER not in post.roles:
        raise RuleViolated(f"{post.label} chưa được giao ký văn bản của {body.name}.")
    if post.id != top.id:
        return _block(A.KT, body, post, top, name)
    return _block(A.TM if _collective(body) else A.DIRECT, body, post, top, name)


def must_still_sign(session: Session, document: OutgoingDocument) -> None:
    """Whoever agreed must have the same authority at the moment the signature is made: posts end,
    and delegations run out, between the two.

    Raises RuleViolated when it is another by now, or none.
    """
    person_id, post_id = document.signer_person_id, document.signer_post_id
    if person_id is None or post_id is None:
        raise RuleViolated("Văn bản chưa có người duyệt ký.")
    try:
        actor = actor_for(session, person_id)
        able = post_id in actor.post_ids
        block = signing_block(session, document.issuing_body_id, post_id, actor=actor)
    except (NotFound, RuleViolated):
        able = False
    if not able or (block.authority, list(block.lines), block.position) != (
        document.signing_authority, list(document.authority_lines), document.signer_position,
    ):  # fmt: skip
        raise RuleViolated(
            f"Thẩm quyền ký của {document.signer_name} không còn như lúc duyệt (ủy quyền hết hạn "
            "hoặc đã đổi chức vụ). Hãy trả lại văn bản để trình ký lại."
        )


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


def _acting(body: IssuingBody, lender: Post, top: Post, person: Person) -> SigningBlock:
    """The block of who acts in another's post: a deputy of the body signs KT. in their own post, a
    head of unit TUQ. (decree 30/2020, art. 13.3). Authority that was lent is not lent further.

    Raises RuleViolated for anybody else, and when it is not the head's post.
    """
    day = today()
    posts = [
        held.post
        for held in sorted(person.holdings, key=lambda one: not one.is_main)
        if held.valid_from <= day and (held.valid_to is None or held.valid_to >= day)
    ]
    deputy = next((post for post in posts if Role.LEADER in post.roles), None)
    if deputy is not None and deputy.id != top.id:
        return _block(A.KT, body, deputy, top, person.full_name)
    if lender.id != top.id:
        raise RuleViolated(f"Chỉ {top.title} được ủy quyền ký văn bản của {body.name}.")
    unit_head = next((post for post in posts if post.is_head), None)
    if unit_head is None:
        raise RuleViolated("Chỉ cấp phó ký thay, hoặc người đứng đầu đơn vị ký thừa ủy quyền.")
    return _block(A.TUQ, body, unit_head, top, person.full_name)


def _trusted(session: Session, top: Post, people: list[Person], at: datetime) -> Person | None:
    """Who of these people acts for the head of the body now, by an approved delegation."""
    rows = sa.select(Delegation.to_person_id).where(
        Delegation.to_person_id.in_([person.id for person in people]),
        Delegation.from_post_id == top.id,
        Delegation.state == DelegationState.APPROVED,
        Delegation.valid_from <= at,
        Delegation.valid_to > at,
    )
    able = set(session.scalars(rows))
    return next((person for person in people if person.id in able), None)


def signers_of(session: Session, body_id: int) -> list[Post]:
    """The posts that may sign for a body: its own list first, then the leaders."""
    listed = sa.select(IssuingBodySigner.post_id).where(
        IssuingBodySigner.issuing_body_id == body_id
    )
    posts = [get_post(session, post_id) for post_id in session.scalars(listed)]
    known = {post.id for post in posts}
    return posts + [p for p in posts_with_role(session, Role.LEADER) if p.id not in known]
