"""“Kiểm tra chữ ký” says what is true of a signed, a spoilt and an unsigned PDF."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.demo.letters import sample_letters
from app.demo.signing import trust_demo_authority
from app.web.shell import settings
from tests.factories import Office
from tests.integration.incoming.pages import SAMPLES, browser

# One database is enough for a page that reads none.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SIGNED = (SAMPLES / "07-ky-so.pdf").read_bytes()
UNSIGNED = (SAMPLES / "11-thong-bao-dien-tu.pdf").read_bytes()
SIGNER = sample_letters()["07-ky-so"].signer


@pytest.fixture
def client(app: Flask, office: Office) -> FlaskClient:
    trust_demo_authority(settings(app).trust_dir)
    return browser(app, office.specialist)


def judged(client: FlaskClient, pdf: bytes) -> tuple[int, str]:
    answer = client.post("/kiem-tra-chu-ky/", data={"file": (io.BytesIO(pdf), "cong-van.pdf")})
    return answer.status_code, answer.get_data(as_text=True)


def test_the_page_says_who_signed_and_that_a_later_change_broke_it(
    client: FlaskClient,
) -> None:
    status, said = judged(client, SIGNED)
    assert status == 200
    assert SIGNER in said
    assert "Nội dung đã ký còn nguyên vẹn." in said
    assert "thuộc danh sách tin cậy của cơ quan" in said
    spoilt = bytearray(SIGNED)
    spoilt[SIGNED.index(b"stream") + 20] ^= 1
    status, said = judged(client, bytes(spoilt))
    assert "Mọi chữ ký đều hợp lệ" not in said
    assert "Nội dung đã ký bị sửa" in said


def test_unsigned_and_unreadable_files_get_a_sentence(client: FlaskClient) -> None:
    assert (
        "Tệp không có chữ ký số"
        in judged(client, (SAMPLES / "11-thong-bao-dien-tu.pdf").read_bytes())[1]
    )
    status, said = judged(client, b"xin chao")
    assert status == 422
    assert "Tệp bị hỏng" in said
    answer = client.post("/kiem-tra-chu-ky/", data={})
    assert answer.status_code == 422
    assert "Hãy chọn một tệp PDF." in answer.get_data(as_text=True)
