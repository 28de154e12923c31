"""Which unit of the organ answers as what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.operations.catalogue import Responder, catalogue
from app.operations.models import ResponseUnit
from app.organisation import queries as organisation
from app.organisation.models import Unit
from app.organisation.names import fold_name


@dataclass(frozen=True, slots=True)
class Answering:
    """The unit of a responder: said by a person, or guessed by its name; None where none fits."""

    responder: Responder
    unit_id: int | None
    name: str = ""
    is_guess: bool = False


def answering_units(session: Session) -> dict[str, Answering]:
    """For each responder its unit in force today: two queries."""
    units = organisation.units(session)
    by_id = {unit.id: unit for unit in units}
    said = dict(
        session.execute(sa.select(ResponseUnit.responder, ResponseUnit.unit_id)).tuples().all()
    )
    found = {}
    for key, responder in catalogue().responders.items():
        unit = by_id.get(said.get(key, 0))
        guess = unit is None
        if unit is None:
            unit = guess_unit(responder, units)
        found[key] = (
            Answering(responder, unit.id, unit.name, is_guess=guess)
            if unit is not None
            else Answering(responder, None)
        )
    return found


def guess_unit(responder: Responder, units: Sequence[Unit]) -> Unit | None:
    """The first unit whose name has one of the responder's words, the earlier word first."""
    for word in responder.names:
        for unit in units:
            if f" {fold_name(word)} " in f" {fold_name(unit.name)} ":
                return unit
    return None
