"""The QR code of the identity card, as scanners type it."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import InvalidInput
from app.procedures.identity import looks_like_card, parse_card

CARD = "037190000001|163000001|Nguyễn Thị Mẫu Hoa|05031990|Nữ|Tổ 3, Phường Mẫu|12082021"


@pytest.mark.parametrize("raw", [CARD, f" {CARD}\r\n", f"{CARD}|Trần Mẫu|Lê Mẫu|x"])
def test_a_card_names_the_person_whatever_stands_behind_it(raw: str) -> None:
    person = parse_card(raw)

    assert (person.full_name, person.identity_number) == ("Nguyễn Thị Mẫu Hoa", "037190000001")
    assert (person.born_on, person.identity_issued_on) == (date(1990, 3, 5), date(2021, 8, 12))
    assert (person.old_identity_number, person.gender) == ("163000001", "Nữ")
    assert person.address == "Tổ 3, Phường Mẫu"


def test_a_card_without_an_old_number_or_with_a_broken_day_still_names_the_person() -> None:
    person = parse_card("037190000001||Nguyễn Mẫu|99999999|Nam|Tổ 3|")

    assert (person.old_identity_number, person.born_on, person.identity_issued_on) == (
        "",
        None,
        None,
    )


@pytest.mark.parametrize("raw", ["", "H42.16-261123-0001", "0371|a|b|c|d|e|f", "1" * 12 + "|a|b"])
def test_what_is_no_card_is_refused(raw: str) -> None:
    assert not looks_like_card(raw)
    with pytest.raises(InvalidInput, match="thẻ căn cước"):
        parse_card(raw)
