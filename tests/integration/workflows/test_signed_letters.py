"""A letter that comes in signed keeps every byte and shows what became of its signature."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from pyhanko.sign import signers

from app.db import reading
from app.incoming import entry, services
from app.incoming.models import IncomingDocument, IntakeSource
from tests.factories import Office
from tests.integration.incoming.pages import browser, page
from tests.unit.ocr.test_signatures import signed, signer
from workflows import reading as readings
from workflows.runtime import Runtime

__all__ = ["signer"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("is_tampered", "shown", "hidden"),
    [
        (False, "Chữ ký nguyên vẹn", "Chữ ký không hợp lệ"),
        (True, "Chữ ký không hợp lệ", "Chữ ký nguyên vẹn"),
    ],
)
def test_a_signed_letter_shows_its_verdict_and_keeps_its_bytes(
    app: Flask,
    running: Runtime,
    staffed: Office,
    tmp_path: Path,
    signer: signers.SimpleSigner,
    is_tampered: bool,
    shown: str,
    hidden: str,
) -> None:
    content = bytearray(signed(tmp_path, signer).read_bytes())
    if is_tampered:
        content[content.index(b"stream") + 40] ^= 1
    arrival = services.Arrival("cong-van-ky-so.pdf", IntakeSource.UPLOAD)
    taken = entry.take_in(staffed.clerk, io.BytesIO(bytes(content)), arrival, limit=10**8)
    while readings.run_next(running):
        pass
    with reading() as session:
        token = session.get_one(IncomingDocument, taken.letter_id).token
    client = browser(app, staffed.clerk)

    text = page(client, f"/van-ban-den/{token}")

    assert shown in text
    assert hidden not in text
    assert "Ủy ban nhân dân phường Minh Họa" in text
    [address] = re.findall(r'href="(/van-ban-den/[^"]*\?tai_xuong=1)" title="Tải xuống"', text)
    assert client.get(address).data == bytes(content)
