"""What a citizen sees without an account: guide, own dossier, supplements, evaluation."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from werkzeug.test import TestResponse

from app.clock import frozen
from app.db import reading
from app.errors import RuleViolated
from app.files.store import current_store
from app.portal import guarding
from app.procedures import queries, services
from app.procedures.house import house
from app.procedures.models import Dossier, DossierStatus, PaymentWay, RatedVia
from app.procedures.printing import lookup_address
from app.procedures.services.scans import MOST_SUPPLEMENT_FILES
from app.security import SYSTEM
from tests.integration.procedures.conftest import COPY, MONDAY, Counter, act, look

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("monday"),
]


@pytest.fixture(autouse=True)
def no_form_tokens(app: Flask) -> None:
    """What forms carry against forgery is tested with the application as a whole."""
    app.config["WTF_CSRF_ENABLED"] = False


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def look_up(client: FlaskClient, code: str | None, check: str) -> TestResponse:
    return client.post("/cong-dan/tra-cuu", data={"ma": code, "kt": check}, follow_redirects=True)


def wrong(check: str) -> str:
    return check[:-1] + ("A" if check[-1] != "A" else "B")


def test_the_guide_finds_a_procedure_without_tone_marks_and_says_what_it_asks_for(
    counter: Counter, client: FlaskClient
) -> None:
    found = text(client.get("/cong-dan/thu-tuc?q=ho kinh doanh"))
    assert "Đăng ký thành lập hộ kinh doanh" in found
    assert "Chứng thực bản sao" not in found
    token = look(lambda s: queries.procedure_with_code(s, "9.900001")).token
    page = text(client.get(f"/cong-dan/thu-tuc/{token}"))
    assert "3 ngày làm việc" in page
    assert "Giấy đề nghị" in page
    assert "100.000 đồng" in page
    assert "https://dichvucong.gov.vn" in page
    assert client.get("/cong-dan/thu-tuc/khong-co").status_code == 404
    assert "Không có thủ tục nào khớp" in text(client.get("/cong-dan/thu-tuc?q=zzz"))


def test_a_dossier_opens_with_code_and_check_value_and_explains_its_date(
    counter: Counter, client: FlaskClient
) -> None:
    dossier = counter.receive()
    page = text(look_up(client, dossier.code, dossier.check_value.lower()))
    assert dossier.code is not None
    assert dossier.code in page
    assert "Hẹn trả kết quả" in page
    assert "24/11" in page  # the holiday that does not count
    assert "N. T. M. Hoa" in page
    assert "Nguyễn Thị Mẫu Hoa" not in page  # no more of the person than needed
    assert "037190000001" not in page
    assert "0912345678" not in page
    client.post("/cong-dan/ho-so/xong")
    assert client.get("/cong-dan/ho-so").headers["Location"] == "/cong-dan/tra-cuu"


def test_the_qr_code_of_the_receipt_opens_the_dossier_and_leaves_no_value_in_the_address(
    counter: Counter, client: FlaskClient
) -> None:
    dossier = counter.receive()
    answer = client.get(
        "/cong-dan/ho-so", query_string={"ma": dossier.code, "kt": dossier.check_value}
    )
    assert answer.headers["Location"] == "/cong-dan/ho-so"
    assert dossier.code is not None
    assert dossier.code in text(client.get("/cong-dan/ho-so"))


def plain(answer: TestResponse) -> str:
    """A page without the tokens of its forms, which carry the second they were made in."""
    return re.sub(r'(name="csrf-?_?token" (?:content|value)=)"[^"]*"', r"\1", text(answer))


def test_a_wrong_check_value_looks_like_a_wrong_code_and_guessing_comes_to_a_halt(
    counter: Counter, client: FlaskClient
) -> None:
    dossier = counter.receive()
    guess = wrong(dossier.check_value)
    one, other = look_up(client, dossier.code, guess), look_up(client, "H42-1", guess)
    assert one.status_code == other.status_code == 422
    assert plain(one).replace(dossier.code or "", "") == plain(other).replace("H42-1", "")
    for _try in range(guarding.BY_THING.free):
        last = look_up(client, dossier.code, guess)
    assert last.status_code == 429
    assert "thử lại sau" in text(last)
    # What others tried in vain never shuts the owner out, and costs those who guess the more.
    assert (dossier.code or "?") in text(look_up(client, dossier.code, dossier.check_value))


def test_who_guesses_at_one_code_is_halted_long_before_its_owner_elsewhere(
    counter: Counter, client: FlaskClient, app: Flask
) -> None:
    dossier = counter.receive()
    tries = guarding.BY_THING.free + guarding.BY_ADDRESS.free // guarding.COST_OF_GUESSING
    for _try in range(tries):
        look_up(client, dossier.code, wrong(dossier.check_value))
    assert look_up(client, dossier.code, dossier.check_value).status_code == 429
    owner = app.test_client().post(
        "/cong-dan/tra-cuu",
        data={"ma": dossier.code, "kt": dossier.check_value},
        environ_base={"REMOTE_ADDR": "2001:db8::7"},
    )
    assert owner.status_code == 302


def test_an_address_that_tries_many_codes_is_halted_and_others_are_not(
    counter: Counter, client: FlaskClient, app: Flask
) -> None:
    dossier = counter.receive()
    for number in range(guarding.BY_ADDRESS.free):
        look_up(client, f"H42-{number}", "AAAAAAAA")
    assert look_up(client, dossier.code, dossier.check_value).status_code == 429
    elsewhere = app.test_client()
    answer = elsewhere.get(
        "/cong-dan/ho-so",
        query_string={"ma": dossier.code, "kt": dossier.check_value},
        environ_base={"REMOTE_ADDR": "2001:db8::7"},
    )
    assert answer.status_code == 302
    assert guarding.source("2001:db8::7") == guarding.source("2001:db8::8")


def test_an_opened_dossier_closes_by_itself_after_half_an_hour(
    counter: Counter, client: FlaskClient
) -> None:
    dossier = counter.receive()
    look_up(client, dossier.code, dossier.check_value)
    with frozen(MONDAY.replace(hour=9, minute=29)):
        assert client.get("/cong-dan/ho-so").status_code == 200
    with frozen(MONDAY.replace(hour=9, minute=31)):
        assert client.get("/cong-dan/ho-so").status_code == 302


def asked(counter: Counter) -> tuple[Dossier, str, int]:
    """A dossier that waits for supplements, its link and the request."""
    dossier = counter.receive()
    supplement = act(
        services.ask_supplements, SYSTEM, dossier_id=dossier.id,
        items=["Bản sao hợp đồng thuê nhà"], reason="Thiếu địa điểm kinh doanh",
    )  # fmt: skip
    return dossier, supplement.link_token, supplement.id


def picture() -> io.BytesIO:
    page = Image.new("RGB", (240, 160), "white")
    ImageDraw.Draw(page).text((20, 60), "HOP DONG", fill="black")
    kept = io.BytesIO()
    page.save(kept, "PNG")
    kept.seek(0)
    return kept


def test_supplements_come_by_link_only_after_the_one_time_code(
    counter: Counter, client: FlaskClient, app: Flask
) -> None:
    dossier, link, supplement_id = asked(counter)
    paper = counter.now(dossier).papers[0]
    address = f"/cong-dan/bo-sung/{link}"
    assert "Bản sao hợp đồng" not in text(client.get(address))
    early = client.post(f"{address}/tep/{paper.id}", data={"file": (picture(), "hop-dong.png")})
    assert early.status_code == 404
    code = act(services.supplement_code, None, supplement_id=supplement_id)
    assert client.post(address, data={"code": "abcdef"}).status_code == 422
    page = client.post(address, data={"code": code}, follow_redirects=True)
    assert "Bản sao hợp đồng thuê nhà" in text(page)
    again = app.test_client().post(address, data={"code": code})
    assert again.status_code == 422  # it holds once
    assert client.post(f"{address}/gui").status_code == 422  # nothing to send yet
    client.post(f"{address}/tep/{paper.id}", data={"file": (picture(), "hop-dong.png")})
    sent = client.post(f"{address}/gui", data={"note": "Xin gửi"}, follow_redirects=True)
    assert "Đã gửi bổ sung" in text(sent)
    kept = counter.now(dossier)
    assert kept.status is DossierStatus.SUPPLEMENT  # an officer decides
    assert [scan.supplement_id for scan in kept.papers[0].scans] == [supplement_id]
    with reading() as session:
        request = queries.open_supplement(session, dossier.id)
        assert request is not None
        assert request.sent_at is not None
        assert request.answer == "Xin gửi"


def test_a_link_of_an_answered_request_opens_nothing(counter: Counter, client: FlaskClient) -> None:
    dossier, link, _id = asked(counter)
    act(services.take_supplements, counter.office.one_stop, dossier_id=dossier.id)
    answer = client.get(f"/cong-dan/bo-sung/{link}")
    assert answer.status_code == 404
    assert "không còn dùng được" in text(answer)


def test_an_expired_link_says_so_instead_of_asking_for_a_code(
    counter: Counter, client: FlaskClient
) -> None:
    _dossier, link, supplement_id = asked(counter)
    code = act(services.supplement_code, None, supplement_id=supplement_id)
    with frozen(MONDAY + timedelta(days=house().link_days, minutes=1)):
        shown = client.get(f"/cong-dan/bo-sung/{link}")
        entered = client.post(f"/cong-dan/bo-sung/{link}", data={"code": code})
    assert (shown.status_code, entered.status_code) == (404, 404)
    assert "đã hết hạn" in text(shown)
    assert "đã hết hạn" in text(entered)
    assert 'name="code"' not in text(shown)


def test_a_request_takes_so_many_files_and_no_more(counter: Counter) -> None:
    dossier, _link, supplement_id = asked(counter)
    paper = counter.now(dossier).papers[0]
    blob = current_store().put(picture())

    def send() -> None:
        act(
            services.attach_scan, SYSTEM, dossier_id=dossier.id, paper_id=paper.id, blob=blob,
            name="hop-dong.png", media_type="image/png", supplement_id=supplement_id,
        )  # fmt: skip

    for _n in range(MOST_SUPPLEMENT_FILES):
        send()
    with pytest.raises(RuleViolated, match="không thêm được nữa"):
        send()


def finished(counter: Counter) -> Dossier:
    done: Dossier = act(
        services.finish_fast, counter.office.one_stop, reception=counter.reception(COPY, pages=2),
        values={"document": "Bằng tốt nghiệp"}, paid=PaymentWay.CASH,
    )  # fmt: skip
    return done


def test_a_result_is_evaluated_once_on_the_dossiers_page(
    counter: Counter, client: FlaskClient
) -> None:
    dossier = finished(counter)
    page = text(look_up(client, dossier.code, dossier.check_value))
    assert "Rất hài lòng" in page
    assert client.post("/cong-dan/ho-so/danh-gia", data={}).status_code == 422
    client.post("/cong-dan/ho-so/danh-gia", data={"score": "5", "text": "Nhanh"})
    with reading() as session:
        kept = queries.evaluation_of(session, dossier.id)
        assert kept is not None
        assert (kept.score, kept.text, kept.via) == (5, "Nhanh", RatedVia.QR)
    assert client.post("/cong-dan/ho-so/danh-gia", data={"score": "1"}).status_code == 409


def test_the_device_at_the_counter_takes_an_opinion_and_shows_nothing_of_the_dossier(
    counter: Counter, client: FlaskClient
) -> None:
    dossier = finished(counter)
    values = {"ma": dossier.code, "kt": dossier.check_value, "score": "4"}
    refused = client.post("/cong-dan/danh-gia", data=values | {"kt": wrong(dossier.check_value)})
    assert refused.status_code == 422
    page = client.post("/cong-dan/danh-gia", data=values, follow_redirects=True)
    assert "Cảm ơn" in text(page)
    assert dossier.code is not None
    assert dossier.code not in text(page)
    with reading() as session:
        kept = queries.evaluation_of(session, dossier.id)
        assert kept is not None
        assert kept.via is RatedVia.KIOSK
    open_one = counter.receive()
    early = client.post(
        "/cong-dan/danh-gia",
        data={"ma": open_one.code, "kt": open_one.check_value, "score": "4"},
    )
    assert "chưa có kết quả" in text(early)


def test_a_scanner_at_the_device_types_the_address_of_the_receipt_into_the_first_field(
    app: Flask, counter: Counter, client: FlaskClient
) -> None:
    dossier = finished(counter)
    with app.test_request_context():
        address = lookup_address(dossier)
    scanned = text(client.post("/cong-dan/danh-gia", data={"ma": address, "kt": ""}))
    assert f'value="{dossier.code}"' in scanned
    assert f'value="{dossier.check_value}"' in scanned
    assert "Hãy chọn một mức độ hài lòng." in scanned
    assert "Hãy nhập mã kiểm tra." not in scanned
    page = client.post("/cong-dan/danh-gia", data={"ma": address, "score": "5"})
    assert page.status_code == 302


def test_a_dossier_that_waits_for_the_citizen_says_what_for(
    counter: Counter, client: FlaskClient
) -> None:
    dossier, link, _id = asked(counter)
    page = text(look_up(client, dossier.code, dossier.check_value))
    assert "Bản sao hợp đồng thuê nhà" in page
    assert "tạm dừng" in page
    assert link in page
