"""Server-sent events: one broadcaster thread a process fills the bounded queues of its streams.

A stream holds no database session and no connection. The outbox is the feed: once a second the
broadcaster reads the events that are new, and tells each stream the topics (kinds) of which
something changed that its actor may see, and the notices to its posts.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import reading
from app.notifications.events import NoticeGiven
from app.notifications.models import Notification
from app.outbox import OutboxEvent, ThingChanged, ThingPurged
from app.security import Actor, terms_of

log = logging.getLogger(__name__)

MOST_STREAMS = 200  # a process; above it pages poll
STREAM_SECONDS = 600  # then the client comes back and its rights are looked up again
BEAT_SECONDS = 20
QUEUE_SIZE = 50
WATCHED = (ThingChanged.name, ThingPurged.name, NoticeGiven.name)

Message = dict[str, Any]


@dataclass(eq=False, slots=True)
class Stream:
    """One open page: whose it is, and what it has not been told yet."""

    actor: Actor
    waiting: queue.Queue[Message] = field(default_factory=lambda: queue.Queue(QUEUE_SIZE))

    def tell(self, message: Message) -> None:
        """Hand over a message; a page that does not keep up misses it and refreshes later."""
        try:
            self.waiting.put_nowait(message)
        except queue.Full:
            log.info("a stream of person %s does not keep up", self.actor.person_id)


@dataclass(frozen=True, slots=True)
class News:
    """What happened since the last look."""

    things: dict[tuple[str, int], set[str]]  # with the terms that open each
    notices: list[Notification]


class Broadcaster:
    """The thread and its streams."""

    def __init__(self, pause: float = 1.0) -> None:
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        self._pause = pause
        self._thread: threading.Thread | None = None
        self._last = 0

    def join(self, actor: Actor) -> Stream | None:
        """A new stream, or None when the process has as many as it can serve well."""
        with self._lock:
            if len(self._streams) >= MOST_STREAMS:
                return None
            stream = Stream(actor)
            self._streams.add(stream)
            if self._thread is None:
                with reading() as session:
                    self._last = _newest_id(session)
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
            return stream

    def leave(self, stream: Stream) -> None:
        with self._lock:
            self._streams.discard(stream)

    def _run(self) -> None:
        while True:
            time.sleep(self._pause)
            try:
                self.look()
            except Exception:  # the database may be away for a while; streams stay open
                log.exception("live: look failed")

    def look(self) -> None:
        """Read what is new and tell it to the streams."""
        with self._lock:
            streams = list(self._streams)
        with reading() as session:
            if not streams:
                self._last = _newest_id(session)
                return
            events = session.execute(
                sa.select(OutboxEvent.id, OutboxEvent.name, OutboxEvent.payload)
                .where(OutboxEvent.id > self._last, OutboxEvent.name.in_(WATCHED))
                .order_by(OutboxEvent.id)
                .limit(1000)
            ).all()
            if not events:
                return
            self._last = events[-1].id
            news = _news(session, [(row.name, row.payload) for row in events])
        for stream in streams:
            for message in messages_for(stream.actor, news):
                stream.tell(message)


def _newest_id(session: Session) -> int:
    return session.scalar(sa.select(sa.func.max(OutboxEvent.id))) or 0


def _news(session: Session, events: Iterable[tuple[str, dict[str, Any]]]) -> News:
    by_kind: dict[str, set[int]] = {}
    notice_ids = []
    for name, payload in events:
        if name == NoticeGiven.name:
            notice_ids.append(payload["notification_id"])
        else:
            by_kind.setdefault(payload["kind"], set()).add(payload["thing_id"])
    things = {
        (kind, thing_id): terms
        for kind, ids in by_kind.items()
        for thing_id, terms in terms_of(session, kind, ids).items()
    }
    rows = sa.select(Notification).where(Notification.id.in_(notice_ids))
    return News(things, list(session.scalars(rows)) if notice_ids else [])


def messages_for(actor: Actor, news: News) -> list[Message]:
    """What one actor may know of the news: changed topics, then the notices to their posts."""
    seen = [thing for thing, terms in news.things.items() if terms & actor.terms]
    notices = [n for n in news.notices if n.post_id in actor.post_ids and n.digest_on is None]
    messages: list[Message] = []
    if seen or notices:
        topics = sorted({kind for kind, _ in seen} | ({"notification"} if notices else set()))
        things = [f"{kind}-{thing_id}" for kind, thing_id in seen][:100]
        messages.append({"event": "changed", "topics": topics, "things": things})
    messages += [
        {"event": "notice", "id": n.id, "title": n.title, "text": n.text, "urgent": n.urgent}
        for n in notices
    ]
    return messages


def stream_lines(broadcaster: Broadcaster, stream: Stream) -> Iterator[str]:
    """The bytes of a stream as text, until its time is over or the client has gone."""
    ends = time.monotonic() + STREAM_SECONDS
    try:
        yield "retry: 3000\n\n"
        while time.monotonic() < ends:
            try:
                message = stream.waiting.get(timeout=BEAT_SECONDS)
            except queue.Empty:
                yield ": beat\n\n"
                continue
            name = message.pop("event")
            yield f"event: {name}\ndata: {json.dumps(message, ensure_ascii=False)}\n\n"
    finally:
        broadcaster.leave(stream)


broadcaster = Broadcaster()
