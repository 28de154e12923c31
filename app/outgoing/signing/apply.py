"""Signing with a key at hand: fills one signature field by an incremental update."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from app.outgoing.signing.errors import FieldUnusable, SigningFailed
from app.outgoing.signing.fields import LABELS, empty_signatures
from app.outgoing.signing.loops import finish

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSigner, Signer
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko.stamp import StaticStampStyle

DIGEST = "sha256"


def sign(
    pdf: bytes,
    field: str,
    signer: Signer,
    image: bytes | None,
    *,
    tsa: TimeStamper | None = None,
    location: str | None = None,
    reason: str | None = None,
) -> bytes:
    """The document with `field` signed (PAdES); every byte before stays as it was.

    `image` is a PNG, best with a transparent ground: the blue pen signature or the red seal. It
    keeps its proportions and fills the field. With `tsa` the signature carries a time stamp.

    Raises:
        FieldUnusable: there is no such field, or it is signed already.
        SigningFailed: the key, the token or the authority of time did not answer.
    """
    writer, machine = _machine(pdf, field, signer, image, tsa=tsa, location=location, reason=reason)
    try:
        work = machine.async_sign_pdf(writer, existing_fields_only=True)
        return bytes(finish(work).getvalue())
    except _failures() as error:
        raise SigningFailed(_sentence(error), f"{type(error).__name__}: {error}") from error


def _machine(
    pdf: bytes,
    field: str,
    signer: Signer,
    image: bytes | None,
    *,
    tsa: TimeStamper | None = None,
    location: str | None = None,
    reason: str | None = None,
) -> tuple[IncrementalPdfFileWriter, PdfSigner]:
    """A writer at the end of the document and what will sign there."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    if field not in empty_signatures(pdf):
        raise FieldUnusable(f"Ô “{LABELS.get(field, field)}” không có hoặc đã được ký.")
    meta = PdfSignatureMetadata(
        field_name=field,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        location=location,
        reason=reason,
    )
    machine = PdfSigner(meta, signer=signer, timestamper=tsa, stamp_style=picture(image))
    return IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False), machine


def picture(png: bytes | None) -> StaticStampStyle:
    """What the field shows: the picture in its proportions, without frame; nothing without one."""
    from PIL import Image
    from pyhanko.pdf_utils.images import PdfImage
    from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
    from pyhanko.stamp import StaticStampStyle

    if png is None:
        return StaticStampStyle(border_width=0)
    middle = AxisAlignment.ALIGN_MID
    layout = SimpleBoxLayoutRule(x_align=middle, y_align=middle, margins=Margins(0, 0, 0, 0))
    image = PdfImage(Image.open(io.BytesIO(png)))
    return StaticStampStyle(
        border_width=0, background=image, background_layout=layout, background_opacity=1.0
    )


def _failures() -> tuple[type[Exception], ...]:
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError

    return (SigningError, PKCS11Error, PdfError, OSError, ValueError)


def _sentence(error: Exception) -> str:
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.sign.timestamps import TimestampRequestError

    if isinstance(error, TimestampRequestError):
        return "Máy chủ dấu thời gian không trả lời, văn bản chưa được ký."
    if isinstance(error, PKCS11Error):
        return "Thiết bị ký không thực hiện được phép ký, văn bản chưa được ký."
    return "Không ký được văn bản; văn bản vẫn như trước khi ký."
