"""Which acts on an incident somebody may do now: what its page offers. The services ask again."""

from __future__ import annotations

import enum

from app.operations import permissions
from app.operations.models import MOVES, Incident, IncidentState
from app.security import Actor


class Act(enum.Enum):
    """An act; the value is the last part of its address."""

    VERIFY = "xac-minh"
    DISPATCH = "dieu-dong"
    ARRIVE = "toi-noi"
    CONTROL = "khong-che"
    RESOLVE = "giai-quyet"
    REVIEW = "rut-kinh-nghiem"
    NOTE = "ghi-chu"
    JUDGE = "muc-do"
    EDIT = "sua"
    START = "kich-ban"
    MERGE = "gop"
    PART = "bo-gop"
    FALSE_ALARM = "bao-nham"
    REOPEN = "mo-lai"


S = IncidentState
STEPS: dict[Act, IncidentState] = {
    Act.VERIFY: S.VERIFIED,
    Act.ARRIVE: S.ON_SCENE,
    Act.CONTROL: S.CONTROLLED,
    Act.RESOLVE: S.RESOLVED,
    Act.FALSE_ALARM: S.FALSE_ALARM,
}
"""Acts that only take the incident to a state."""


def acts_for(actor: Actor, incident: Incident) -> list[Act]:
    """The acts in the order of importance: the first is what the page puts forward."""
    records = actor.may(permissions.RECORD)
    handles = actor.may(permissions.HANDLE)
    decides = actor.may(permissions.DECIDE)
    rights = {
        Act.VERIFY: records, Act.FALSE_ALARM: records, Act.ARRIVE: handles, Act.CONTROL: handles,
        Act.RESOLVE: records or decides,
    }  # fmt: skip
    found = [act for act, to in STEPS.items() if rights[act] and to in MOVES[incident.state]]
    if incident.is_open:
        _put(found, Act.DISPATCH, records, first=incident.state is not S.REPORTED)
        for act, may in (
            (Act.NOTE, handles), (Act.JUDGE, decides), (Act.START, records),
            (Act.EDIT, records), (Act.MERGE, records),
        ):  # fmt: skip
            _put(found, act, may)
        found.sort(key=lambda act: act is Act.FALSE_ALARM)
    elif incident.state is S.RESOLVED:
        _put(found, Act.REVIEW, decides)
    _put(found, Act.PART, records and incident.state is S.DUPLICATE)
    _put(found, Act.REOPEN, records and bool(MOVES[incident.state] & {S.ON_SCENE, S.REPORTED})
         and not incident.is_open)  # fmt: skip
    return [act for act in found if not (act is Act.ARRIVE and not incident.is_open)]


def _put(found: list[Act], act: Act, may: bool, *, first: bool = False) -> None:
    if may:
        found.insert(0 if first else len(found), act)


def reopened(incident: Incident) -> IncidentState:
    """The state in which a closed incident is open again."""
    return S.REPORTED if incident.state is S.FALSE_ALARM else S.ON_SCENE
