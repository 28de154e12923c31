"""Writing playbooks, putting them in force, saying which unit answers as what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

import config
from app import audit
from app.clock import now
from app.errors import EditConflict, InvalidInput, NotFound, RuleViolated
from app.operations import permissions
from app.operations.catalogue import catalogue
from app.operations.models import Playbook, PlaybookVersion, ResponseUnit
from app.operations.plans import BadPlan, parse
from app.operations.queries.playbooks import playbook_by_token
from app.organisation import queries as organisation
from app.security import Actor, authorize

DATA = Path(config.__file__).parent / "data" / "playbooks.yaml"
LONGEST_KEY = 40


def draft_playbook(
    session: Session, actor: Actor, *, key: str, name: str, definition: Mapping[str, Any]
) -> Playbook:
    """Write a new playbook; it starts by itself only when a leader has approved it.

    Raises:
        InvalidInput: the definition cannot be carried out, or a name is missing or taken.
    """
    actor = authorize(actor, permissions.DRAFT_PLAYBOOK)
    if not name.strip():
        raise InvalidInput("Hãy ghi tên kịch bản.", "name")
    if not key.isascii() or not key.replace("_", "").isalnum() or len(key) > LONGEST_KEY:
        raise InvalidInput("Mã kịch bản chỉ gồm chữ không dấu, số và gạch dưới.", "key")
    if session.scalar(sa.select(Playbook.id).where(Playbook.key == key)) is not None:
        raise InvalidInput("Mã kịch bản này đã có.", "key")
    playbook = Playbook(key=key, name=name.strip()[:200])
    session.add(playbook)
    session.flush()
    _add_version(session, actor, playbook, 1, definition)
    audit.record(session, actor, "playbook.drafted", playbook.id)
    return playbook


def reword_playbook(
    session: Session,
    actor: Actor,
    *,
    token: str,
    name: str,
    definition: Mapping[str, Any],
    version: int,
) -> PlaybookVersion:
    """Write the next version; the one in force stays until a leader approves this one. Runs go on
    in the version they started in. Raises InvalidInput, EditConflict."""
    actor = authorize(actor, permissions.DRAFT_PLAYBOOK)
    playbook = playbook_by_token(session, token, lock=True)
    if playbook.version != version:
        raise EditConflict(f"playbook {playbook.id} is at {playbook.version}, not {version}")
    if not name.strip():
        raise InvalidInput("Hãy ghi tên kịch bản.", "name")
    playbook.name = name.strip()[:200]
    made = _add_version(session, actor, playbook, playbook.versions[-1].no + 1, definition)
    audit.record(session, actor, "playbook.reworded", playbook.id, no=made.no)
    return made


def approve_playbook(session: Session, actor: Actor, *, token: str, no: int) -> Playbook:
    """Put a version in force and let it start by itself. Raises NotFound, RuleViolated when its
    author approves it."""
    actor = authorize(actor, permissions.APPROVE_PLAYBOOK)
    playbook = playbook_by_token(session, token, lock=True)
    found = next((one for one in playbook.versions if one.no == no), None)
    if found is None:
        raise NotFound(f"playbook {token}, version {no}")
    if found.made_by_post_id is not None and found.made_by_post_id in actor.post_ids:
        raise RuleViolated("Người soạn không tự ban hành kịch bản của mình.")
    found.approved_by_post_id, found.approved_at = actor.post_id, now()
    playbook.current_no, playbook.is_on = no, True
    audit.record(session, actor, "playbook.approved", playbook.id, no=no)
    return playbook


def switch_playbook_off(session: Session, actor: Actor, *, token: str) -> Playbook:
    """Let it start no more by itself; what runs goes on."""
    actor = authorize(actor, permissions.APPROVE_PLAYBOOK)
    playbook = playbook_by_token(session, token, lock=True)
    playbook.is_on = False
    audit.record(session, actor, "playbook.switched_off", playbook.id)
    return playbook


def set_response_unit(
    session: Session, actor: Actor, *, responder: str, unit_id: int | None
) -> None:
    """Say which unit answers as what; None leaves it to the names of the units again.

    Raises:
        InvalidInput: no such responder, or nobody heads the unit.
    """
    actor = authorize(actor, permissions.DRAFT_PLAYBOOK)
    if responder not in catalogue().responders:
        raise InvalidInput("Không có lực lượng này.", "responder")
    known = session.get(ResponseUnit, responder, with_for_update=True)
    if unit_id is None:
        if known is not None:
            session.delete(known)
    else:
        organisation.get_unit(session, unit_id)
        if organisation.head_post(session, unit_id) is None:
            raise InvalidInput("Đơn vị này chưa có người phụ trách.", "unit_id")
        row = known or ResponseUnit(responder=responder)
        row.unit_id, row.set_by_post_id, row.set_at = unit_id, actor.post_id, now()
        session.add(row)
    audit.record(session, actor, "response_unit.set", unit=unit_id, responder=responder)


def load_samples(session: Session, drafter: Actor, approver: Actor) -> int:
    """Put the playbooks of `config/data/playbooks.yaml` in force that are not there yet. Returns
    how many came in."""
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    known = set(session.scalars(sa.select(Playbook.key)))
    fresh = [one for one in data["playbooks"] if one["key"] not in known]
    for one in fresh:
        definition = {"when": one["when"], "steps": one["steps"]}
        made = draft_playbook(
            session, drafter, key=one["key"], name=one["name"], definition=definition
        )
        approve_playbook(session, approver, token=made.token, no=1)
    return len(fresh)


def _add_version(
    session: Session, actor: Actor, playbook: Playbook, no: int, definition: Mapping[str, Any]
) -> PlaybookVersion:
    try:
        parse(definition, catalogue())
    except BadPlan as error:
        raise InvalidInput(str(error), "definition") from None
    made = PlaybookVersion(
        playbook_id=playbook.id, no=no, definition=dict(definition), made_by_post_id=actor.post_id
    )
    session.add(made)
    session.flush()
    return made
