"""Server-sent events: one broadcaster thread a process fills the bounded queues of its streams.

A stream holds no database session and no connection. The outbox is the feed: once a second the
broadcaster reads the events that are new, and tells each stream what changed of the things its
actor may see, the notices to its posts, and its counters. The messages are those of
`docs/frontend.md`.
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
from app.outbox import OutboxEvent, ThingChanged, ThingProgressed, ThingPurged
from app.security import Actor, terms_of
from app.web.shell import counts

log = logging.getLogger(__name__)

MOST_STREAMS = 200  # a process; above it pages poll
STREAM_SECONDS = 600  # then the client comes back and its rights are looked up again
BEAT_SECONDS = 20
QUEUE_SIZE = 50
REST = 4  # times as long as counting for one actor took: the pages of the process come first
WATCHED = (ThingChanged.name, ThingPurged.name, ThingProgressed.name, NoticeGiven.name)

Message = dict[str, Any]
Who = tuple[int | None, int | None]  # person and post: they see the same numbers


@dataclass(eq=False, slots=True)
class Stream:
    """One open page: whose it is, and what it has not been told yet."""

    actor: Actor
    waiting: queue.Queue[Message] = field(default_factory=lambda: queue.Queue(QUEUE_SIZE))

    @property
    def who(self) -> Who:
        return self.actor.person_id, self.actor.post_id

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
    progress: dict[tuple[str, int], tuple[int, int]]
    notices: list[Notification]


class Broadcaster:
    """The thread and its streams."""

    def __init__(self, pause: float = 1.0) -> None:
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        self._pause = pause
        self._thread: threading.Thread | None = None
        self._began = 0.0  # the last look
        self._last = 0
        self._uncounted: dict[Who, set[Stream]] = {}  # in the order in which they began to wait

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
            self._uncounted.get(stream.who, set[Stream]()).discard(stream)

    def _run(self) -> None:
        while True:
            time.sleep(max(0.0, self._began + self._pause - time.monotonic()))
            try:
                self.look()
            except Exception:  # the database may be away for a while; streams stay open
                log.exception("live: look failed")

    def look(self) -> None:
        """Read what is new, tell it to the streams, and then the counters as far as time goes."""
        self._began = time.monotonic()
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
            if events:
                self._last = events[-1].id
                news = _news(session, [(row.name, row.payload) for row in events])
                self._spread(streams, news)
        self._count()

    def _spread(self, streams: Iterable[Stream], news: News) -> None:
        for stream in streams:
            message = message_for(stream.actor, news)
            if message:
                stream.tell(message)
            if message and message.keys() != {"progress"}:
                with self._lock:
                    if stream in self._streams:  # it may have left meanwhile
                        self._uncounted.setdefault(stream.who, set()).add(stream)

    def _count(self) -> None:
        """New counters until it is time to look again, for who has waited longest first.

        Equal actors share the queries. After each the thread rests, so that however many are
        signed in it takes a fifth of the time, and never a long stretch, from the pages.
        """
        while time.monotonic() < self._began + self._pause:
            with self._lock:
                who = next(iter(self._uncounted), None)
                waiting = self._uncounted.pop(who, set[Stream]()) if who else set[Stream]()
            if who is None:
                return
            if not waiting:
                continue
            started = time.monotonic()
            with reading() as session:
                found = counts(session, next(iter(waiting)).actor)
            numbers = {k: {"number": c.number, "urgent": c.urgent} for k, c in found.items()}
            for stream in waiting:
                stream.tell({"counters": numbers})
            time.sleep(REST * (time.monotonic() - started))


def _newest_id(session: Session) -> int:
    return session.scalar(sa.select(sa.func.max(OutboxEvent.id))) or 0


def _news(session: Session, events: Iterable[tuple[str, dict[str, Any]]]) -> News:
    by_kind: dict[str, set[int]] = {}
    progress: dict[tuple[str, int], tuple[int, int]] = {}
    notice_ids = []
    for name, payload in events:
        if name == NoticeGiven.name:
            notice_ids.append(payload["notification_id"])
            continue
        thing = (payload["kind"], int(payload["thing_id"]))
        by_kind.setdefault(thing[0], set()).add(thing[1])
        if name == ThingProgressed.name:
            progress[thing] = (payload["done"], payload["total"])
    things = {
        (kind, thing_id): terms
        for kind, ids in by_kind.items()
        for thing_id, terms in terms_of(session, kind, ids).items()
    }
    rows = sa.select(Notification).where(Notification.id.in_(notice_ids))
    return News(things, progress, list(session.scalars(rows)) if notice_ids else [])


def message_for(actor: Actor, news: News) -> Message:
    """What one actor may know of the news, in the shape that `docs/frontend.md` gives."""
    seen = [thing for thing, terms in news.things.items() if terms & actor.terms]
    notices = [n for n in news.notices if n.post_id in actor.post_ids and n.digest_on is None]
    message: Message = {}
    changed = [thing for thing in seen if thing not in news.progress]
    if changed:
        kinds = sorted({kind for kind, _ in changed})
        message["changed"] = kinds + [f"{kind}-{thing_id}" for kind, thing_id in changed[:100]]
    moving = {f"{k}-{i}": news.progress[k, i] for k, i in seen if (k, i) in news.progress}
    if moving:
        message["progress"] = moving
    if notices:
        message.setdefault("changed", []).append("notification")
    urgent = [n for n in notices if n.urgent]  # only Hỏa tốc interrupts
    if urgent:
        message["toasts"] = [
            {"id": f"n{n.id}", "message": n.title, "url": "/thong-bao", "tone": "late"}
            for n in urgent
        ]
    return message


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
            yield f"data: {json.dumps(message, ensure_ascii=False)}\n\n"
    finally:
        broadcaster.leave(stream)


broadcaster = Broadcaster()
