"""A document signed with the officer's own tool: is it the approved one, and signed by them?

Accepted when the approved bytes are its unchanged beginning or, when the tool wrote the file anew,
when it still has its fields; in both cases all pages must show the same outside the new signature.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.clock import VIETNAM
from app.outgoing.signing import rendering, verdict
from app.outgoing.signing.errors import SigningFailed
from app.outgoing.signing.fields import LABELS, empty_signatures, read_values
from app.outgoing.signing.signers import Holder
from app.outgoing.signing.verdict import Changes, SignatureVerdict


@dataclass(frozen=True, slots=True)
class Accepted:
    """The new signature; `rewritten` if the tool did not keep the approved bytes."""

    signature: SignatureVerdict
    rewritten: bool


def accept(
    approved: bytes,
    returned: bytes,
    holder: Holder,
    roots: Sequence[bytes],
    lists: Sequence[bytes] = (),
    *,
    need_list: bool = False,
) -> Accepted:
    """Check what was handed in against what was approved. `roots`: trusted certificates (DER).

    `lists` are revocation lists (DER); with `need_list` a certificate is refused about which no
    valid list says anything.

    Raises:
        SigningFailed: with the sentence that says what is wrong.
        FileRefused: the file cannot be read.
    """
    before, after = verdict.read(approved, roots), verdict.read(returned, roots, lists)
    rewritten = not returned.startswith(approved)
    if rewritten and before:
        raise SigningFailed(
            "Phần mềm ký đã ghi lại cả tệp, làm hỏng các chữ ký trước. Hãy ký lại bằng phần mềm "
            "giữ nguyên tệp."
        )
    new = _new_signature(before, after)
    _good(new, holder)
    if need_list and new.listed_on is None:
        raise SigningFailed(
            "Chưa kiểm tra được chứng thư có bị thu hồi hay không: thiếu danh sách thu hồi còn "
            f"hạn của “{new.issuer}”. Hãy báo quản trị nạp danh sách, rồi nộp lại."
        )
    for old in (one for one in after if one is not new):
        if not old.intact or old.changes is Changes.FORBIDDEN:
            raise SigningFailed(f"Chữ ký trước của {old.signer} không còn hợp lệ trong bản nộp.")
    _same_fields(approved, returned, new)
    said = rendering.difference(approved, returned, cover_of(returned, new.field))
    if said:
        raise SigningFailed(f"Bản nộp không đúng bản đã duyệt. {said}")
    return Accepted(new, rewritten)


def accept_files(
    approved: str,
    returned: str,
    holder: Mapping[str, Any],
    roots: Sequence[str],
    lists: Sequence[str] = (),
    need_list: bool = False,
) -> dict[str, Any]:
    """The same for the sandbox: paths and JSON values; a refusal is an answer, not an error."""
    whose = Holder(str(holder["name"]), tuple(holder["fingerprints"]))
    trusted, known = ([base64.b64decode(one) for one in many] for many in (roots, lists))
    files = (Path(approved).read_bytes(), Path(returned).read_bytes())
    try:
        found = accept(*files, whose, trusted, known, need_list=need_list)
    except SigningFailed as error:
        return {"refused": error.user_message}
    return {"signature": found.signature.to_json(), "rewritten": found.rewritten}


def _new_signature(
    before: Sequence[SignatureVerdict], after: Sequence[SignatureVerdict]
) -> SignatureVerdict:
    known = {one.field for one in before}
    added = [one for one in after if one.field not in known]
    if not added:
        raise SigningFailed("Tệp nộp chưa có chữ ký số mới nào. Hãy ký rồi nộp lại.")
    if len(added) > 1 or len(after) != len(before) + 1:
        raise SigningFailed("Tệp nộp phải có đúng một chữ ký số mới.")
    return added[0]


def _good(new: SignatureVerdict, holder: Holder) -> None:
    if not (new.intact and new.valid):
        raise SigningFailed("Chữ ký số trong tệp nộp không hợp lệ: nội dung đã ký bị sửa.")
    if new.changes is not Changes.NONE:
        raise SigningFailed("Tệp nộp còn bị thay đổi sau khi ký. Hãy nộp đúng tệp vừa ký.")
    if not holder.matches(new.signer, new.fingerprint):
        raise SigningFailed(
            f"Chứng thư ký mang tên “{new.signer}”, không phải của người ký văn bản này "
            f"({holder.name})."
        )
    if new.revoked_on and not new.ok:
        at = datetime.fromisoformat(new.revoked_on).astimezone(VIETNAM)
        raise SigningFailed(
            f"Chứng thư ký của “{new.signer}” đã bị thu hồi lúc {at:%H:%M ngày %d/%m/%Y}, chữ ký "
            "không có giá trị. Hãy ký lại bằng chứng thư đang có hiệu lực."
        )
    if not new.ok:
        raise SigningFailed(
            f"Chưa xác minh được chứng thư ký: tổ chức cấp “{new.issuer}” không có trong danh "
            "sách tin cậy của cơ quan, hoặc chứng thư không còn hạn."
        )


def _same_fields(approved: bytes, returned: bytes, new: SignatureVerdict) -> None:
    """Later acts fill the fields; a tool that flattened them has made them impossible."""
    if read_values(approved) != read_values(returned):
        raise SigningFailed("Phần mềm ký đã bỏ hoặc sửa ô số, ngày của văn bản. Hãy ký lại.")
    gone = set(empty_signatures(approved)) - set(empty_signatures(returned)) - {new.field}
    if gone:
        names = ", ".join(LABELS.get(one, one) for one in sorted(gone))
        raise SigningFailed(f"Phần mềm ký đã bỏ ô: {names}. Hãy ký lại bằng phần mềm khác.")


def cover_of(pdf: bytes, field: str) -> rendering.Cover | None:
    """Where a signature shows; None for one that shows nowhere."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import enumerate_sig_fields

    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    for _, _, found in enumerate_sig_fields(reader, with_name=field):
        reference: Any = found
        widget = reference.get_object()
        if "/Rect" not in widget and "/Kids" in widget:
            [reference] = widget["/Kids"]
            widget = reference.get_object()
        x0, y0, x1, y1 = (float(side) for side in widget["/Rect"])
        if x0 == x1 or y0 == y1:
            return None
        for index in range(int(reader.root["/Pages"]["/Count"])):
            page: Any = reader.find_page_for_modification(index)[0]  # type: ignore[no-untyped-call]
            if _carries(page.get_object(), reference):
                box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
                return rendering.Cover(index, box)
    return None


def _carries(page: Any, reference: Any) -> bool:
    if "/Annots" not in page:
        return False
    return any(getattr(one, "idnum", None) == reference.idnum for one in page["/Annots"])
