"""What one row can check on itself: states, numbers as written, the ledger's ends."""

from __future__ import annotations

import pytest

from app.errors import RuleViolated
from app.incoming.models import (
    CLOSED,
    HeldReason,
    IncomingDocument,
    IncomingStatus,
    IntakeItem,
    IntakeState,
)
from app.incoming.models.letter import NEXT, STATUS_LABELS
from app.incoming.models.reading import PageText

S = IncomingStatus


@pytest.mark.parametrize("before", list(IncomingStatus))
@pytest.mark.parametrize("after", list(IncomingStatus))
def test_a_letter_moves_along_the_state_machine_only(
    before: IncomingStatus, after: IncomingStatus
) -> None:
    letter = IncomingDocument(status=before)
    if (after is before and after is not S.SUBMITTED) or after in NEXT[before]:
        letter.become(after)
        assert letter.status is after
    else:
        with pytest.raises(RuleViolated):
            letter.become(after)
        assert letter.status is before


def test_every_status_has_a_label_and_a_way() -> None:
    assert set(STATUS_LABELS) == set(NEXT) == set(IncomingStatus)


def test_what_is_not_registered_leads_to_registration_only() -> None:
    assert NEXT[S.RECEIVED] == {S.REGISTERED}


@pytest.mark.parametrize("status", sorted(CLOSED, key=str))
def test_closed_letters_leave_only_by_reopening(status: IncomingStatus) -> None:
    assert NEXT[status] - {S.FILED} == {S.REOPENED}


def test_closing_notes_the_moment_and_reopening_forgets_it() -> None:
    letter = IncomingDocument(status=S.IN_PROGRESS)
    letter.become(S.DONE)
    assert letter.closed_at is not None
    letter.become(S.REOPENED)
    assert letter.closed_at is None


@pytest.mark.parametrize(
    ("number", "notation", "shown"),
    [
        ("145", "TTr-KTHT", "145/TTr-KTHT"),
        ("15", "QĐ/TU", "15-QĐ/TU"),
        ("30", "2020/NĐ-CP", "30/2020/NĐ-CP"),
        ("07", "", "07"),
        ("", "UBND-VP", "UBND-VP"),
    ],
)
def test_number_and_symbol_are_written_as_printed(number: str, notation: str, shown: str) -> None:
    assert IncomingDocument(code_number=number, code_notation=notation).full_code == shown


def test_a_settled_file_is_not_rejected_again() -> None:
    item = IntakeItem(state=IntakeState.REGISTERED)
    with pytest.raises(RuleViolated):
        item.reject("refused", "x")


def test_only_a_held_file_is_released() -> None:
    item = IntakeItem(state=IntakeState.STORED)
    with pytest.raises(RuleViolated):
        item.release("x")
    item.hold(HeldReason.POSSIBLE, "MẬT", None)
    item.release("Trích yếu nói về bảo vệ bí mật")
    assert not item.held


def test_words_survive_packing() -> None:
    words = [{"text": "Kính", "box": [0.1, 0.2, 0.3, 0.4], "confidence": 95.5}]
    assert PageText(packed_words=PageText.pack(words)).words == words
