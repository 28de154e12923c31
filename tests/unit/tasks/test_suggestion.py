"""What the past suggests, and when it keeps silent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.tasks.models import Outcome
from app.tasks.parties import Party
from app.tasks.suggestion import PastDirective, Suggestion, suggest_directive

ECONOMY, CULTURE, OFFICE = Party(unit_id=1), Party(unit_id=2), Party(unit_id=3)
NAMES = {
    "unit:1": "Phòng Kinh tế",
    "unit:2": "Phòng Văn hóa",
    "unit:3": "Văn phòng",
    "post:7": "Trần Mẫu Bình",
}
SUBJECT = "báo cáo gần nhất của Sở Tài chính"


def assign(number: int, lead: Party = ECONOMY, **more: object) -> PastDirective:
    return PastDirective(number, Outcome.ASSIGN, lead=lead, **more)  # type: ignore[arg-type]


def suggest(*past: PastDirective) -> Suggestion | None:
    return suggest_directive(SUBJECT, past, lambda party: NAMES[party.term])


def test_the_usual_way_is_suggested_with_its_reason_and_examples() -> None:
    found = suggest(assign(9, CULTURE), *(assign(number) for number in range(8, 0, -1)))
    assert found is not None
    assert found.lead == ECONOMY
    assert found.reason == "8 trong 9 báo cáo gần nhất của Sở Tài chính → Phòng Kinh tế"
    assert found.thing_ids[0] == 8


def test_one_letter_is_no_habit() -> None:
    assert suggest(assign(1)) is None
    assert suggest() is None


def test_a_divided_past_suggests_nothing() -> None:
    assert suggest(assign(4), assign(3, CULTURE), assign(2), assign(1, CULTURE)) is None


def test_who_usually_takes_part_is_suggested_too() -> None:
    found = suggest(
        assign(3, coordinators=(CULTURE, OFFICE), text="Khẩn trương.", working_days=2),
        assign(2, coordinators=(CULTURE,), text="Chủ trì tham mưu.", working_days=5),
        assign(1, text="Chủ trì tham mưu."),
    )
    assert found is not None
    assert found.coordinators == (CULTURE,)
    assert found.text == "Chủ trì tham mưu."
    assert found.working_days == 2


def test_filing_and_informing_are_ways_like_others() -> None:
    filed = [PastDirective(n, Outcome.FILE) for n in (2, 1)]
    informed = [PastDirective(n, Outcome.INFORM, readers=(CULTURE,)) for n in (2, 1)]
    other = [PastDirective(n, Outcome.REDIRECT, to_post_id=7) for n in (2, 1)]
    reasons = [found.reason for found in (suggest(*p) for p in (filed, informed, other)) if found]
    assert [reason.partition(" → ")[2] for reason in reasons] == [
        "Lưu", "Để biết: Phòng Văn hóa", "Chuyển Trần Mẫu Bình chỉ đạo",
    ]  # fmt: skip


@given(st.lists(st.sampled_from([ECONOMY, CULTURE, OFFICE]), max_size=12))
def test_a_suggestion_always_stands_on_most_of_the_past(leads: list[Party]) -> None:
    found = suggest(*(assign(number, lead) for number, lead in enumerate(leads)))
    if found is not None:
        alike = [number for number, lead in enumerate(leads) if lead == found.lead]
        assert len(alike) >= 0.6 * len(leads)
        assert found.thing_ids == tuple(number for number in alike)
