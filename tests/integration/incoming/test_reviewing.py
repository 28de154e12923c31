"""“Cần xem lại”: doubtful readings form a list, words are put right and stay right."""

from __future__ import annotations

from datetime import datetime, time

import pytest
import sqlalchemy as sa
from flask import Flask

from app.clock import VIETNAM
from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, NotFound, PermissionDenied
from app.files.models import StoredFile
from app.incoming import entry, indexing, services
from app.incoming.models import LetterFile, PageText, ReadingReview, WordCorrection
from app.incoming.queries import quality, review
from app.incoming.services import jobs
from app.security import Actor
from ocr import Field, Reading, Word
from ocr import PageText as Page
from tests.factories import Office
from tests.integration.incoming.conftest import PDF, Desk, claim, finish, send
from tests.integration.incoming.pages import browser, page, statements

TEXT = "Ủy ban nhân dân xã Sõng Mẫu"


def doubtful(text: str = TEXT, *, page_sure: float = 71.0, **fields: Field) -> Reading:
    """A poor scan: one word of its page is unsure."""
    words = tuple(
        Word(word, (0.1 * n, 0.1, 0.1 * n + 0.08, 0.12), 41.0 if "õ" in word else 96.0)
        for n, word in enumerate(text.split())
    )
    found = Page(1, 1654, 2339, 200, 0.0, "ocr", page_sure, text, words)
    return Reading("a.pdf", "0" * 64, 0.5, (found,), fields, page_count=1)


def read_poorly(office: Office, content: bytes = b"1", **values: object) -> entry.Taken:
    """A file comes in and is read with doubts."""
    taken = send(office.clerk, PDF + content)
    finish(claim(), doubtful(**values))  # type: ignore[arg-type]
    with transaction() as session:
        jobs.cancel(session, taken.intake_id)  # the searchable copy is not made here
    return taken


def token_of(taken: entry.Taken) -> str:
    with reading() as session:
        rows = sa.select(StoredFile.token).join(LetterFile, LetterFile.file_id == StoredFile.id)
        return session.scalars(rows.where(LetterFile.letter_id == taken.letter_id)).one()


def lines(actor: Actor) -> list[review.ReviewLine]:
    with reading() as session:
        return list(review.page_of_reviews(session, actor).lines)


def put_right(office: Office, token: str, *, was: str = "Sõng", text: str = "Sông") -> None:
    with transaction() as session:
        services.correct_word(
            session, office.clerk, token=token, page=1, index=5, was=was, text=text
        )


def text_of(token: str) -> str:
    with reading() as session:
        rows = sa.select(PageText.text).join(StoredFile, StoredFile.id == PageText.file_id)
        return session.scalars(rows.where(StoredFile.token == token)).one()


def test_what_was_read_with_doubts_waits_and_what_was_read_well_does_not(
    office: Office, desk: Desk
) -> None:
    desk.read(b"0")
    read_poorly(office)
    [line] = lines(office.clerk)
    assert (line.pages, line.fields, line.first_page, line.weakest) == (1, 0, 1, 0.71)
    assert lines(office.specialist) == []


def test_doubtful_fields_wait_until_a_person_has_registered_the_letter(
    office: Office, desk: Desk
) -> None:
    unsure = Field("145", 0.5, 1, (0.1, 0.1, 0.3, 0.12), "145")
    taken = read_poorly(office, page_sure=95.0, code_number=unsure)
    assert [line.fields for line in lines(office.clerk)] == [1]
    with transaction() as session:
        services.register_letter(
            session, office.clerk, letter_id=taken.letter_id or 0, data=desk.data()
        )
    assert lines(office.clerk) == []


def test_the_list_goes_on_where_it_ended_with_one_query_a_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "REVIEWS", 2)
    for number in range(3):
        read_poorly(office, str(number).encode())
    with reading() as session, statements() as seen:
        first = review.page_of_reviews(session, office.clerk)
        rest = review.page_of_reviews(session, office.clerk, before=first.before)
    assert (len(first.lines), len(rest.lines), rest.before) == (2, 1, None)
    assert len([one for one in seen if one.startswith("SELECT")]) == 2
    assert len({one.file_id for one in (*first.lines, *rest.lines)}) == 3


def test_a_corrected_word_is_found_and_survives_a_new_reading(office: Office, desk: Desk) -> None:
    taken = read_poorly(office)
    token = token_of(taken)
    put_right(office, token)
    assert text_of(token) == "Ủy ban nhân dân xã Sông Mẫu"
    with transaction() as session:
        services.register_letter(
            session, office.clerk, letter_id=taken.letter_id or 0, data=desk.data()
        )
        services.retry_reading(session, office.clerk, intake_id=taken.intake_id, language="vie+eng")
    again = claim()
    assert again.language == "vie+eng"
    finish(again, doubtful("Ủy ban nhân dân xã S0ng Mẫu"))
    assert text_of(token) == "Ủy ban nhân dân xã Sông Mẫu"
    with reading() as session:
        [record] = indexing.records(session, [taken.letter_id or 0])
    assert record.pages == ("Ủy ban nhân dân xã Sông Mẫu",)


def test_a_word_that_changed_meanwhile_is_not_overwritten(office: Office) -> None:
    token = token_of(read_poorly(office))
    put_right(office, token)
    with pytest.raises(EditConflict):
        put_right(office, token)
    with pytest.raises(InvalidInput):
        put_right(office, token, was="Sông", text="  ")
    with pytest.raises(InvalidInput):
        put_right(office, token, was="Sông", text="x" * 201)


def test_only_who_registers_corrects_and_only_what_they_may_see(office: Office) -> None:
    token = token_of(read_poorly(office))
    with pytest.raises(PermissionDenied), transaction() as session:
        services.correct_word(
            session, office.leader, token=token, page=1, index=5, was="Sõng", text="Sông"
        )
    with pytest.raises(NotFound), transaction() as session:
        services.correct_word(
            session, office.clerk, token="nothing", page=1, index=5, was="Sõng", text="Sông"
        )


def test_a_purged_file_leaves_neither_its_doubts_nor_its_corrections(office: Office) -> None:
    taken = read_poorly(office)
    put_right(office, token_of(taken))
    with transaction() as session:
        services.confirm_secret(session, office.clerk, intake_id=taken.intake_id)
    with reading() as session:
        for table in (ReadingReview, WordCorrection, PageText):
            assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_quality_counts_what_its_links_show(office: Office, desk: Desk) -> None:
    desk.read(b"0")
    token = token_of(read_poorly(office))
    put_right(office, token)
    with transaction() as session:
        services.settle_review(session, office.clerk, token=token)
    with reading() as session:
        found = quality.load_quality(session, office.clerk)
        [source], week = found.sources, found.weeks[-1]
        shown = review.ReviewFilter(
            source=source.source, source_name=source.name, settled=True,
            since=datetime.combine(week.start, time(), VIETNAM),
        )  # fmt: skip
        listed = review.page_of_reviews(session, office.clerk, shown).lines
        hidden = quality.load_quality(session, office.specialist)
    assert (week.pages, week.doubtful, source.pages, source.doubtful) == (2, 1, 2, 1)
    assert week.confidence == pytest.approx(0.83)
    assert [(one.was, one.text, one.times, one.token) for one in found.words] == [
        ("Sõng", "Sông", 1, token)
    ]
    assert [line.token for line in listed] == [token]
    assert (hidden.pages, hidden.sources, hidden.words) == (0, (), ())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_clerk_walks_from_doubt_to_doubt_and_settles_the_file(app: Flask, office: Office) -> None:
    token = token_of(read_poorly(office))
    client, path = browser(app, office.clerk), f"/van-ban-den/chu/{token}"
    assert f'href="{path}?trang=1"' in page(client, "/van-ban-den/can-xem-lai")
    marked = page(client, path)
    assert 'class="cv-doubt"' in marked
    assert ">1</a>" in page(client, "/van-ban-den/chat-luong-doc")
    assert "Chắc" not in page(client, "/van-ban-den/can-xem-lai?nguon=mail&tu-ngay=x", htmx=True)
    assert 'name="text"' not in marked
    assert 'data-say="Ủy ban nhân dân xã Sõng Mẫu"' in marked
    assert 'value="Sõng"' in page(client, f"{path}?tu=5")
    typed = {"trang": 1, "tu": 5, "was": "Sõng"}
    refused = client.post(f"{path}/sua", data=typed | {"text": " "})
    assert refused.status_code == 422
    assert "Hãy gõ chữ đúng như trên giấy." in refused.get_data(as_text=True)
    assert client.post(f"{path}/sua", data=typed | {"text": "Sông"}).status_code == 302
    assert "Máy đọc “Sõng”, đã sửa" in page(client, path)
    assert client.post(f"{path}/doc-lai", data={"language": "xx"}).status_code == 422
    client.post(f"{path}/xong")
    assert "Không có tệp nào cần xem lại." in page(client, "/van-ban-den/can-xem-lai")
    assert browser(app, office.specialist).get(path).status_code == 404
