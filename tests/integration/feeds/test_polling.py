"""Polled sources: what is new is taken once, a failing server is asked ever more rarely."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, Thread
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from app import clock
from app.db import reading
from app.feeds import fetching
from app.feeds.models import FeedFault, FeedPoll, FeedSignal
from app.feeds.polling import order_of, poll_due
from app.feeds.services.polling import LONGEST_BACK_OFF, next_look
from app.feeds.words import Format, SourceKind
from tests.factories import Office
from tests.integration.feeds.conftest import Desk, source_for
from tests.integration.feeds.test_taking import event
from tests.unit.feeds.test_reading import CAP

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@dataclass(slots=True)
class Station:
    """A server of somebody else's."""

    url: str = ""
    body: bytes = b"[]"
    status: int = 200
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    told_unchanged: int = 0
    drips: bool = False  # a byte at a time


@pytest.fixture
def station() -> Iterator[Station]:
    made = Station()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(parse_qs(urlsplit(self.path).query))
            tag = f'"{hash(made.body)}"'
            same = self.headers.get("If-None-Match") == tag
            made.told_unchanged += same
            self.send_response(304 if same else made.status)
            self.send_header("ETag", tag)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            for byte in made.body if made.drips and not same else b"":
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)
            if not same and not made.drips:
                self.wfile.write(made.body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/tin"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join(5)


def state() -> FeedPoll:
    with reading() as session:
        return session.scalars(sa.select(FeedPoll)).one()


def look(minutes: float = 0) -> None:
    """Everything that is due so many minutes after the beginning is looked at."""
    with clock.frozen(AT + timedelta(minutes=minutes)):
        assert poll_due()


def test_what_is_new_is_taken_once_and_the_same_is_not_even_sent(
    office: Office, desk: Desk, station: Station
) -> None:
    station.body = json.dumps([event(1), event(2)]).encode()
    with clock.frozen(AT):
        source_for(office, "probe_events", SourceKind.POLL, address=station.url)

    look()
    look(0.5)  # not due yet
    look(1)
    station.body = json.dumps([event(2), event(3)]).encode()
    look(2)

    assert desk.seen == ["e1", "e2", "e3"]
    assert (len(station.asked), station.told_unchanged) == (3, 1)
    assert (state().failures, state().due_at) == (0, AT + timedelta(minutes=3))


def test_two_pollers_take_everything_once(office: Office, desk: Desk, station: Station) -> None:
    station.body = json.dumps([event(no) for no in range(700)]).encode()
    with clock.frozen(AT):
        source_for(office, "probe_events", SourceKind.POLL, address=station.url)
        barrier = Barrier(2)

        def poll() -> None:
            barrier.wait()
            poll_due()

        threads = [Thread(target=poll) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    assert len(station.asked) == 1
    assert sorted(desk.seen) == sorted(f"e{no}" for no in range(700))


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (500, "Máy chủ trả lời lỗi 500."),
        (302, "Máy chủ chuyển sang địa chỉ khác. Hãy khai báo đúng địa chỉ cuối."),
        (200, "Dữ liệu không phải JSON hợp lệ."),
    ],
)
def test_a_failure_is_said_and_tried_again_later_and_later(
    office: Office, desk: Desk, station: Station, status: int, sentence: str
) -> None:
    station.status, station.body = status, b"<html>"
    with clock.frozen(AT):
        source_for(office, "probe_events", SourceKind.POLL, address=station.url)

    look()
    look(2)

    assert (state().failures, state().last_error) == (2, sentence)
    assert state().due_at == AT + timedelta(minutes=6)
    station.status, station.body = 200, json.dumps([event(1)]).encode()
    look(6)
    assert (state().failures, state().last_error, desk.seen) == (0, "", ["e1"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_next_look_begins_behind_the_last_one(
    office: Office, desk: Desk, station: Station
) -> None:
    station.body = json.dumps([event(1) | {"no": 41}, event(2) | {"no": 42}]).encode()
    with clock.frozen(AT):
        source_for(
            office, "probe_events", SourceKind.POLL, address=station.url,
            settings={"cursor": {"from": "no", "param": "sau"}},
        )  # fmt: skip

    look()
    station.body = b"[]"
    look(1)
    look(2)

    assert station.asked == [{}, {"sau": ["42"]}, {"sau": ["42"]}]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_server_that_drips_holds_nobody_up(
    office: Office, desk: Desk, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 0.3)
    station.body, station.drips = json.dumps([event(1)]).encode() * 20, True
    with clock.frozen(AT):
        source_for(office, "probe_events", SourceKind.POLL, address=station.url)

    look()

    assert (state().failures, state().last_error) == (1, fetching.TOO_SLOW)


def test_numbers_of_a_cursor_are_compared_as_numbers() -> None:
    assert sorted(["99", "", "100", "9.5"], key=order_of) == ["", "9.5", "99", "100"]
    assert max("2026-11-22", "2026-11-23", key=order_of) == "2026-11-23"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_bulletin_is_read_apart_and_replayed_from_what_was_kept(
    office: Office, desk: Desk, station: Station
) -> None:
    station.body = CAP.encode()
    with clock.frozen(AT):
        source_for(
            office, "probe_events", SourceKind.POLL, address=station.url, format=Format.CAP,
            mapping={"fields": {"what": "event", "level": "severity"}},
        )  # fmt: skip

    look()

    with reading() as session:
        signal = session.scalars(sa.select(FeedSignal)).one()
        assert (signal.external_id, signal.reason) == ("KTTV-1", "Không có loại “Lũ”.")
        assert session.scalar(sa.select(sa.func.count(FeedFault.id))) == 0


def test_the_pause_doubles_up_to_an_hour() -> None:
    pauses = [next_look(AT, 60, failures) - AT for failures in range(30)]

    assert pauses[:4] == [timedelta(minutes=n) for n in (1, 2, 4, 8)]
    assert max(pauses) == LONGEST_BACK_OFF
    assert next_look(AT, 7200, 5) - AT == timedelta(hours=2)  # never sooner than planned
