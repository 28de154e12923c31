"""What the relay does for this room: text messages, and letters that came out of hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.db import reading, transaction
from app.escalation import texting
from app.escalation.events import TextReady
from app.escalation.models import CallState, EscalationCall
from app.escalation.queries import KIND
from app.escalation.services import Subject, start_escalation
from app.escalation.waiting import WAITING
from app.incoming.events import LetterRegistered
from app.incoming.models import IncomingDocument, Urgency
from app.incoming.queries.letters import KIND as LETTER
from app.organisation.queries import get_person
from app.relay import HandlerConsumer
from app.security import SYSTEM

MOST_ATTEMPTS = 6


def texts() -> HandlerConsumer:
    """The consumer “sms”: only where a gateway is configured."""
    made = HandlerConsumer("sms", lease=timedelta(minutes=5))
    made.on(TextReady.name, send_text)
    return made


def letters() -> HandlerConsumer:
    """The consumer “escalation”."""
    made = HandlerConsumer(KIND)
    made.on(LetterRegistered.name, on_letter_registered)
    return made


def on_letter_registered(payload: Mapping[str, Any]) -> None:
    """A Hỏa tốc letter out of hours: the desk, the chief, the leader are called in turn."""
    with transaction("escalation.letter") as session:
        letter = session.get(IncomingDocument, int(payload["letter_id"]))
        if letter is None or letter.urgency != Urgency.FLASH or letter.status not in WAITING:
            return
        title = f"Hỏa tốc: văn bản đến số {letter.arrival_number}"
        start_escalation(session, SYSTEM, Subject(LETTER, letter.id, title), "urgent_letter")


def send_text(payload: Mapping[str, Any]) -> None:
    """Send a message that still helps; raises Later to be called again."""
    gateway = texting.configured()
    if gateway is None:
        raise texting.Later("no gateway is configured")
    with reading() as session:
        call = session.get(EscalationCall, int(payload["call_id"]))
        if call is None or call.state is not CallState.QUEUED or call.level.case.ended_at:
            return
        case = call.level.case
        phone, key = get_person(session, call.person_id).phone, f"{case.token}-{call.id}"
        link = f" {gateway.public_url}/goi-theo-cap/{case.token}" if gateway.public_url else ""
        text = f"{case.title}. Xác nhận “Đã nhận”:{link or ' trong hệ thống'}"
        call_id, tried = call.id, call.attempts
    try:
        arrived = texting.send(gateway, to=phone, text=text, key=key)
    except texting.Refused as error:
        _note(call_id, CallState.FAILED, str(error))
    except texting.Later as error:
        given_up = tried + 1 >= MOST_ATTEMPTS
        reason = f"Cổng tin nhắn không trả lời ({error})."
        _note(call_id, CallState.FAILED if given_up else CallState.QUEUED, reason)
        if not given_up:
            raise
    else:
        _note(call_id, CallState.DELIVERED if arrived else CallState.SENT)


def _note(call_id: int, state: CallState, note: str = "") -> None:
    with transaction("escalation.texted") as session:
        call = session.get_one(EscalationCall, call_id, with_for_update=True)
        call.attempts += 1
        if call.state is CallState.QUEUED:
            call.become(state, note)
