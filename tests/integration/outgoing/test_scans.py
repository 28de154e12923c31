"""Paper documents: their number sheet, and the scan that finds its document by the sheet's code."""

from __future__ import annotations

import io

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import reading
from app.demo.scanning import Quality, scan
from app.files.models import StoredFile
from app.files.store import current_store
from app.incoming import entry
from app.incoming.models import IntakeItem, IntakeSource, IntakeState
from app.incoming.quarantine import current_quarantine
from app.incoming.services.intake import Arrival
from app.outgoing import indexing
from app.outgoing.models import PaperStage, Stage
from app.outgoing.papers.layout import to_pdf
from app.registers.models import RegisterEntry
from app.web.shell import settings
from tests.factories import Office
from tests.integration.incoming.pages import browser, page
from tests.integration.outgoing.conftest import Writers
from tests.integration.outgoing.test_views import address, document
from tests.unit.outgoing.papers.examples import LETTER
from workflows import reading as readings
from workflows.runtime import Runtime

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


ALL = "/van-ban-di/ban-quet"


def pile(*pdfs: bytes, scanned: bool = False) -> bytes:
    """Sheets and letters laid upon each other; `scanned`, a little askew, where reading matters."""
    made = pikepdf.new()
    for one in pdfs:
        made.pages.extend(pikepdf.open(io.BytesIO(one)).pages)
    out = io.BytesIO()
    made.save(out)
    return scan(out.getvalue(), Quality.SKEWED, seed=7) if scanned else out.getvalue()


def sheet(app: Flask, office: Office, document_id: int) -> bytes:
    return bytes(browser(app, office.clerk).get(f"{address(document_id)}/phieu-so.pdf").data)


def send(app: Flask, office: Office, data: bytes, path: str = ALL) -> str:
    """Hand a scan in and let the worker look into it: what the ledger says then."""
    client = browser(app, office.clerk)
    answer = client.post(
        path, data={"file": (io.BytesIO(data), "scan.pdf")}, headers={"Accept": "application/json"}
    )
    assert "đang kiểm tra" in str(answer.get_json()["message"])
    assert "Đang kiểm tra …" in page(client, path.removesuffix("/ban-quet") if path != ALL else ALL)
    live = f"{ALL}/da-nop" if path == ALL else f"{path.removesuffix('/ban-quet')}/dang-lam"
    assert "every 3s" in page(client, live)
    work(app)
    assert "Tải lại trang" in page(client, live)
    with reading() as session:
        item = session.scalars(sa.select(IntakeItem).order_by(IntakeItem.id.desc())).first()
    assert item is not None
    return item.reject_reason or item.state.value


def work(app: Flask) -> None:
    while readings.run_next(Runtime(settings(app), current_store(), current_quarantine())):
        pass


def scans_of(document_id: int) -> list[int]:
    """The page counts of the scans that are shown."""
    with reading() as session:
        rows = (
            sa.select(StoredFile.page_count)
            .join(PaperStage, PaperStage.file_id == StoredFile.id)
            .where(
                PaperStage.document_id == document_id,
                PaperStage.stage == Stage.SCANNED,
                PaperStage.dropped_at.is_(None),
            )
        )
        return [count or 0 for count in session.scalars(rows)]


def test_a_pile_with_sheets_is_cut_and_all_parts_go_to_their_documents(
    app: Flask, office: Office, writers: Writers
) -> None:
    first, second = (writers.sealed(subject_summary=f"Việc {n}") for n in (1, 2))
    letter = to_pdf(LETTER)
    pages = len(pikepdf.open(io.BytesIO(letter)).pages)
    top = sheet(app, office, first)  # lies in the pile twice: both parts belong to it
    scanned = pile(top, letter, sheet(app, office, second), letter, top, letter)
    waiting = page(browser(app, office.clerk), "/van-ban-di/ban-quet")
    assert "Việc 1" in waiting

    assert "01/UBND-KT, 02/UBND-KT: đã đính" in send(app, office, scanned)

    assert (scans_of(first), scans_of(second)) == ([2 * pages], [pages])
    assert "Mọi văn bản giấy đã có bản quét" in page(
        browser(app, office.clerk), "/van-ban-di/ban-quet"
    )
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count(RegisterEntry.id))) == 2


def test_a_scan_by_hand_needs_no_sheet_but_refuses_that_of_another(
    app: Flask, office: Office, writers: Writers
) -> None:
    first, second = (writers.sealed(subject_summary=f"Việc {n}") for n in (1, 2))
    letter = to_pdf(LETTER)
    where = f"{address(first)}/ban-quet"
    assert "Không thấy phiếu số" in send(app, office, letter)
    assert "của văn bản 02/UBND-KT" in send(
        app, office, pile(sheet(app, office, second), letter), where
    )
    assert "chỉ có phiếu số" in send(app, office, pile(*[sheet(app, office, first)] * 2))
    assert scans_of(first) == []
    assert "đã đính" in send(app, office, letter, where)
    assert "đã đính" in send(app, office, letter, where)  # a better scan: the first one stays kept
    assert len(scans_of(first)) == 1
    assert browser(app, office.clerk).get(where).status_code == 200


def test_a_scan_that_comes_in_with_letters_is_known_by_its_sheet(
    app: Flask, office: Office, writers: Writers
) -> None:
    document_id = writers.sealed()
    scanned = pile(sheet(app, office, document_id), to_pdf(LETTER), scanned=True)
    arrival = Arrival("quet.pdf", IntakeSource.WATCH)
    taken = entry.take_in(office.clerk, io.BytesIO(scanned), arrival, limit=10**8)

    work(app)

    with reading() as session:
        item = session.get_one(IntakeItem, taken.intake_id)
    assert item.state is IntakeState.REJECTED
    assert item.reject_reason == "Bản quét của văn bản đi 01/UBND-KT: đã đính vào văn bản đó."
    assert len(scans_of(document_id)) == 1
    assert document(document_id).full_code == "01/UBND-KT"
    with reading() as session:
        [record] = indexing.records(session, [document_id])
    assert "CỘNG HÒA" in record.pages[0]  # found by the words of the scan
