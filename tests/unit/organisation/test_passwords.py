"""Passwords, codes and names: rules without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.organisation import passwords
from app.organisation.names import fold_name, post_name, sort_key


@pytest.mark.parametrize(
    "password", ["ngắn", "vanthu-2026", "PhamMauHanh9", "Mật khẩu 123", "aaaaaaaaaaaa", "x" * 201]
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        passwords.check_strength(password, login="vanthu", full_name="Phạm Mẫu Hạnh")


def test_a_phrase_is_good() -> None:
    passwords.check_strength("lúa chín đầy đồng", login="vanthu", full_name="Phạm Mẫu Hạnh")


def test_only_the_same_password_is_right_and_hashes_differ() -> None:
    first = passwords.hash_password("lúa chín đầy đồng")

    assert first.startswith("$argon2id$")
    assert first != passwords.hash_password("lúa chín đầy đồng")
    assert passwords.verify(first, "lúa chín đầy đồng")
    assert not passwords.verify(first, "lúa chín đầy đống")
    assert not passwords.verify("no hash at all", "lúa chín đầy đồng")


@given(st.text(alphabet="- abc\t", max_size=6))
def test_a_code_is_read_however_it_is_typed(noise: str) -> None:
    code = passwords.new_code()
    typed = noise.replace("a", "").replace("b", "").replace("c", "")

    assert passwords.tidy_code(typed + code.lower().replace("-", " ") + typed) == code


@given(st.text(max_size=60))
def test_any_text_folds_and_sorts(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)
    assert isinstance(sort_key(text), str)


@pytest.mark.parametrize(
    ("title", "unit", "leads", "said"),
    [
        ("Trưởng phòng", "Phòng Kinh tế", False, "Trưởng phòng Kinh tế"),
        ("Chánh Văn phòng", "Văn phòng", False, "Chánh Văn phòng"),
        ("Chủ tịch", "Lãnh đạo", True, "Chủ tịch"),
        ("Chuyên viên", "Phòng Văn hóa", False, "Chuyên viên Phòng Văn hóa"),
        ("Trưởng phòng Kinh tế", "Phòng Kinh tế", False, "Trưởng phòng Kinh tế"),
    ],
)
def test_a_post_is_called_as_one_says_it(title: str, unit: str, leads: bool, said: str) -> None:
    assert post_name(title, unit, leads_organ=leads) == said
