"""“Kiểm tra chữ ký”: what can be said of the signatures of any PDF. Nothing of it is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.outgoing.signing import checked, revocation, trust
from app.web.gate import SIGNED_IN, needs
from app.web.shell import settings
from ocr.errors import FileRefused

bp = Blueprint(
    "verification", __name__, url_prefix="/kiem-tra-chu-ky", template_folder="../templates"
)
NAME_LENGTH = 200


@bp.get("/")
@needs(SIGNED_IN)
def check() -> ResponseReturnValue:
    return render_template("outgoing/verification.html")


@bp.post("/")
@needs(SIGNED_IN)
def judge() -> ResponseReturnValue:
    """The verdicts of the file that was sent; it is gone when the answer leaves."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _refused(_("Hãy chọn một tệp PDF."))
    trusted = settings(current_app).trust_dir
    roots, lists = trust.load(trusted), revocation.load(trusted)
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        path = Path(folder) / "document.pdf"
        sent.save(path)
        try:
            found = checked.signatures(path, roots, lists)
        except FileRefused as error:
            return _refused(error.sentence)
    name = Path(sent.filename).name[:NAME_LENGTH]
    return render_template(
        "outgoing/verification.html", verdicts=found, name=name, trusts_nobody=not roots
    )


def _refused(sentence: str) -> ResponseReturnValue:
    return render_template("outgoing/verification.html", refused=sentence), 422
