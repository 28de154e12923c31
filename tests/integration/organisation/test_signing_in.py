"""Signing in through the pages: password, second factor, first password, limits."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.audit import AuditLog
from app.db import reading, transaction
from app.organisation import passwords
from app.organisation.models import Person, SignInSession, SignInThrottle
from app.organisation.services import people, signing_in
from app.organisation.services.throttle import LOGIN, Throttled
from tests.factories import PASSWORD, Office, give_password
from tests.integration.organisation.conftest import browser_of, text_of

NEW_PASSWORD = "trời xanh lúa chín 26"


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post("/dang-nhap", data={"login": login, "password": password, **more})


@pytest.fixture
def clerk_login(office: Office) -> str:
    with transaction() as session:
        return give_password(session, office.clerk.person_id)


def test_the_right_password_opens_the_page_that_was_asked_for(
    client: FlaskClient, clerk_login: str
) -> None:
    answer = sign_in(client, clerk_login.upper(), next="/tai-khoan?x=1")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/tai-khoan?x=1")
    assert "Phạm Mẫu Hạnh" in client.get("/tai-khoan").get_data(as_text=True)


@pytest.mark.parametrize("target", ["//evil.example/a", "https://evil.example", "/\\evil", "\n/x"])
def test_nobody_is_sent_to_another_site_after_signing_in(
    client: FlaskClient, clerk_login: str, target: str
) -> None:
    assert sign_in(client, clerk_login, next=target).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(
    client: FlaskClient, clerk_login: str
) -> None:
    wrong, unknown = sign_in(client, clerk_login, "sai-mat-khau"), sign_in(client, "khong-ai")

    assert wrong.status_code == unknown.status_code == 422
    assert text_of(wrong.get_data(as_text=True)) == text_of(unknown.get_data(as_text=True))
    assert signing_in.WRONG in wrong.get_data(as_text=True)


def test_an_unknown_login_costs_one_comparison_like_a_known_one(
    app: Flask, clerk_login: str
) -> None:
    with transaction() as session:
        known = signing_in.begin_sign_in(session, login=clerk_login, address="10.0.0.1")
        unknown = signing_in.begin_sign_in(session, login="khong-ai", address="10.0.0.1")

    assert known.password_hash is not None
    assert unknown.password_hash is None
    assert not passwords.verify(unknown.password_hash, "anything")


def test_the_cookie_holds_a_random_token_of_which_the_database_keeps_the_hash(
    client: FlaskClient, clerk_login: str
) -> None:
    sign_in(client, clerk_login)

    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
        assert set(cookie) <= {"_user_id", "_fresh", "_id", "csrf_token", "_permanent"}
    with reading() as session:
        [row] = session.scalars(sa.select(SignInSession))
        assert row.token_hash == passwords.token_hash(token)
        assert token not in row.token_hash


def test_after_five_wrong_passwords_even_the_right_one_must_wait(
    client: FlaskClient, clerk_login: str
) -> None:
    for _attempt in range(LOGIN.free):
        assert sign_in(client, clerk_login, "sai-mat-khau").status_code == 422

    refused = sign_in(client, clerk_login)
    assert refused.status_code == 429
    assert "Hãy thử lại sau 1 phút" in refused.get_data(as_text=True)
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert sign_in(client, clerk_login).status_code == 302


def test_a_login_nobody_has_is_slowed_down_like_any_other(
    client: FlaskClient, office: Office
) -> None:
    for _attempt in range(LOGIN.free):
        sign_in(client, "khong-ai", "sai")

    assert sign_in(client, "khong-ai", "sai").status_code == 429


def test_pauses_double_and_the_right_password_forgets_them(app: Flask, office: Office) -> None:
    start = clock.now()

    def attempt(at: timedelta) -> None:
        with clock.frozen(start + at), transaction() as session:
            signing_in.begin_sign_in(session, login="vanthu", address="10.0.0.1")

    for _ in range(LOGIN.free):
        attempt(timedelta())
    attempt(timedelta(seconds=61))
    with pytest.raises(Throttled):
        attempt(timedelta(seconds=61 + 61))
    attempt(timedelta(seconds=61 + 121))
    with reading() as session:
        row = session.get_one(SignInThrottle, "login:vanthu")
        assert row.blocked_until == start + timedelta(seconds=182) + timedelta(minutes=4)


def test_thirty_two_guesses_at_once_are_not_more_than_five(app: Flask, office: Office) -> None:
    checked, refused, failed = [], [], []
    barrier = threading.Barrier(32)

    def guess() -> None:
        barrier.wait()
        try:
            with transaction() as session:
                signing_in.begin_sign_in(session, login="chutich", address="10.0.0.9")
            checked.append(1)
        except Throttled:
            refused.append(1)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=guess) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failed == []
    assert (len(checked), len(refused)) == (LOGIN.free, 32 - LOGIN.free)


def test_an_idle_session_ends_and_one_in_use_ends_after_its_limit(
    app: Flask, office: Office
) -> None:
    client, start = browser_of(app, office, "clerk"), clock.now()
    for minutes in range(50, 12 * 60, 50):
        with clock.frozen(start + timedelta(minutes=minutes)):
            assert client.get("/tai-khoan").status_code == 200, minutes
    with clock.frozen(start + timedelta(hours=12, minutes=1)):
        assert client.get("/tai-khoan").status_code == 401

    idle = browser_of(app, office, "clerk")
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert idle.get("/tai-khoan").status_code == 401


def test_looking_at_pages_writes_at_most_once_a_minute(app: Flask, office: Office) -> None:
    client, start = browser_of(app, office, "clerk"), clock.now()

    def seen() -> object:
        with reading() as session:
            return session.scalar(sa.select(SignInSession.last_seen_at))

    before = seen()
    with clock.frozen(start + timedelta(seconds=50)):
        client.get("/tai-khoan")
    assert seen() == before
    with clock.frozen(start + timedelta(seconds=70)):
        client.get("/tai-khoan")
    assert seen() == start + timedelta(seconds=70)


def test_signing_out_ends_the_session_for_copies_of_the_cookie_too(
    app: Flask, client: FlaskClient, clerk_login: str
) -> None:
    sign_in(client, clerk_login)
    with client.session_transaction() as cookie:
        copied = dict(cookie)
    client.post("/dang-xuat")

    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(copied)
    assert client.get("/tai-khoan").status_code == 401
    assert thief.get("/tai-khoan").status_code == 401


def test_a_session_is_listed_and_can_be_ended_from_another_browser(
    app: Flask, office: Office
) -> None:
    here, there = browser_of(app, office, "clerk"), browser_of(app, office, "clerk")
    page = here.get("/tai-khoan/phien-dang-nhap").get_data(as_text=True)
    [target] = re.findall(r"/tai-khoan/phien-dang-nhap/(\d+)/ket-thuc", page)

    here.post(f"/tai-khoan/phien-dang-nhap/{target}/ket-thuc")

    assert here.get("/tai-khoan").status_code == 200
    assert there.get("/tai-khoan").status_code == 401


def test_nobody_ends_the_session_of_another(app: Flask, office: Office) -> None:
    victim = browser_of(app, office, "leader")
    with reading() as session:
        target = session.scalar(sa.select(SignInSession.id))

    answer = browser_of(app, office, "clerk").post(f"/tai-khoan/phien-dang-nhap/{target}/ket-thuc")

    assert answer.status_code == 404
    assert victim.get("/tai-khoan").status_code == 200


def test_a_one_time_code_works_once_and_asks_for_a_password_of_ones_own(
    app: Flask, office: Office, admin: FlaskClient, clerk_login: str
) -> None:
    old_browser = browser_of(app, office, "clerk")
    page = admin.post(f"/quan-tri/nguoi-dung/{office.clerk.person_id}/mat-khau")
    [code] = re.findall(r'cv-code">([A-Z0-9-]{19})<', page.get_data(as_text=True))

    assert old_browser.get("/tai-khoan").status_code == 401
    client = app.test_client()
    assert sign_in(client, clerk_login).status_code == 422  # the old password
    answer = sign_in(client, clerk_login, code.lower().replace("-", " "))
    assert answer.headers["Location"] == "/dang-nhap/mat-khau-moi"
    assert client.get("/tai-khoan").status_code == 401  # nothing opens before
    weak = client.post(
        "/dang-nhap/mat-khau-moi", data={"password": "vanthu12345", "again": "vanthu12345"}
    )
    assert (weak.status_code, "không được chứa" in weak.get_data(as_text=True)) == (422, True)
    client.post("/dang-nhap/mat-khau-moi", data={"password": NEW_PASSWORD, "again": NEW_PASSWORD})

    assert client.get("/tai-khoan").status_code == 200
    assert sign_in(app.test_client(), clerk_login, code).status_code == 422
    assert sign_in(app.test_client(), clerk_login, NEW_PASSWORD).status_code == 302


def test_a_one_time_code_ends_after_three_days(
    app: Flask, office: Office, client: FlaskClient
) -> None:
    code = passwords.new_code()
    with transaction() as session:
        people.reset_password(
            session,
            office.admin,
            person_id=office.clerk.person_id or 0,
            code_hash=passwords.hash_password(code),
        )
    with clock.frozen(clock.now() + timedelta(hours=73)):
        assert sign_in(client, "vanthu", code).status_code == 422


def turn_on_two_factor(client: FlaskClient, person_id: int | None) -> tuple[pyotp.TOTP, list[str]]:
    client.post("/tai-khoan/hai-lop/bat")
    page = client.get("/tai-khoan/hai-lop").get_data(as_text=True)
    assert "<svg" in page
    with reading() as session:
        totp = pyotp.TOTP(session.get_one(Person, person_id).totp_secret or "")
    answer = client.post(
        "/tai-khoan/hai-lop/xac-nhan", data={"code": totp.at(clock.now())}
    ).get_data(as_text=True)
    codes = re.findall(r"<code>([A-Z0-9-]{19})</code>", answer)
    assert len(codes) == 10
    return totp, codes


def test_the_second_factor_is_asked_for_and_each_code_works_once(
    app: Flask, office: Office, clerk_login: str
) -> None:
    totp, [recovery, *_rest] = turn_on_two_factor(
        browser_of(app, office, "clerk"), office.clerk.person_id
    )
    later = clock.now() + timedelta(minutes=2)
    with clock.frozen(later):
        client = app.test_client()
        answer = sign_in(client, clerk_login, next="/tai-khoan/mat-khau")
        assert answer.headers["Location"] == "/dang-nhap/ma-xac-thuc"
        assert client.get("/tai-khoan").status_code == 401
        wrong = client.post("/dang-nhap/ma-xac-thuc", data={"code": "000000"})
        assert wrong.status_code == 422
        good = {"code": totp.at(later)}
        answer = client.post("/dang-nhap/ma-xac-thuc", data=good)
        assert answer.headers["Location"] == "/tai-khoan/mat-khau"
        assert client.get("/tai-khoan").status_code == 200

        again = app.test_client()
        sign_in(again, clerk_login)
        assert again.post("/dang-nhap/ma-xac-thuc", data=good).status_code == 422
        tidy = {"code": recovery.lower()}
        assert again.post("/dang-nhap/ma-xac-thuc", data=tidy).status_code == 302
        third = app.test_client()
        sign_in(third, clerk_login)
        assert third.post("/dang-nhap/ma-xac-thuc", data=tidy).status_code == 422


def test_the_token_changes_when_the_second_factor_was_passed(
    app: Flask, office: Office, clerk_login: str
) -> None:
    totp, _codes = turn_on_two_factor(browser_of(app, office, "clerk"), office.clerk.person_id)
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        client = app.test_client()
        sign_in(client, clerk_login)
        with client.session_transaction() as cookie:
            pending = cookie["pending"]
        client.post("/dang-nhap/ma-xac-thuc", data={"code": totp.at(clock.now())})
        with client.session_transaction() as cookie:
            assert "pending" not in cookie
            assert cookie["_user_id"] != pending
        thief = app.test_client()
        with thief.session_transaction() as cookie:
            cookie["pending"] = pending
        assert thief.get("/tai-khoan").status_code == 401


def test_codes_are_not_guessed_without_end(app: Flask, office: Office, clerk_login: str) -> None:
    turn_on_two_factor(browser_of(app, office, "clerk"), office.clerk.person_id)
    client = app.test_client()
    sign_in(client, clerk_login)

    answers = [
        client.post("/dang-nhap/ma-xac-thuc", data={"code": "111111"}).status_code for _ in range(6)
    ]

    assert answers == [422] * 5 + [429]


def test_the_second_factor_is_turned_off_with_the_password_only(
    app: Flask, office: Office, clerk_login: str
) -> None:
    client = browser_of(app, office, "clerk")
    turn_on_two_factor(client, office.clerk.person_id)

    assert client.post("/tai-khoan/hai-lop/tat", data={"password": "sai"}).status_code == 422
    assert client.post("/tai-khoan/hai-lop/tat", data={"password": PASSWORD}).status_code == 302
    assert sign_in(app.test_client(), clerk_login).headers["Location"] == "/"


def test_a_changed_password_signs_out_the_other_browsers(
    app: Flask, office: Office, clerk_login: str
) -> None:
    here, there = browser_of(app, office, "clerk"), browser_of(app, office, "clerk")
    form = {"old": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}

    assert here.post("/tai-khoan/mat-khau", data={**form, "old": "sai"}).status_code == 422
    assert here.post("/tai-khoan/mat-khau", data=form).status_code == 302

    assert here.get("/tai-khoan").status_code == 200
    assert there.get("/tai-khoan").status_code == 401
    assert sign_in(app.test_client(), clerk_login).status_code == 422


def test_a_closed_account_is_out_at_the_next_click(
    app: Flask, office: Office, admin: FlaskClient, clerk_login: str
) -> None:
    client = browser_of(app, office, "clerk")

    admin.post(f"/quan-tri/nguoi-dung/{office.clerk.person_id}/trang-thai", data={"active": "0"})

    assert client.get("/tai-khoan").status_code == 401
    assert sign_in(app.test_client(), clerk_login).status_code == 422


def test_an_administrator_ends_the_pause_of_somebody(
    app: Flask, office: Office, admin: FlaskClient, clerk_login: str
) -> None:
    for _ in range(LOGIN.free):
        sign_in(app.test_client(), clerk_login, "sai-mat-khau")
    page = f"/quan-tri/nguoi-dung/{office.clerk.person_id}"
    assert "Đang tạm khóa" in admin.get(page).get_data(as_text=True)

    admin.post(f"{page}/mo-khoa")

    assert sign_in(app.test_client(), clerk_login).status_code == 302


def test_sign_ins_are_in_the_trail_without_what_was_typed(
    client: FlaskClient, clerk_login: str
) -> None:
    sign_in(client, "mat-khau-go-nham-o", "sai")
    sign_in(client, clerk_login)

    with reading() as session:
        rows = session.scalars(sa.select(AuditLog).order_by(AuditLog.id)).all()
    assert [row.action for row in rows] == ["sign_in.failed", "sign_in.open"]
    assert "mat-khau-go-nham-o" not in str([row.detail for row in rows])
