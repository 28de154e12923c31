"""Open incidents that may be one: near in place and time, of one domain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.operations.catalogue import Catalogue, catalogue
from app.operations.models import Incident, IncidentApart
from app.operations.queries.incidents import visible_incidents
from app.security import Actor

EARTH_METRES = 6_371_000.0
MOST_COMPARED = 500
"""So many open incidents, the newest, are compared with each other."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`later` may be the same as `earlier`: so far apart, in metres and minutes."""

    later: Incident
    earlier: Incident
    metres: float
    minutes: float


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance of two places (latitude, longitude in degrees) along the ground; the haversine
    formula on a sphere, which is wrong by less than 0.6 percent."""
    (lat1, lng1), (lat2, lng2) = (tuple(map(math.radians, place)) for place in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lng2 - lng1) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))


def proposals(session: Session, actor: Actor) -> list[Proposal]:
    """Pairs that a person should look at, the nearest first; two queries. What was said to be two
    is left out, and so are an exercise and the real thing."""
    rows = (
        visible_incidents(actor)
        .where(Incident.closed_at.is_(None), Incident.latitude.is_not(None))
        .order_by(Incident.occurred_at.desc(), Incident.id.desc())
        .limit(MOST_COMPARED)
    )
    found = session.scalars(rows).all()
    apart = sa.select(IncidentApart.first_id, IncidentApart.second_id).where(
        IncidentApart.first_id.in_([incident.id for incident in found])
    )
    said = set(session.execute(apart).tuples())
    pairs = near_pairs(found, catalogue())
    return [pair for pair in pairs if _ids(pair) not in said]


def near_pairs(incidents: Sequence[Incident], known: Catalogue) -> list[Proposal]:
    """Each two of one domain that are near enough; `incidents` by their moments, newest first."""
    longest = timedelta(minutes=known.near_minutes)
    pairs = []
    for at, later in enumerate(incidents):
        for earlier in incidents[at + 1 :]:
            apart = later.occurred_at - earlier.occurred_at
            if apart > longest:
                break
            if later.domain is not earlier.domain or later.is_exercise != earlier.is_exercise:
                continue
            metres = metres_between(_place(later), _place(earlier))
            if metres <= known.near_metres:
                pairs.append(Proposal(later, earlier, metres, apart.total_seconds() / 60))
    return sorted(pairs, key=lambda pair: (pair.metres, pair.minutes))


def _place(incident: Incident) -> tuple[float, float]:
    return incident.latitude or 0.0, incident.longitude or 0.0


def _ids(pair: Proposal) -> tuple[int, int]:
    first, second = sorted((pair.later.id, pair.earlier.id))
    return first, second
