"""Digital signatures in a PDF: who signed, when, and whether the signed bytes are unchanged.

Offline: no chain, no revocation; the bytes are only read. Chains need a trust store of the office.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_der_x509_certificate
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from ocr.types import Signature

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
MAX_SIGNATURES = 50
HEADER_WITHIN = 1029
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - old signatures are only compared, none is made
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def list_signatures(path: Path) -> tuple[Signature, ...]:
    """Signatures in the order of their making; an unreadable one is listed as not intact."""
    data = path.read_bytes()
    start = max(0, data[:HEADER_WITHIN].find(b"%PDF-"))  # some files have rubbish before it
    try:
        reader = PdfFileReader(io.BytesIO(data[start:]), strict=False)
        embedded = list(reader.embedded_signatures)
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return ()
    return tuple(_signature(one) for one in embedded[:MAX_SIGNATURES])


def _signature(embedded: EmbeddedPdfSignature) -> Signature:
    name = str(embedded.field_name)
    intact = _holds(_by_the_book, embedded) or _holds(_with_odd_parameters, embedded)
    return Signature(name, _signer(embedded), _signed_at(embedded), intact)


def _holds(check: Callable[[EmbeddedPdfSignature], bool], embedded: EmbeddedPdfSignature) -> bool:
    try:
        return check(embedded)
    except Exception:  # a forged structure can fail anywhere: then it is not intact
        return False


def _by_the_book(embedded: EmbeddedPdfSignature) -> bool:
    digest = embedded.compute_digest()
    signer, certificate = embedded.signer_info, embedded.signer_cert
    unchanged, valid = validate_sig_integrity(signer, certificate, "data", digest)
    return bool(unchanged and valid)


def _with_odd_parameters(embedded: EmbeddedPdfSignature) -> bool:
    """For signing tools that write malformed parameters of the algorithm: RSA, PKCS #1 v1.5."""
    signer = embedded.signer_info
    told = {a["type"].native: a["values"][0] for a in signer["signed_attrs"]}
    if told["message_digest"].native != embedded.compute_digest():
        return False
    key = load_der_x509_certificate(embedded.signer_cert.dump()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    method = HASHES[signer["digest_algorithm"]["algorithm"].native]
    signed = signer["signed_attrs"].untag().dump(force=True)
    key.verify(signer["signature"].native, signed, padding.PKCS1v15(), method)  # raises if not
    return True


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
