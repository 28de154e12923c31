"""Two values of one field: which are the same, which are shown side by side."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from app.incoming.views.announced import Other, same, typed

NOBODY = cast(Session, None)  # none of these values is looked up


@pytest.mark.parametrize(
    ("name", "one", "other", "expected"),
    [
        ("code_number", "07", "7", True),
        ("code_number", "145", "146", False),
        ("code_notation", "SNV-TCCB", "SNV-TCCB ", True),
        ("code_notation", "STC-QLCS", "STC-QLCL", False),
        ("subject_summary", "rà soát nhà đất", "Về việc  rà soát nhà đất", True),
        ("subject_summary", "V/v rà soát", "Về việc rà soát", True),
        ("subject_summary", "rà soát nhà", "rà soát đất", False),
        ("issued_date", date(2026, 1, 5), date(2026, 1, 5), True),
        ("issued_date", date(2026, 1, 5), date(2026, 5, 1), False),
        ("signer_name", "TRẦN THỊ MẪU", "Trần Thị Mẫu", True),
    ],
)
def test_case_blanks_and_openings_are_no_difference(
    name: str, one: Any, other: Any, expected: bool
) -> None:
    assert same(NOBODY, name, one, other) is expected


def test_a_day_is_typed_as_the_form_takes_it() -> None:
    assert typed(date(2026, 1, 5)) == "05/01/2026"
    assert Other("gói tin").value is None
