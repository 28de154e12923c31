"""The invented letters: kinds, numbers, dates and deadlines agree, in every season."""

import re
import unicodedata
from collections import Counter
from dataclasses import fields
from datetime import date, timedelta

import pytest

from app.demo.letters import (
    KIND_CODES,
    Letter,
    Style,
    Urgency,
    load_letters,
    possible_mark,
    sample_letters,
    twenty_about_secrecy,
    working_day,
)
from app.demo.people import UNITS

DAYS = [
    date(2026, 11, 18),
    date(2026, 11, 22),  # a Sunday
    date(2027, 1, 1),
    date(2027, 1, 5),
    date(2027, 3, 1),
    date(2028, 2, 29),
    date(2027, 8, 31),
]


def identity(letter: Letter) -> tuple[str, str, str, int]:
    return (letter.organ, letter.number, letter.notation, letter.issued_on.year)


@pytest.mark.parametrize("today", DAYS)
def test_there_are_at_least_sixty_letters_and_no_two_are_the_same(today: date) -> None:
    letters = load_letters(today)

    assert len(letters) >= 60
    assert len({letter.key for letter in letters}) == len(letters)
    assert len({identity(letter) for letter in letters}) == len(letters)


@pytest.mark.parametrize("today", [date(2026, 11, 10) + timedelta(days=n) for n in range(15)])
def test_no_demo_letter_is_a_duplicate_of_a_sample(today: date) -> None:
    samples = {identity(letter) for letter in sample_letters().values()}

    assert samples.isdisjoint(identity(letter) for letter in load_letters(today))


@pytest.mark.parametrize("today", DAYS)
def test_letters_are_dated_on_office_days_up_to_today_and_come_oldest_first(today: date) -> None:
    days = [letter.issued_on for letter in load_letters(today)]

    assert all(day <= today and day == working_day(day, 1) for day in days)
    assert days == sorted(days)


@pytest.mark.parametrize("today", DAYS)
def test_within_a_series_numbers_grow_with_the_date(today: date) -> None:
    last: dict[tuple[str, str | None, int], int] = {}
    for letter in load_letters(today):
        series = (letter.organ, KIND_CODES[letter.kind], letter.issued_on.year)
        assert int(letter.number) > last.get(series, 0), letter.symbol
        last[series] = int(letter.number)


@pytest.mark.parametrize("today", DAYS)
def test_the_notation_names_the_kind(today: date) -> None:
    for letter in load_letters(today):
        first = re.split(r"[-/]", letter.notation)[0]
        if letter.kind == "Công văn":
            assert first not in KIND_CODES.values(), letter.symbol
        else:
            assert first == KIND_CODES[letter.kind], letter.symbol


def test_numbers_and_dates_take_the_zeros_of_the_decree() -> None:
    letters = {letter.key: letter for letter in load_letters(date(2027, 1, 5))}
    telegram = letters["cong-dien-mua-lon"]

    assert telegram.symbol == "01/CĐ-UBND"
    assert telegram.dateline == "Sông Mẫu, ngày 05 tháng 01 năm 2027"
    assert load_letters(date(2027, 3, 5))[-1].dateline.endswith("ngày 05 tháng 3 năm 2027")


def test_a_party_letter_joins_its_number_with_a_dash() -> None:
    letter = sample_letters()["11-thong-bao-dien-tu"]

    assert (letter.symbol, letter.authority) == ("122-TB/ĐU", "T/M")


@pytest.mark.parametrize("today", DAYS)
def test_a_deadline_lies_after_the_letter_and_stands_in_its_text(today: date) -> None:
    with_deadline = [letter for letter in load_letters(today) if letter.due_on]

    assert len(with_deadline) >= 25
    for letter in with_deadline:
        assert letter.due_on is not None
        assert letter.due_on > letter.issued_on
        text = " ".join(paragraph.text for paragraph in letter.body)
        assert f"{letter.due_on:%d/%m/%Y}" in text, letter.key


@pytest.mark.parametrize("today", DAYS)
def test_an_invitation_says_when_and_where(today: date) -> None:
    invitations = [letter for letter in load_letters(today) if letter.kind == "Giấy mời"]

    assert len(invitations) >= 3
    for letter in invitations:
        assert letter.meeting is not None
        assert letter.meeting.day > letter.issued_on
        text = " ".join(paragraph.text for paragraph in letter.body)
        assert f"{letter.meeting.day:%d/%m/%Y}" in text
        assert letter.meeting.place in text


def test_there_are_letters_of_many_kinds_senders_and_all_urgencies() -> None:
    letters = load_letters(DAYS[0])

    assert len({letter.kind for letter in letters}) >= 10
    assert len({letter.organ for letter in letters}) >= 25
    assert {letter.urgency for letter in letters} == set(Urgency)
    assert Counter(letter.organ for letter in letters)["Sở Tài chính tỉnh Sông Mẫu"] >= 8


def test_every_letter_has_a_desk_that_the_office_has() -> None:
    units = {unit.key for unit in UNITS}

    assert {letter.desk for letter in load_letters(DAYS[0])} <= units


@pytest.mark.parametrize("today", DAYS)
def test_texts_are_composed_and_no_gap_is_left_open(today: date) -> None:
    everything = [
        *load_letters(today),
        *sample_letters().values(),
        *twenty_about_secrecy(today),
        possible_mark(today),
    ]
    for letter in everything:
        words = " ".join(str(getattr(letter, one.name)) for one in fields(letter))
        assert unicodedata.is_normalized("NFC", words)
        texts = [letter.subject, *letter.addressees, *(one.text for one in letter.body)]
        assert not any("{" in text or "}" in text for text in texts), letter.key
        assert " Mẫu " in f" {letter.signer} ", letter.signer


def test_twenty_letters_about_secrecy_speak_of_it_but_bear_no_mark() -> None:
    letters = twenty_about_secrecy(DAYS[0])

    assert len(letters) == 20
    for letter in letters:
        text = " ".join([letter.subject, *(one.text for one in letter.body)]).lower()
        assert letter.secrecy is None
        assert re.search(r"\bmật\b", text), letter.key
        assert not any(stands_alone(one.text) for one in letter.body), letter.key


def test_in_the_doubtful_letter_the_word_stands_alone_without_being_a_mark() -> None:
    letter = possible_mark(DAYS[0])

    assert letter.secrecy is None
    [lonely] = [one for one in letter.body if stands_alone(one.text)]
    assert lonely.style is Style.CENTRED


def stands_alone(text: str) -> bool:
    return re.fullmatch(r"(TUYỆT |TỐI )?MẬT\W*", text.strip()) is not None
