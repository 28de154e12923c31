"""The way of a dossier: from the counter to the result, with what stops it in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.clock import VIETNAM, frozen, local
from app.db import reading
from app.errors import InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.notifications.models import Notification
from app.procedures import queries, services
from app.procedures.models import (
    Channel,
    Dossier,
    DossierStatus,
    FinanceState,
    NoticeKind,
    PaperState,
    PaymentWay,
)
from app.procedures.queries import DossierFilter, ResultClass, result_class
from app.procedures.services import PaperGiven
from app.tasks import custody
from app.tasks.models import Station
from app.worktime import services as worktime
from app.worktime.models import DayKind
from tests.integration.procedures.conftest import BIRTH, MONDAY, Counter, act, look

pytestmark = [
    pytest.mark.usefixtures("monday"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def at(day: int, hour: int = 9, minute: int = 0) -> Any:
    return frozen(datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM))


def on_clock(moment: datetime | None) -> str:
    return f"{local(moment):%H:%M %d/%m}" if moment else "paused"


def to_specialist(counter: Counter, **changes: Any) -> Dossier:
    dossier = counter.receive(**changes)
    act(
        services.assign, counter.office.head, dossier_id=dossier.id,
        post_id=counter.office.specialist.post_id,
    )  # fmt: skip
    return dossier


def test_three_working_days_from_monday_end_on_friday_because_tuesday_is_a_holiday(
    counter: Counter,
) -> None:
    dossier = counter.receive()

    assert on_clock(dossier.due_at) == "17:00 27/11"
    assert [on_clock(step.due_at) for step in counter.now(dossier).steps[1:4]] == [
        "11:15 25/11",
        "17:00 26/11",
        "17:00 27/11",
    ]
    assert dossier.status is DossierStatus.PROCESSING
    assert dossier.finance is FinanceState.DUE


def test_same_day_procedures_received_after_three_are_due_on_the_next_working_day(
    counter: Counter,
) -> None:
    before = counter.receive(BIRTH)
    with at(23, 15, 1):
        after = counter.receive(BIRTH)

    assert on_clock(before.due_at) == "17:00 23/11"
    assert on_clock(after.due_at) == "17:00 25/11"


def test_a_dossier_goes_from_hand_to_hand_to_the_result_and_to_the_citizen(
    counter: Counter,
) -> None:
    office = counter.office
    dossier = to_specialist(counter)
    here = look(lambda s: custody.open_stay(s, "dossier", dossier.id))
    assert (here.station, here.post_id) == (Station.HANDLER, office.specialist.post_id)

    act(services.finish_step, office.specialist, dossier_id=dossier.id, note="Đủ điều kiện")
    with pytest.raises(PermissionDenied):
        act(services.give_result, office.specialist, dossier_id=dossier.id, result="GCN số 15")
    act(services.give_result, office.leader, dossier_id=dossier.id, result="GCN số 15")
    with pytest.raises(RuleViolated, match="phải nộp"):
        act(services.deliver, office.one_stop, dossier_id=dossier.id)
    act(services.pay, office.one_stop, dossier_id=dossier.id, amount=100_000)
    act(services.deliver, office.one_stop, dossier_id=dossier.id)

    done = counter.now(dossier)
    assert done.status is DossierStatus.DELIVERED
    assert result_class(done) is ResultClass.EARLY
    assert done.receiver_name == "Nguyễn Thị Mẫu Hoa"
    assert look(lambda s: custody.open_stay(s, "dossier", dossier.id)) is None
    told = [e.action for e in look(lambda s: queries.history_of(s, done.id, public_only=True))]
    assert told == ["received", "result_given", "paid", "delivered"]


def test_a_supplement_stops_the_clock_and_what_was_used_stays_used(counter: Counter) -> None:
    office = counter.office
    dossier = to_specialist(counter)
    with at(26):
        supplement = act(
            services.ask_supplements, office.specialist, dossier_id=dossier.id,
            items=["Bản sao căn cước rõ hơn", " "], reason="Không đọc được",
        )  # fmt: skip
        assert supplement.items == ["Bản sao căn cước rõ hơn"]
    waiting = counter.now(dossier)
    assert (waiting.status, waiting.due_at) == (DossierStatus.SUPPLEMENT, None)
    assert result_class(waiting) is ResultClass.PAUSED
    with at(30):
        act(services.take_supplements, office.one_stop, dossier_id=dossier.id)
        going = counter.now(dossier)
        assert going.status is DossierStatus.PROCESSING
        assert on_clock(going.due_at) == "17:00 01/12"
        with pytest.raises(RuleViolated, match="1 lần"):
            act(
                services.ask_supplements, office.specialist, dossier_id=dossier.id,
                items=["Thêm nữa"], reason="Thiếu",
            )  # fmt: skip


def test_only_a_version_that_says_so_counts_anew_from_the_complete_dossier(
    counter: Counter,
) -> None:
    office = counter.office
    for record, whole in ((BIRTH, True), (None, False)):
        dossier = to_specialist(counter) if record is None else counter.receive(record)
        holder = office.specialist if record is None else office.head
        act(services.ask_supplements, holder, dossier_id=dossier.id, items=["x"], reason="Thiếu")
        with at(26):
            if whole:
                act(services.take_supplements, office.one_stop, dossier_id=dossier.id, restart=True)
                assert on_clock(counter.now(dossier).due_at) == "17:00 26/11"
            else:
                with pytest.raises(RuleViolated, match="tính lại từ đầu"):
                    act(
                        services.take_supplements, office.one_stop, dossier_id=dossier.id,
                        restart=True,
                    )  # fmt: skip


def test_a_supplement_by_link_needs_a_code_that_counts_once_and_few_tries(
    counter: Counter,
) -> None:
    dossier = to_specialist(counter)
    asked = act(
        services.ask_supplements, counter.office.specialist, dossier_id=dossier.id,
        items=["Căn cước"], reason="Thiếu",
    )  # fmt: skip
    link = asked.link_token
    code = act(services.supplement_code, None, supplement_id=asked.id)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    assert not act(services.open_supplement_link, None, link_token=link, code=wrong)
    assert act(services.open_supplement_link, None, link_token=link, code=code)
    assert not act(services.open_supplement_link, None, link_token=link, code=code)
    code = act(services.supplement_code, None, supplement_id=asked.id)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    tries = [
        act(services.open_supplement_link, None, link_token=link, code=one)
        for one in [wrong] * 5 + [code]
    ]
    assert tries == [False] * 6
    act(services.send_supplements, None, supplement_id=asked.id, note="Đã gửi ảnh")
    assert counter.now(dossier).status is DossierStatus.SUPPLEMENT
    with pytest.raises(NotFound):
        act(services.open_supplement_link, None, link_token="x", code=code)


def test_an_apology_comes_before_the_due_moment_and_once(counter: Counter) -> None:
    dossier = to_specialist(counter)
    values: dict[str, Any] = {"dossier_id": dossier.id, "amount": 2, "reason": "Chờ xác minh"}

    notice = act(services.extend, counter.office.head, **values)

    assert (on_clock(notice.old_due_at), on_clock(notice.new_due_at)) == (
        "17:00 27/11",
        "17:00 01/12",
    )
    assert on_clock(counter.now(dossier).due_at) == "17:00 01/12"
    with pytest.raises(RuleViolated, match="1 lần"):
        act(services.extend, counter.office.head, **values)
    other = to_specialist(counter)
    with frozen(MONDAY + timedelta(days=8)), pytest.raises(RuleViolated, match="quá hạn"):
        act(services.extend, counter.office.head, **(values | {"dossier_id": other.id}))


def test_missing_papers_are_refused_at_the_counter_unless_the_officer_takes_them_so(
    counter: Counter,
) -> None:
    reception = counter.reception()
    papers = [reception.papers[0], PaperGiven(reception.papers[1].procedure_paper_id,
              state=PaperState.MISSING), PaperGiven(None, "Hợp đồng thuê nhà")]  # fmt: skip

    with pytest.raises(InvalidInput, match="Căn cước"):
        counter.receive(papers=papers)
    kept = act(
        services.receive, counter.office.one_stop,
        reception=counter.reception(papers=papers), allow_missing=True,
    )  # fmt: skip

    assert [(p.name, p.state.value) for p in counter.now(kept).papers] == [
        ("Giấy đề nghị", "received"),
        ("Căn cước", "missing"),
        ("Giấy ủy quyền", "not_needed"),
        ("Hợp đồng thuê nhà", "received"),
    ]


def test_no_processing_time_runs_before_acceptance(counter: Counter) -> None:
    office = counter.office
    dossier = counter.receive(channel=Channel.ONLINE, accept=False)
    assert (dossier.status, dossier.due_at) == (DossierStatus.NEW, None)
    act(
        services.ask_supplements, office.one_stop, dossier_id=dossier.id, items=["x"],
        reason="Thiếu",
    )  # fmt: skip
    with pytest.raises(RuleViolated, match="chờ người dân"):
        act(services.accept, office.one_stop, dossier_id=dossier.id)
    act(services.take_supplements, office.one_stop, dossier_id=dossier.id)
    with at(26):
        act(services.accept, office.one_stop, dossier_id=dossier.id)

    assert on_clock(counter.now(dossier).due_at) == "17:00 01/12"
    refused = counter.receive(channel=Channel.ONLINE, accept=False)
    notice = act(services.refuse, office.one_stop, dossier_id=refused.id, reason="Sai nơi nộp")
    assert notice.kind is NoticeKind.REFUSAL
    assert counter.now(refused).status is DossierStatus.NOT_RECEIVED


@pytest.mark.parametrize("end", ["stop", "withdraw"])
def test_a_stopped_or_withdrawn_dossier_closes_the_open_request_and_its_link(
    counter: Counter, end: str
) -> None:
    office = counter.office
    dossier = to_specialist(counter)
    asked = act(
        services.ask_supplements, office.specialist, dossier_id=dossier.id, items=["x"],
        reason="Thiếu",
    )  # fmt: skip
    ending: dict[str, tuple[Callable[..., Any], Any, DossierStatus]] = {
        "stop": (services.stop, office.head, DossierStatus.STOPPED),
        "withdraw": (services.withdraw, office.one_stop, DossierStatus.WITHDRAWN),
    }
    service, actor, status = ending[end]

    act(service, actor, dossier_id=dossier.id, reason="Không bổ sung")

    closed = counter.now(dossier)
    assert closed.status is status
    assert result_class(closed) is ResultClass.CLOSED
    assert look(lambda s: queries.supplement_by_link(s, asked.link_token)) is None


def test_money_is_taken_once_and_a_dossier_that_waited_for_it_goes_on(counter: Counter) -> None:
    office = counter.office
    dossier = to_specialist(counter)
    act(services.ask_fees, office.specialist, dossier_id=dossier.id, reason="Lệ phí")
    assert (counter.now(dossier).status, counter.now(dossier).due_at) == (
        DossierStatus.FINANCE,
        None,
    )
    paying: dict[str, Any] = {"dossier_id": dossier.id, "way": PaymentWay.TRANSFER}
    with pytest.raises(InvalidInput, match=r"100\.000"):
        act(services.pay, office.one_stop, amount=100_001, **paying)
    act(services.pay, office.one_stop, amount=40_000, receipt_number="BL 1", **paying)
    with pytest.raises(InvalidInput, match="đã dùng"):
        act(services.pay, office.one_stop, amount=60_000, receipt_number="BL 1", **paying)
    act(services.pay, office.one_stop, amount=60_000, receipt_number="BL 2", **paying)

    paid = counter.now(dossier)
    assert (paid.status, paid.finance) == (DossierStatus.PROCESSING, FinanceState.PAID)


def test_who_has_nothing_to_do_with_a_dossier_does_not_find_it(counter: Counter) -> None:
    office = counter.office
    dossier = to_specialist(counter)
    for actor in (office.head, office.specialist, office.leader, office.one_stop):
        with reading() as session:
            page = queries.dossier_page(session, actor, DossierFilter())
        assert (page.total, page.tabs["processing"]) == (1, 1)
    for actor in (office.head2, office.specialist2, office.admin, office.duty):
        with reading() as session, pytest.raises(NotFound):
            queries.get_dossier(session, actor, dossier.token)
    with pytest.raises(PermissionDenied):
        act(services.receive, office.specialist, reception=counter.reception())


def test_a_citizen_sees_the_dossier_by_code_and_check_value_only(counter: Counter) -> None:
    dossier = counter.receive()
    code, check = dossier.code or "", dossier.check_value

    assert look(lambda s: queries.public_dossier(s, code, check.lower())).id == dossier.id
    assert look(lambda s: queries.public_dossier(s, code, "AAAAAAAA")) is None
    assert look(lambda s: queries.public_dossier(s, code, "")) is None
    assert look(lambda s: queries.public_dossier(s, "H42", check)) is None


def test_the_citizen_evaluates_once_and_only_a_result(counter: Counter) -> None:
    dossier = to_specialist(counter)
    with pytest.raises(RuleViolated, match="chưa có kết quả"):
        act(services.evaluate, None, dossier_id=dossier.id, score=5)
    act(services.give_result, counter.office.head, dossier_id=dossier.id, result="Đã cấp")
    with pytest.raises(InvalidInput):
        act(services.evaluate, None, dossier_id=dossier.id, score=6)
    act(services.evaluate, None, dossier_id=dossier.id, score=5, text="Nhanh")
    with pytest.raises(RuleViolated, match="đã được đánh giá"):
        act(services.evaluate, None, dossier_id=dossier.id, score=1)


def test_a_day_off_announced_later_moves_all_open_dossiers_and_tells_their_holder_once(
    counter: Counter,
) -> None:
    office = counter.office
    dossiers = [to_specialist(counter) for _ in range(3)]
    waiting = to_specialist(counter)
    act(
        services.ask_supplements, office.specialist, dossier_id=waiting.id, items=["x"],
        reason="Thiếu",
    )  # fmt: skip
    act(
        worktime.set_day, office.chief, day=date(2026, 11, 26), kind=DayKind.HOLIDAY,
        label="Nghỉ bão",
    )  # fmt: skip

    assert worktime.recount_waiting() == 3

    moved = [counter.now(dossier) for dossier in dossiers]
    assert {on_clock(one.due_at) for one in moved} == {"17:00 30/11"}
    assert {on_clock(one.original_due_at) for one in moved} == {"17:00 27/11"}
    assert on_clock(moved[0].steps[2].due_at) == "17:00 27/11"
    assert counter.now(waiting).due_at is None
    with reading() as session:
        told = session.scalars(sa.select(Notification).filter_by(event="dossier.due_moved")).all()
    assert [(one.post_id, "Nghỉ bão" in one.text) for one in told] == [
        (office.specialist.post_id, True)
    ]
