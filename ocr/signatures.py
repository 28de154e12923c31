"""Digital signatures in a PDF: who signed, when, and whether the signed bytes are unchanged.

Offline: no chain, no revocation; the bytes are only read. Chains need a trust store of the office.
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from ocr.types import Signature

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
MAX_SIGNATURES = 50


def list_signatures(path: Path) -> tuple[Signature, ...]:
    """Signatures in the order of their making; an unreadable one is listed as not intact."""
    with path.open("rb") as file:
        try:
            embedded = PdfFileReader(file, strict=False).embedded_signatures
        except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            return ()
        return tuple(_signature(one) for one in embedded[:MAX_SIGNATURES])


def _signature(embedded: EmbeddedPdfSignature) -> Signature:
    name = str(embedded.field_name)
    try:
        digest = embedded.compute_digest()
        intact, valid = validate_sig_integrity(
            embedded.signer_info, embedded.signer_cert, "data", digest
        )
        intact = intact and valid
    except Exception:  # a forged structure can fail anywhere: then it is not intact
        intact = False
    return Signature(name, _signer(embedded), _signed_at(embedded), intact)


def _signer(embedded: EmbeddedPdfSignature) -> str | None:
    try:
        subject = embedded.signer_cert.subject.native
    except (AttributeError, ValueError, KeyError, TypeError):
        return None
    name = subject.get("common_name") or subject.get("organization_name")
    return str(name[0] if isinstance(name, list) else name) if name else None


def _signed_at(embedded: EmbeddedPdfSignature) -> str | None:
    try:
        moment = embedded.self_reported_timestamp
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return moment.isoformat() if isinstance(moment, datetime) else None
