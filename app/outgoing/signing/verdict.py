"""What can be said of each signature in a PDF: who, when, unchanged, whose authority, what after.

Offline: the chain is checked up to the roots the office trusts; revocation lists are not fetched,
but those that the office has put into its folder count.
A chain is judged for the moment of signing (time stamp, else the signer's clock), because papers
are kept longer than certificates live.
"""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.clock import VIETNAM
from app.outgoing.signing import revocation, trust
from app.outgoing.signing.loops import finish
from app.outgoing.signing.revocation import Revocation
from app.outgoing.signing.signers import common_name
from ocr.errors import FileRefused

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus
    from pyhanko_certvalidator import ValidationContext

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
MOST = 50
CLOCKS_DIFFER = timedelta(hours=1)


class Changes(StrEnum):
    """What happened to the file after a signature."""

    NONE = "none"
    FILLED = "filled"  # fields that were there: number, date, further signatures
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """One signature. `ok`: unchanged, valid, trusted, and nothing forbidden after it.

    `signed_at` is an ISO time; `stamped` tells whether an authority of time vouches for it.
    `fingerprint` is the SHA-256 of the certificate. `revoked_on` and `listed_on` are ISO times: of
    the revocation, and of the list that was asked; the latter is None where no list of the issuer
    is at hand or only one that is overdue. `sentences` say it all in Vietnamese.
    """

    field: str
    signer: str
    organisation: str
    issuer: str
    fingerprint: str
    signed_at: str | None
    stamped: bool
    intact: bool
    valid: bool
    trusted: bool
    changes: Changes
    ok: bool
    sentences: tuple[str, ...] = ()
    revoked_on: str | None = None
    listed_on: str | None = None

    @property
    def sound(self) -> bool:
        """Unchanged and valid, whether or not the office trusts the authority behind it."""
        return self.intact and self.valid and self.changes in (Changes.NONE, Changes.FILLED)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SignatureVerdict:
        values = {**data, "changes": Changes(data["changes"])}
        return cls(**{**values, "sentences": tuple(data["sentences"])})


def read(pdf: bytes, roots: Sequence[bytes], lists: Sequence[bytes] = ()) -> list[SignatureVerdict]:
    """A verdict for each signature, in the order of their making; none for an unsigned file.

    `roots` are the trusted certificates, `lists` revocation lists (DER). Documents time stamps are
    no signatures.

    Raises:
        FileRefused: the file is no PDF, is broken, or needs a password.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        if reader.encrypted:
            raise FileRefused("encrypted")
        signatures = list(reader.embedded_regular_signatures)[:MOST]
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise FileRefused("broken", f"{type(error).__name__}: {error}") from error
    return [_verdict(one, roots, lists) for one in signatures]


def read_file(path: str, roots: Sequence[str], lists: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The same for the sandbox: a path, roots and lists in base64, JSON values back."""
    pdf = Path(path).read_bytes()
    plain = [[base64.b64decode(one) for one in many] for many in (roots, lists)]
    return [one.to_json() for one in read(pdf, *plain)]


def _verdict(
    signature: EmbeddedPdfSignature, roots: Sequence[bytes], lists: Sequence[bytes]
) -> SignatureVerdict:
    try:
        status = _validate(signature, roots)
    except Exception as error:  # a forged structure can fail anywhere: then nothing is certain
        return _unreadable(signature, f"{type(error).__name__}")
    stamp = status.timestamp_validity
    stamped = bool(stamp and stamp.valid and stamp.intact and stamp.trusted)
    at = _signing_time(signature, stamp.timestamp if stamp and stamped else None)
    subject = status.signing_cert.subject.native
    bare = SignatureVerdict(
        field=str(signature.field_name),
        signer=common_name(status.signing_cert),
        organisation=_one(subject.get("organization_name")),
        issuer=_one(status.signing_cert.issuer.native.get("common_name")),
        fingerprint=bytes(status.signing_cert.sha256).hex(),
        signed_at=at.isoformat() if at else None,
        stamped=stamped,
        intact=bool(status.intact),
        valid=bool(status.valid),
        trusted=bool(status.trusted),
        changes=_changes(status),
        ok=bool(status.bottom_line),
    )
    issuers = [*roots, *(one.dump() for one in signature.other_embedded_certs)]
    said = revocation.look_up(status.signing_cert.dump(), issuers, lists)
    bare = replace(
        bare,
        revoked_on=said.revoked_on.isoformat() if said.revoked_on else None,
        listed_on=said.listed_on.isoformat() if said.listed_on and not said.overdue else None,
    )
    if said.revoked_on and not (stamped and at and at < said.revoked_on):
        bare = replace(bare, trusted=False, ok=False)  # an unproven time may be a false one
    expires = status.signing_cert.not_valid_after
    return replace(bare, sentences=_sentences(bare, expires, at, said))


def _validate(signature: EmbeddedPdfSignature, roots: Sequence[bytes]) -> PdfSignatureStatus:
    from pyhanko.sign.validation import async_validate_pdf_signature

    now = datetime.now(UTC)
    at = min(_signing_time(signature, None) or now, now)
    for _attempt in range(2):
        work = async_validate_pdf_signature(
            signature,
            signer_validation_context=_context(roots, at),
            ts_validation_context=_context(roots, now),
        )
        status = finish(work)
        stamp = status.timestamp_validity
        if stamp is None or not stamp.trusted or abs(stamp.timestamp - at) < CLOCKS_DIFFER:
            break
        at = stamp.timestamp  # the signer's clock was wrong: the authority's counts
    return status


def _context(roots: Sequence[bytes], moment: datetime) -> ValidationContext:
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=trust.certificates(list(roots)), moment=moment, allow_fetching=False
    )


def _signing_time(signature: EmbeddedPdfSignature, stamp: datetime | None) -> datetime | None:
    """The stamped time, else what the signer's computer said; None if that is no time."""
    at = stamp or signature.self_reported_timestamp
    if not isinstance(at, datetime):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _changes(status: PdfSignatureStatus) -> Changes:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return Changes.NONE
    level = status.modification_level
    if level is None:
        return Changes.UNKNOWN
    if level == ModificationLevel.NONE:
        return Changes.NONE
    return Changes.FILLED if level <= ModificationLevel.FORM_FILLING else Changes.FORBIDDEN


def _unreadable(signature: EmbeddedPdfSignature, reason: str) -> SignatureVerdict:
    sentence = (
        "Không kiểm tra được chữ ký này vì cấu trúc của nó sai chuẩn; coi như chưa có giá trị."
    )
    try:
        name = common_name(signature.signer_cert)
    except Exception:  # the same forged structure
        name = ""
    return SignatureVerdict(
        field=str(signature.field_name), signer=name, organisation="", issuer="", fingerprint="",
        signed_at=None, stamped=False, intact=False, valid=False, trusted=False,
        changes=Changes.UNKNOWN, ok=False, sentences=(sentence, f"Lý do kỹ thuật: {reason}."),
    )  # fmt: skip


def _sentences(
    verdict: SignatureVerdict, expires: datetime, at: datetime | None, said: Revocation
) -> tuple[str, ...]:
    return (
        _when(verdict, at),
        _content(verdict),
        *([] if said.revoked_on else [_chain(verdict, expires)]),
        _revoked(said),
        AFTER[verdict.changes],
    )


def _when(verdict: SignatureVerdict, at: datetime | None) -> str:
    if at is None:
        return "Chữ ký không ghi thời điểm ký."
    said = f"{at.astimezone(VIETNAM):%H:%M:%S ngày %d/%m/%Y}"
    if verdict.stamped:
        return f"Ký lúc {said}, có dấu thời gian chứng thực."
    return f"Ký lúc {said} theo đồng hồ máy của người ký, không có dấu thời gian chứng thực."


def _content(verdict: SignatureVerdict) -> str:
    if not verdict.intact:
        return "Nội dung đã ký bị sửa: chữ ký không còn khớp với tệp."
    if not verdict.valid:
        return "Chữ ký sai: không khớp với khóa của chứng thư, hoặc dùng thuật toán đã lỗi thời."
    return "Nội dung đã ký còn nguyên vẹn."


def _chain(verdict: SignatureVerdict, expires: datetime) -> str:
    issuer = verdict.issuer or "không rõ tên"
    if not verdict.trusted:
        return (
            f"Chưa xác minh được chứng thư: tổ chức cấp là “{issuer}”, không dẫn tới tổ chức nào "
            "trong danh sách tin cậy của cơ quan, hoặc chứng thư không còn hạn lúc ký."
        )
    said = f"Chứng thư do “{issuer}” cấp, thuộc danh sách tin cậy của cơ quan."
    if expires < datetime.now(UTC):
        said += f" Chứng thư hết hạn ngày {expires.astimezone(VIETNAM):%d/%m/%Y}; lúc ký còn hạn."
    return said


def _revoked(said: Revocation) -> str:
    if said.listed_on is None:
        return NOT_ASKED
    listed = f"{said.listed_on.astimezone(VIETNAM):%d/%m/%Y}"
    if said.revoked_on is None:
        late = " Danh sách này đã quá hạn, cần danh sách mới." if said.overdue else ""
        return f"Chứng thư không có trong danh sách thu hồi ngày {listed} của tổ chức cấp.{late}"
    day = f"{said.revoked_on.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
    return f"Chứng thư đã bị thu hồi lúc {day} (danh sách thu hồi ngày {listed})."


NOT_ASKED = (
    "Chưa kiểm tra: chứng thư có bị thu hồi trước lúc ký hay không (máy chủ không hỏi tổ chức cấp "
    "chứng thư và không có danh sách thu hồi của tổ chức đó)."
)
AFTER = {
    Changes.NONE: "Sau chữ ký này tệp không có thay đổi nào.",
    Changes.FILLED: (
        "Sau chữ ký này chỉ có các ô sẵn có được điền (số, ngày, chữ ký khác); việc này được phép."
    ),
    Changes.FORBIDDEN: "Sau chữ ký này tệp bị thêm hoặc sửa nội dung; không còn tin cậy được.",
    Changes.UNKNOWN: "Không xác định được tệp có bị sửa sau chữ ký này hay không.",
}


def _one(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value or "")
