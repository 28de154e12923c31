"""Lists, tabs, the page of a letter, cards and index records: right, and by few queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app import kinds
from app.db import ReadingFactory, reading, transaction
from app.errors import NotFound
from app.incoming import queries, services
from app.incoming.models import IncomingDocument
from app.incoming.queries import LetterFilter, Tab
from app.security import ORGAN
from app.tasks.models import Outcome
from app.tasks.parties import Party
from app.tasks.services.directives import DirectiveOrder
from tests.factories import Office
from tests.integration.incoming.conftest import Desk


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block sends."""
    engine = ReadingFactory.kw["bind"]
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":
            sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def several(desk: Desk, count: int, start: int = 0) -> list[int]:
    return [
        desk.register(b"%d" % number, code_number=str(number))
        for number in range(start, start + count)
    ]


def test_the_tabs_count_all_letters_and_those_not_finished(office: Office, desk: Desk) -> None:
    desk.read(b"draft")
    first, second, _third = several(desk, 3)
    with transaction() as session:
        services.submit_letter(
            session, office.clerk, letter_id=first, to_post_id=office.leader.post_id or 0
        )
        services.return_to_sender(session, office.clerk, letter_id=second, reason="Sai nơi")

    with reading() as session, counted() as sent:
        counts = queries.tab_counts(session, office.clerk)
    assert counts == {
        Tab.TO_REGISTER: 1, Tab.TO_SUBMIT: 1, Tab.PASSED_ON: 1, Tab.SENT_BACK: 1, Tab.ALL: 4,
    }  # fmt: skip
    assert len(sent) == 2


def test_drafts_are_seen_by_those_who_register_only(office: Office, desk: Desk) -> None:
    taken = desk.read(b"draft")
    with reading() as session:
        assert queries.tab_counts(session, office.clerk)[Tab.ALL] == 1
        for other in (office.leader, office.chief, office.head, office.admin):
            assert queries.tab_counts(session, other)[Tab.ALL] == 0
            with pytest.raises(NotFound):
                queries.get_letter(session, other, taken.letter_id or 0)


def test_the_list_needs_the_same_queries_for_few_and_many_letters(
    office: Office, desk: Desk
) -> None:
    # the head sees none of them: no page is looked for
    for start, actor, queries_sent in ((0, office.clerk, 3), (10, office.head, 3)):
        several(desk, 2, start)
        with reading() as session, counted() as few:
            queries.page_of_letters(session, actor, LetterFilter())
        several(desk, 4, start + 2)
        with reading() as session, counted() as many:
            queries.page_of_letters(session, actor, LetterFilter())
        assert len(few) == len(many) == queries_sent


def test_pages_go_on_where_the_last_one_ended(office: Office, desk: Desk) -> None:
    ids = several(desk, 5)
    seen: list[int] = []
    with reading() as session:
        for number in (1, 2, 3):
            page = queries.page_of_letters(
                session, office.clerk, LetterFilter(), page=number, size=2
            )
            seen += [letter.id for letter in page.letters]
        after = queries.page_of_letters(
            session, office.clerk, LetterFilter(), size=2, before_id=ids[3]
        )
    assert seen == ids[::-1]
    assert (page.pages, page.total) == (3, 5)
    assert [letter.id for letter in after.letters] == [ids[2], ids[1]]
    assert after.next_id == ids[1]


def test_a_list_is_narrowed_by_words_organ_and_number(office: Office, desk: Desk) -> None:
    desk.register(b"1", subject_summary="Về việc phòng chống bão")
    desk.register(b"2", code_number="77", organ_name="Sở Tài chính", urgency=2)
    for text, expected in {
        "chống bão": 1, "so tai chinh": 1, "77": 1, "2": 1, "không có": 0, "100%": 0,
        "PHONG CHONG BAO": 1, "7": 1, "-": 2,
    }.items():  # fmt: skip
        with reading() as session:
            found = queries.page_of_letters(session, office.clerk, LetterFilter(text=text))
        assert found.total == expected, text
    with reading() as session:
        urgent = queries.page_of_letters(session, office.clerk, LetterFilter(urgency=2))
    assert urgent.total == 1


def test_urgent_letters_wait_at_the_top(office: Office, desk: Desk) -> None:
    several(desk, 2)
    flash = desk.register(b"flash", code_number="9", urgency=3)
    with reading() as session:
        page = queries.page_of_letters(session, office.clerk, LetterFilter(tab=Tab.TO_SUBMIT))
    assert page.letters[0].id == flash


def test_the_page_of_a_letter_takes_the_same_queries_however_long_its_history(
    office: Office, desk: Desk
) -> None:
    short, long = several(desk, 2)
    for number in range(3):
        extra = desk.read(b"extra %d" % number)
        with transaction() as session:
            services.attach_scan(session, office.clerk, letter_id=long, intake_id=extra.intake_id)
    with transaction() as session:
        for letter_id in (short, long):
            services.submit_letter(
                session, office.clerk, letter_id=letter_id, to_post_id=office.leader.post_id or 0
            )
    order = DirectiveOrder(Outcome.INFORM, readers=[Party(office.economy)])
    for letter_id in (short, long, long, long):
        with transaction() as session:
            services.direct_letter(session, office.leader, letter_id=letter_id, order=order)
    taken = []
    for letter_id in (short, long):
        with reading() as session:
            token = session.get_one(IncomingDocument, letter_id).token
        with reading() as session, counted() as sent:
            view = queries.load_letter(session, office.leader, token)
        taken.append(len(sent))
    assert (len(view.files), len(view.directives)) == (4, 3)
    assert taken[0] == taken[1] <= 30, sent


def test_the_form_is_proposed_from_the_reading(office: Office, desk: Desk) -> None:
    taken = desk.read(
        b"1", "Kính gửi", code_number="145", code_notation="SNV-TCCB", issuing_organ="SỞ NỘI VỤ",
        issued_date="2026-11-16", document_type="Công văn", urgency="urgent",
    )  # fmt: skip
    with reading() as session:
        letter = session.get_one(IncomingDocument, taken.letter_id)
        form = queries.proposed_form(session, letter)

    assert form.organ is not None
    assert form.value("organ_name") == "Sở Nội vụ"  # snapped to the directory
    assert form.value("document_type") == "official_letter"
    assert str(form.value("issued_date")) == "2026-11-16"
    assert form.value("urgency") == 1
    assert form.fields["code_number"].box == (0.1, 0.1, 0.3, 0.12)
    assert not form.fields["code_number"].doubtful
    assert form.fields["signer_name"].doubtful


def test_cards_show_only_what_the_actor_may_see(office: Office, desk: Desk) -> None:
    letter_id = desk.register()
    kind = kinds.get("incoming")
    with reading() as session:
        [card] = kind.cards(session, office.leader, [letter_id])
        assert kind.cards(session, office.specialist, [letter_id]) == []
    assert card.title == "Công văn 145/SNV-TCCB: Về việc rà soát vị trí việc làm"
    assert card.subtitle.startswith("Số đến 1/")


def test_index_records_hold_all_pages_and_the_terms_that_open_the_letter(
    office: Office, desk: Desk
) -> None:
    letter_id = desk.register()
    draft = desk.read(b"draft").letter_id or 0
    with transaction() as session:
        services.submit_letter(
            session, office.clerk, letter_id=letter_id, to_post_id=office.leader.post_id or 0
        )
    kind = kinds.get("incoming")
    assert kind.records is not None
    assert kind.all_ids is not None
    with reading() as session:
        [record] = kind.records(session, [letter_id, draft])
        assert kind.all_ids(session, 0, 10) == [letter_id, draft]
    assert record.pages == ("Kính gửi",)
    assert record.acl == {ORGAN, f"post:{office.leader.post_id}"}
    assert (record.number, record.notation, record.type) == ("145", "SNV-TCCB", "Công văn")
    assert record.state == "Đã trình"


def test_a_file_is_reached_by_its_token_only_by_those_who_see_the_letter(
    office: Office, desk: Desk
) -> None:
    letter_id = desk.register()
    with reading() as session:
        letter = session.get_one(IncomingDocument, letter_id)
        [view] = queries.load_letter(session, office.clerk, letter.token).files
        assert view.file is not None
        token = view.file.token
        assert queries.file_for(session, office.leader, token)[0].id == letter_id
        with pytest.raises(NotFound):
            queries.file_for(session, office.specialist, token)
