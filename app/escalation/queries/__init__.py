"""Reads of the room."""

from app.escalation.queries.callees import Callee, Place, callees
from app.escalation.queries.cases import (
    KIND,
    CallLine,
    called_posts,
    case_of_thing,
    count_texts,
    counted_calls,
    due_case_ids,
    get_case,
    lines_of,
    my_cases,
    pauses_from,
    recent_cases,
    visible_cases,
    waits,
)
from app.escalation.queries.simulating import SimulatedLevel, Simulation, simulate

__all__ = [
    "KIND",
    "CallLine",
    "Callee",
    "Place",
    "SimulatedLevel",
    "Simulation",
    "called_posts",
    "callees",
    "case_of_thing",
    "count_texts",
    "counted_calls",
    "due_case_ids",
    "get_case",
    "lines_of",
    "my_cases",
    "pauses_from",
    "recent_cases",
    "simulate",
    "visible_cases",
    "waits",
]
