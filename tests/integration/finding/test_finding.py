"""From a change in the database to a hit on the page, for those who may see it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import kinds, outbox
from app.db import transaction
from app.finding import engine, indexer
from app.finding.events import RebuildAsked
from app.finding.indexer import IndexConsumer
from app.kinds import Card, Kind
from app.outbox import ThingPurged
from app.relay import deliver_once
from app.security import ORGAN, Access, Actor, grant, terms_of, unit_term
from config.settings import Settings
from search import SearchRecord
from tests.factories import Office, sign_in_as

SECRET = "xanhlơnhạt"


class Shelf:
    """Papers of a kind of our own: texts by id."""

    def __init__(self) -> None:
        self.texts: dict[int, tuple[str, ...]] = {}

    def cards(self, session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
        terms = terms_of(session, "paper", ids)
        return [
            Card("paper", i, f"Giấy {i}", "thử", f"/giay/{i}")
            for i in ids
            if i in self.texts and terms[i] & actor.terms
        ]

    def records(self, session: Session, ids: Sequence[int]) -> list[SearchRecord]:
        terms = terms_of(session, "paper", ids)
        return [
            SearchRecord(
                id=f"paper:{i}", kind="paper", title=f"Giấy {i}", acl=frozenset(terms[i]),
                pages=self.texts[i], date="2026-11-20",
            )
            for i in ids
            if i in self.texts
        ]  # fmt: skip

    def all_ids(self, session: Session, after: int, limit: int) -> list[int]:
        return sorted(i for i in self.texts if i > after)[:limit]


@pytest.fixture
def shelf(app: Flask) -> Iterator[Shelf]:
    made = Shelf()
    kinds.register(Kind("paper", "Giấy thử", "file", made.cards, made.records, made.all_ids))
    yield made
    kinds.unregister("paper")


@pytest.fixture
def consumer(app: Flask) -> IndexConsumer:
    return IndexConsumer()


def put(shelf: Shelf, paper: int, *pages: str, unit: int | None = None) -> None:
    shelf.texts[paper] = pages
    with transaction() as session:
        if unit is not None:
            grant(session, "paper", paper, unit_term(unit), "test")
        outbox.changed(session, "paper", paper)


def found(words: str, actor: Actor) -> list[str]:
    return [hit.id for hit in engine.backend().find(words, acl=actor.terms).hits]


def test_a_change_is_found_with_and_without_marks(
    shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    put(shelf, 1, "trang một", "đèn lồng giấy dó treo trước đình")
    deliver_once(consumer)
    assert found("đèn lồng giấy dó", office.leader) == ["paper:1"]
    [hit] = engine.backend().find("den long giay do", acl=office.leader.terms).hits
    assert hit.page == 2


def test_only_those_who_may_see_a_thing_find_it(
    shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    put(shelf, 1, f"việc của phòng kinh tế {SECRET}", unit=office.economy)
    deliver_once(consumer)
    assert found(SECRET, office.head) == ["paper:1"]
    assert found(SECRET, office.head2) == []
    assert found(SECRET, office.admin) == []


def test_a_newly_opened_thing_is_found_after_its_change(
    shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    put(shelf, 1, SECRET)
    deliver_once(consumer)
    assert found(SECRET, office.head2) == []
    put(shelf, 1, SECRET, unit=office.culture)
    deliver_once(consumer)
    assert found(SECRET, office.head2) == ["paper:1"]


def test_what_is_gone_is_not_found(shelf: Shelf, consumer: IndexConsumer, office: Office) -> None:
    put(shelf, 1, SECRET)
    deliver_once(consumer)
    del shelf.texts[1]
    with transaction() as session:
        outbox.changed(session, "paper", 1)
    deliver_once(consumer)
    assert found(SECRET, office.leader) == []


def test_a_purge_leaves_no_word_in_the_files_of_the_index(
    shelf: Shelf, consumer: IndexConsumer, office: Office, settings: Settings
) -> None:
    put(shelf, 1, SECRET)
    put(shelf, 2, "giấy thường")
    deliver_once(consumer)
    shelf.texts[1] = ()
    with transaction() as session:
        outbox.publish(session, ThingPurged(kind="paper", thing_id=1))
    deliver_once(consumer)
    traces = [p for p in files_of(settings.index_dir) if SECRET.encode() in p.read_bytes()]
    assert traces == []
    assert found("giấy thường", office.leader) == ["paper:2"]


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_lost_index_is_built_anew_by_the_next_change(
    shelf: Shelf, consumer: IndexConsumer, office: Office, settings: Settings
) -> None:
    put(shelf, 1, "việc cũ")
    deliver_once(consumer)
    engine.configure(settings)
    for path in files_of(settings.index_dir):
        path.unlink()
    put(shelf, 2, "việc mới")
    deliver_once(consumer)
    assert found("việc cũ", office.leader) == ["paper:1"]
    assert found("việc mới", office.leader) == ["paper:2"]


def test_a_rebuild_is_done_by_the_consumer(
    shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    shelf.texts[7] = ("chưa từng được báo",)
    with transaction() as session:
        outbox.publish(session, RebuildAsked())
    deliver_once(consumer)
    assert found("chưa từng được báo", office.leader) == ["paper:7"]


def test_the_page_shows_hits_and_never_a_card_that_is_forbidden_now(
    client: FlaskClient, shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    put(shelf, 1, f"trang {SECRET}", unit=office.economy)
    deliver_once(consumer)
    sign_in_as(client, office.head)
    page = client.get("/tim-kiem", query_string={"q": SECRET}).get_data(as_text=True)
    assert "Giấy 1" in page
    assert f"<mark>{SECRET}</mark>" in page
    with transaction() as session:
        session.execute(sa.delete(Access))
    page = client.get("/tim-kiem", query_string={"q": SECRET}).get_data(as_text=True)
    assert 'class="cv-hit"' not in page


def test_odd_queries_get_a_page_and_not_an_error(
    client: FlaskClient, shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    put(shelf, 1, "một trang")
    deliver_once(consumer)
    sign_in_as(client, office.leader)
    for words in ('"', "so:", "-", "AND OR", "(((", "a" * 5000, "\x00", "tu:32/13/2026", "*"):
        assert client.get("/tim-kiem", query_string={"q": words}).status_code == 200


def test_without_an_index_the_page_says_so(client: FlaskClient, office: Office) -> None:
    sign_in_as(client, office.leader)
    page = client.get("/tim-kiem", query_string={"q": "văn bản"})
    assert page.status_code == 200
    assert "đang được dựng lại" in page.get_data(as_text=True)


def test_every_record_is_open_to_those_with_the_whole_organ(office: Office, shelf: Shelf) -> None:
    shelf.texts[1] = ("x",)
    [record] = indexer.load([("paper", 1)]).values()
    assert ORGAN in record.acl


def test_the_search_box_offers_what_the_asker_may_see(
    client: FlaskClient, shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    put(shelf, 1, "Chợ", unit=office.economy)
    put(shelf, 2, "Rừng", unit=office.culture)
    deliver_once(consumer)
    sign_in_as(client, office.head)
    offers = client.get("/tim-kiem/goi-y?q=giấ").get_data(as_text=True)
    assert "/giay/1" in offers
    assert "/giay/2" not in offers
    assert "option" not in client.get("/tim-kiem/goi-y?q=g").get_data(as_text=True)


def test_what_is_similar_is_shown_to_those_who_may_see_both(
    client: FlaskClient, shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    for paper, unit in ((1, office.economy), (2, office.economy), (3, office.culture)):
        put(shelf, paper, "Phòng cháy chợ Bến Mẫu", unit=unit)
    deliver_once(consumer)
    sign_in_as(client, office.head)
    page = client.get("/tim-kiem/tuong-tu?cua=paper:1").get_data(as_text=True)
    assert "/giay/2" in page
    assert "/giay/3" not in page
    assert "/giay/1" not in client.get("/tim-kiem/tuong-tu?cua=paper:3").get_data(as_text=True)


def test_the_form_makes_the_line_that_could_be_typed(client: FlaskClient, office: Office) -> None:
    sign_in_as(client, office.head)
    answer = client.get(
        "/tim-kiem/nang-cao?tim=1&words=đất+đai&phrase=kế+hoạch&organ=Sở+Y+tế&dated_to=3/2026&due=3"
    )
    line = parse_qs(urlsplit(answer.location).query)["q"][0]
    assert line == 'đất đai "kế hoạch" coquan:"Sở Y tế" den:31/03/2026 han:<=3'
    again = client.get("/tim-kiem/nang-cao", query_string={"q": line}).get_data(as_text=True)
    for value in ("đất đai", "kế hoạch", "Sở Y tế", "31/03/2026"):
        assert f'value="{value}"' in again
    refused = client.get("/tim-kiem/nang-cao?tim=1&words=đất&dated_from=hôm+qua")
    assert refused.status_code == 422
    assert 'value="đất"' in refused.get_data(as_text=True)


def test_a_hit_opens_its_page_with_the_words_as_they_are_written_there(
    client: FlaskClient, shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    put(shelf, 1, "Mở đầu", "Đèn lồng & giấy dó", unit=office.economy)
    deliver_once(consumer)
    sign_in_as(client, office.head)
    page = client.get("/tim-kiem?q=den+long").get_data(as_text=True)
    link = re.search(r'href="(/giay/1[^"]*)"', page)
    assert link is not None
    asked = parse_qs(urlsplit(html.unescape(link[1])).query)
    assert asked == {"page": ["2"], "q": ["Đèn lồng"]}


def test_an_offer_to_loosen_the_words_says_how_many_and_is_taken_up(
    client: FlaskClient, shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    put(shelf, 1, "thông báo tuyển dụng viên chức", unit=office.economy)
    deliver_once(consumer)
    sign_in_as(client, office.head)
    page = client.get("/tim-kiem?q=thoong+tuyen+dung").get_data(as_text=True)
    assert "Chỉ cần phần lớn các từ (1)" in page
    taken = client.get("/tim-kiem?q=thoong+tuyen+dung&noi=most_words").get_data(as_text=True)
    assert "/giay/1" in taken
