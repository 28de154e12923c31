"""Tokens of machine clients: scanners and other systems that use the API in a post."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput, NotFound, PermissionDenied
from app.organisation import queries
from app.organisation.models import API_SCOPES, ApiToken, Person
from app.organisation.passwords import new_token, token_hash
from app.organisation.permissions import MANAGE
from app.security import Actor, Role, authorize

USED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine client as the API sees it."""

    token_id: int
    actor: Actor
    scopes: frozenset[str]
    used_long_ago: bool  # `mark_used` is due


def create_token(
    session: Session, actor: Actor, *, name: str, post_id: int, scopes: Collection[str]
) -> str:
    """Let a machine in, acting in a post, as a person of its own without a password.

    Returns the token, which is shown this once.

    Raises:
        InvalidInput: an unknown scope, or the post is an administrator's.
    """
    actor = authorize(actor, MANAGE)
    unknown = set(scopes) - API_SCOPES.keys()
    if unknown or not scopes:
        raise InvalidInput("Hãy chọn phạm vi: " + ", ".join(API_SCOPES) + ".", "scopes")
    post = queries.get_post(session, post_id)
    if Role.ADMINISTRATOR in post.roles:
        raise InvalidInput("Máy không được hoạt động với quyền quản trị.", "post_id")
    machine = Person(full_name=name.strip(), login=f"may-{secrets.token_hex(6)}", is_machine=True)
    session.add(machine)
    session.flush()
    token = new_token()
    row = ApiToken(
        name=name.strip(),
        token_hash=token_hash(token),
        post_id=post_id,
        person_id=machine.id,
        scopes=sorted(scopes),
        created_by=actor.person_id,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "api_token.created", row.id, post=post_id)
    return token


def revoke_token(session: Session, actor: Actor, *, token_id: int) -> None:
    """The machine is let in no longer."""
    actor = authorize(actor, MANAGE)
    row = session.get(ApiToken, token_id)
    if row is None:
        raise NotFound(f"api token {token_id}")
    row.revoked_at = row.revoked_at or now()
    audit.record(session, actor, "api_token.revoked", row.id)


def machine_of(session: Session, token: str) -> Machine | None:
    """Who a bearer token stands for; None for an unknown or revoked one. Reads only."""
    row = session.scalar(
        sa.select(ApiToken).where(
            ApiToken.token_hash == token_hash(token), ApiToken.revoked_at.is_(None)
        )
    )
    if row is None:
        return None
    actor = queries.actor_for_post(session, row.post_id, person_id=row.person_id, name=row.name)
    due = row.last_used_at is None or now() - row.last_used_at > USED_EVERY
    return Machine(row.id, actor, frozenset(row.scopes), due)


def require_scope(machine: Machine | None, scope: str) -> Actor:
    """The machine as an actor. Raises PermissionDenied without the scope."""
    if machine is None or scope not in machine.scopes:
        raise PermissionDenied(f"token lacks {scope}", "Mã truy cập không có quyền này.")
    return machine.actor


def mark_used(session: Session, token_id: int) -> None:
    """Remember when the token was last used, for the list of tokens."""
    session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now()))
