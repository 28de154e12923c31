"""A call by mail leads to the page of the call, and the page says how far it came."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app import relay
from app.db import reading, transaction
from app.escalation.models import CallState, Channel, EscalationCall
from app.escalation.queries import lines_of
from app.notifications.handlers import MailConsumer
from app.notifications.services import mark_read
from tests.factories import Office
from tests.integration.escalation.conftest import TITLE, case_of, start
from tests.integration.notifications.conftest import (
    Postbox,
    give_addresses,
    port,
    postbox,
    serving,
    settings,
)

__all__ = ["port", "postbox", "settings"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def states() -> dict[Channel, CallState]:
    with reading() as session:
        lines = lines_of(session, session.scalars(sa.select(EscalationCall)).all())
        return {line.call.channel: line.state for line in lines.values()}


def test_a_call_by_mail_leads_to_its_page_and_the_page_says_how_far_it_came(
    office: Office, postbox: Postbox, port: int
) -> None:
    give_addresses(office.duty)
    case = case_of(start(office))
    assert states() == {Channel.APP: CallState.SENT, Channel.MAIL: CallState.QUEUED}

    with serving(postbox, port):
        relay.deliver_once(MailConsumer())

    [mail] = postbox.to(office.duty)
    body = mail.get_body(("plain",))
    assert TITLE in mail["Subject"]
    assert body is not None
    assert f"https://congvu.vi-du.vn/goi-theo-cap/{case.token}" in body.get_content()
    with transaction() as session:
        mark_read(session, office.duty, thing=("escalation", case.id))
    assert states() == {Channel.APP: CallState.DELIVERED, Channel.MAIL: CallState.SENT}
