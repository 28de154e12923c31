"""A target of the tests' own, as an upper room would register it, and sources that name it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.db import transaction
from app.feeds.models import FeedSource
from app.feeds.preparing import SourceInfo
from app.feeds.processors import (
    Fate,
    FieldInfo,
    Item,
    Outcome,
    SourceRef,
    Target,
    register_target,
    unregister_target,
)
from app.feeds.queries import info_of
from app.feeds.services import SourceFields, add_source
from app.feeds.words import SourceKind
from tests.factories import Office

FIELDS = (FieldInfo("what", "Sự việc", is_required=True), FieldInfo("level", "Mức"))
READ = "Đã có"


@dataclass(slots=True)
class Desk:
    """Takes what has a known `what`; breaks down when asked to."""

    known: set[str] = field(default_factory=lambda: {"fire", "flood"})
    seen: list[str] = field(default_factory=list)
    broken: bool = False
    away: int = 0  # so many times the database seems to be gone

    def process(
        self, session: Session, source: SourceRef, items: Sequence[Item]
    ) -> Sequence[Outcome]:
        if self.away:
            self.away -= 1
            raise OperationalError("COMMIT", None, Exception("server closed the connection"))
        if self.broken:
            raise RuntimeError("out of order")
        outcomes = []
        for item in items:
            what = str(item.fields["what"])
            if what in self.known:
                self.seen.append(item.external_id or what)
                outcomes.append(Outcome(Fate.ACCEPTED, kind="probe", thing_id=item.signal_id))
            else:
                outcomes.append(Outcome(Fate.REFUSED, f"Không có loại “{what}”."))
        return outcomes


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    register_target(Target("probe_events", "Tin thử", made, FIELDS, keeps_each=True))
    register_target(Target("probe_values", "Số liệu thử", made, FIELDS))
    yield made
    unregister_target("probe_events")
    unregister_target("probe_values")


def source_for(
    office: Office, target: str, kind: SourceKind = SourceKind.PUSH, **more: object
) -> SourceInfo:
    """A source that is switched on."""
    with transaction() as session:
        fields = SourceFields("Nguồn thử", kind, target, **more)  # type: ignore[arg-type]
        source: FeedSource = add_source(session, office.admin, fields)
        return info_of(source)
