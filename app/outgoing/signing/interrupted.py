"""Signing with a key elsewhere: the digest goes out, the signature (CMS) comes back.

The helper program on the signer's computer (`scripts/sign_helper.py`) answers a request file; the
document itself never leaves the server.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.outgoing.signing import timestamps
from app.outgoing.signing.apply import DIGEST, _machine
from app.outgoing.signing.errors import SigningFailed
from app.outgoing.signing.loops import finish
from app.outgoing.signing.signers import Holder

if TYPE_CHECKING:
    from asn1crypto.cms import ContentInfo  # type: ignore[import-untyped]
    from pyhanko.sign.timestamps import TimeStamper

RESERVED = 32_768  # hexadecimal digits: chain and time stamp have room
PROTOCOL = "congvu-signing-1"


@dataclass(frozen=True, slots=True)
class Pending:
    """A document that waits for its signature. `pdf` has the picture and room for the CMS."""

    pdf: bytes
    field: str
    digest: bytes
    start: int
    end: int

    def facts(self) -> dict[str, Any]:
        """All but the file, as JSON values, to be kept until the answer comes."""
        digest = self.digest.hex()
        return {"field": self.field, "digest": digest, "start": self.start, "end": self.end}

    @classmethod
    def of(cls, pdf: bytes, facts: Mapping[str, Any]) -> Pending:
        """From the kept file and `facts()`. Raises KeyError or ValueError for other values."""
        digest = bytes.fromhex(facts["digest"])
        return cls(pdf, str(facts["field"]), digest, int(facts["start"]), int(facts["end"]))

    def request(self, title: str, signer: str) -> str:
        """What the helper program is given: JSON with the digest and what is to be signed."""
        said = {
            "protocol": PROTOCOL,
            "title": title,
            "signer": signer,
            "algorithm": DIGEST,
            "digest": base64.b64encode(self.digest).decode(),
        }
        return json.dumps(said, ensure_ascii=False, indent=1)


def begin(
    pdf: bytes,
    field: str,
    image: bytes | None,
    *,
    location: str | None = None,
    reason: str | None = None,
) -> Pending:
    """Prepare everything but the signature itself.

    Raises:
        FieldUnusable: there is no such field, or it is signed already.
    """
    from pyhanko.sign.signers import ExternalSigner

    nobody = ExternalSigner(signing_cert=None, cert_registry=None, signature_value=256)
    writer, machine = _machine(pdf, field, nobody, image, location=location, reason=reason)
    work = machine.async_digest_doc_for_signing(
        writer, existing_fields_only=True, bytes_reserved=RESERVED
    )
    prepared, _, output = finish(work)
    output.seek(0)
    return Pending(
        bytes(output.read()),
        field,
        prepared.document_digest,
        prepared.reserved_region_start,
        prepared.reserved_region_end,
    )


def complete(
    pending: Pending, answer: bytes, holder: Holder, *, tsa: TimeStamper | None = None
) -> bytes:
    """The signed document, from the helper's answer (a CMS in DER, or its JSON).

    Raises:
        SigningFailed: the answer is no signature of this digest, its certificate is not the
            holder's, or the authority of time did not answer.
    """
    from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
    from pyhanko.sign.timestamps import TimestampRequestError

    signature = _checked(pending, _parse(answer), holder)
    if tsa is not None:
        try:
            signature = timestamps.stamp(signature, tsa)
        except (TimestampRequestError, OSError) as error:
            raise SigningFailed(
                "Máy chủ dấu thời gian không trả lời, văn bản chưa được ký."
            ) from error
    out = io.BytesIO(pending.pdf)
    room = PreparedByteRangeDigest(pending.digest, pending.start, pending.end)
    try:
        room.fill_with_cms(out, signature)
    except ValueError as error:
        raise SigningFailed("Chữ ký trả về quá lớn so với chỗ dành sẵn.") from error
    return out.getvalue()


def _parse(answer: bytes) -> ContentInfo:
    from asn1crypto import cms  # type: ignore[import-untyped]

    try:
        if answer.lstrip().startswith(b"{"):
            said = json.loads(answer)
            answer = base64.b64decode(said["cms"], validate=True)
        content = cms.ContentInfo.load(answer, strict=True)
        if content["content_type"].native != "signed_data":
            raise ValueError(content["content_type"].native)
        len(content["content"]["signer_infos"])  # parsed on demand: fail here, not later
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise SigningFailed("Tệp trả về không phải là chữ ký số (CMS).") from error
    return content


def _checked(pending: Pending, content: ContentInfo, holder: Holder) -> ContentInfo:
    from pyhanko.sign.general import SignedDataCerts, extract_certificate_info, extract_signer_info
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    signed = content["content"]
    try:
        signer = extract_signer_info(signed)
        found: SignedDataCerts = extract_certificate_info(signed)
        unchanged, valid = validate_sig_integrity(signer, found.signer_cert, "data", pending.digest)
    except Exception as error:  # a forged structure can fail anywhere
        raise SigningFailed("Tệp trả về không phải là chữ ký số (CMS).") from error
    if not (unchanged and valid):
        raise SigningFailed("Chữ ký trả về không phải của văn bản này.")
    if not holder.owns(found.signer_cert):
        raise SigningFailed(f"Chứng thư của chữ ký không phải của {holder.name}.")
    return content
