"""Kept searches: whose they are, and that new results are told of once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.db import reading, transaction
from app.errors import RuleViolated
from app.finding import saved, services
from app.finding.indexer import IndexConsumer
from app.finding.models import KnownResult, SavedSearch
from app.notifications.models import Notification
from app.relay import deliver_once
from tests.factories import Office, sign_in_as
from tests.integration.finding.test_finding import Shelf, consumer, put, shelf

__all__ = ["consumer", "shelf"]  # fixtures


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def keep(client: FlaskClient, name: str = "Chợ", **values: str) -> None:
    answer = client.post("/tim-kiem/luu", data={"name": name, "q": "chợ Bến", **values})
    assert answer.status_code == 302, answer.get_data(as_text=True)


def notices() -> list[str]:
    with reading() as session:
        rows = sa.select(Notification.title).filter_by(event="finding.new_results")
        return list(session.scalars(rows.order_by(Notification.id)))


def index(shelf: Shelf, consumer: IndexConsumer, paper: int, text: str, unit: int) -> None:
    put(shelf, paper, text, unit=unit)
    deliver_once(consumer)


def test_a_new_result_is_told_of_once_and_an_old_one_never(
    client: FlaskClient, shelf: Shelf, consumer: IndexConsumer, office: Office
) -> None:
    index(shelf, consumer, 1, "Chợ Bến Mẫu", office.economy)
    sign_in_as(client, office.head)
    keep(client, tells="1")
    index(shelf, consumer, 1, "Chợ Bến Mẫu, sửa đổi", office.economy)  # known already
    index(shelf, consumer, 2, "Rừng", office.economy)  # something else
    index(shelf, consumer, 3, "Chợ Bến kín", office.culture)  # another unit's
    assert notices() == []
    index(shelf, consumer, 4, "Chợ Bến mới", office.economy)
    index(shelf, consumer, 4, "Chợ Bến mới, lần hai", office.economy)
    assert notices() == ["1 kết quả mới cho tìm kiếm “Chợ”"]
    page = client.get("/thong-bao").get_data(as_text=True)
    assert "kết quả mới cho tìm kiếm" in page


def test_one_keeps_searches_for_oneself(client: FlaskClient, office: Office) -> None:
    sign_in_as(client, office.head)
    keep(client, name="Của tôi", year="2026")
    keep(client, name="Của tôi", year="2025")  # the same name: replaced
    page = client.get("/tim-kiem").get_data(as_text=True)
    assert page.count("Của tôi</a>") == 1
    assert "year=2025" in page
    with reading() as session:
        [mine] = saved.searches_of(session, office.head)
    sign_in_as(client, office.head2)
    assert "Của tôi" not in client.get("/tim-kiem").get_data(as_text=True)
    assert client.post(f"/tim-kiem/luu/{mine.token}/xoa").status_code == 404
    sign_in_as(client, office.head)
    assert client.post(f"/tim-kiem/luu/{mine.token}/xoa").status_code == 302
    with reading() as session:
        assert saved.searches_of(session, office.head) == []


def test_a_refused_search_keeps_what_was_typed(client: FlaskClient, office: Office) -> None:
    sign_in_as(client, office.head)
    answer = client.post("/tim-kiem/luu", data={"name": "Mọi thứ", "q": " "}, follow_redirects=True)
    assert "Chưa có gì để lưu" in answer.get_data(as_text=True)
    answer = client.post(
        "/tim-kiem/luu", data={"name": "  ", "q": "chợ", "tells": "1"}, follow_redirects=True
    )
    page = answer.get_data(as_text=True)
    assert "Hãy đặt tên" in page or "đang được dựng lại" in page
    assert 'value="chợ"' in page


def test_thirty_two_tellers_tell_of_a_result_once(office: Office) -> None:
    with transaction() as session:
        search = services.save_search(
            session, office.head, name="Chợ", words="chợ", chosen={}, known=[("paper", 1)]
        )
        search_id = search.id
    results = {("paper", n): f"Giấy {n}" for n in (1, 2, 3)}

    def tell(_: int) -> int:
        with transaction() as session:
            return services.tell(session, search_id=search_id, results=results)

    with ThreadPoolExecutor(32) as pool:
        told = list(pool.map(tell, range(32)))
    assert sorted(told, reverse=True)[:2] == [2, 0]
    assert notices() == ["2 kết quả mới cho tìm kiếm “Chợ”"]
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(KnownResult)) == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_keeps_more_than_can_be_looked_through(office: Office) -> None:
    with transaction() as session:
        for n in range(services.MOST_SEARCHES):
            services.save_search(session, office.head, name=f"Số {n}", words="chợ", chosen={})
    with pytest.raises(RuleViolated), transaction() as session:
        services.save_search(session, office.head, name="Một nữa", words="chợ", chosen={})
    with reading() as session:
        kept = session.scalar(sa.select(sa.func.count()).select_from(SavedSearch))
    assert kept == services.MOST_SEARCHES
