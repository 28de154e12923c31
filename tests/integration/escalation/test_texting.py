"""Text messages go through a gateway once; it may be away, refuse, or know of their arrival."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from app import clock, relay
from app.db import reading
from app.escalation import handlers, sms_line
from app.escalation.models import CallState, Channel, EscalationCall
from app.escalation.texting import mobile
from config.settings import Settings, SmsSettings
from tests.conftest import Houses
from tests.factories import Office
from tests.integration.escalation.conftest import TITLE, give_phone, minutes, start

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class FakeGateway:
    """Takes messages as an operator would; `answers` are given first, then 200."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    fake = FakeGateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["Authorization"] == "Bearer khoa-thu"
            status, body = fake.answers.pop(0) if fake.answers else (200, {})
            if status == 200:
                fake.taken.append(message)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_words: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}/send"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def app(settings: Settings, houses: Houses, gateway: FakeGateway) -> Iterator[Flask]:
    sms = SmsSettings(gateway.url, "khoa-thu")
    yield houses.at(replace(settings, sms=sms, public_url="https://cv.vi-du.vn"))
    houses.at(settings)


def text_call() -> EscalationCall:
    with reading() as session:
        [call] = session.query(EscalationCall).filter_by(channel=Channel.SMS)
        return call


def test_a_message_names_the_matter_and_where_to_answer_and_goes_once(
    office: Office, gateway: FakeGateway
) -> None:
    give_phone(office.duty, "0912 345 678")
    gateway.answers.append((503, {}))
    start(office)

    relay.deliver_once(handlers.texts())
    assert (text_call().state, text_call().attempts, gateway.taken) == (CallState.QUEUED, 1, [])
    with clock.frozen(minutes(1)):
        relay.deliver_once(handlers.texts())
    with clock.frozen(minutes(2)):
        assert relay.deliver_once(handlers.texts()) == 0

    [message] = gateway.taken
    assert message["to"] == "+84912345678"
    assert message["text"].startswith(TITLE)
    assert "https://cv.vi-du.vn/goi-theo-cap/" in message["text"]
    assert text_call().state is CallState.SENT


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((200, {"state": "delivered"}), CallState.DELIVERED),
        ((409, {}), CallState.SENT),
        ((422, {}), CallState.FAILED),
    ],
)
def test_what_the_gateway_says_is_what_the_page_shows(
    office: Office, gateway: FakeGateway, answer: tuple[int, dict[str, str]], state: CallState
) -> None:
    give_phone(office.duty, "+84 912.345.678")
    gateway.answers.append(answer)
    start(office)

    relay.deliver_once(handlers.texts())

    assert text_call().state is state


def test_the_page_of_health_counts_messages_that_did_not_go(
    office: Office, gateway: FakeGateway
) -> None:
    give_phone(office.duty, "0912345678")
    gateway.answers.append((422, {}))
    for thing_id in (1, 2):
        start(office, thing_id=thing_id)
        relay.deliver_once(handlers.texts())

    with reading() as session:
        line = sms_line(session)

    assert line.tone == "warn"
    assert line.text == "Bảy ngày qua: 1 tin đã gửi, 1 tin không gửi được."


def test_nobody_without_a_mobile_number_is_said_to_have_been_told(office: Office) -> None:
    give_phone(office.duty, "024 3825 0000")

    start(office)

    assert text_call().state is CallState.FAILED
    assert [mobile(text) for text in ("0912345678", "+84 35-123-4567", "113", "0243825000")] == [
        "+84912345678", "+84351234567", "", "",
    ]  # fmt: skip
