"""The number sheet of a paper document: what to write on it, and a QR code for its scan."""

from __future__ import annotations

import segno

from app.outgoing.papers import facts as written
from app.outgoing.papers.facts import DraftFacts
from app.outgoing.papers.layout import render


def number_sheet(facts: DraftFacts, address: str) -> bytes:
    """One A4 page: number and date in large figures, and the code with `address`.

    The clerk writes number and date onto the signed paper, seals it, and scans it with this sheet
    on top: the code says which document the scan belongs to.
    """
    code = segno.make(address, error="q")
    values = {
        "title": "Phiếu số văn bản đi",
        "organ": " ".join(facts.organ.split()).upper(),
        "number": written.number_text(facts).removeprefix("Số: "),
        "dated": written.date_text(facts).removeprefix(f"{facts.place}, "),
        "qr": code.svg_data_uri(scale=4, border=2),
        "address": address,
        "rows": [
            ("Tên loại", facts.type_name or "Công văn"),
            ("Trích yếu", facts.subject),
            ("Người ký", f"{facts.signer_name}, {facts.position}"),
            ("Nơi nhận", "; ".join([*facts.addressees, *facts.recipients])),
        ],
    }
    return render("sheet.html", values)
