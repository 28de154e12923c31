"""Time stamps of an authority (RFC 3161): they prove when a signature existed already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.outgoing.signing.loops import finish

if TYPE_CHECKING:
    from asn1crypto.cms import ContentInfo  # type: ignore[import-untyped]
    from pyhanko.sign.timestamps import TimeStamper

ALGORITHM = "sha256"


def authority(url: str, *, timeout: int = 10) -> TimeStamper:
    """The authority at this address; `timeout` in seconds. Nothing is sent before it is used."""
    from pyhanko.sign.timestamps import HTTPTimeStamper

    return HTTPTimeStamper(url, timeout=timeout)


def stamp(signature: ContentInfo, tsa: TimeStamper) -> ContentInfo:
    """A finished signature with a time stamp over its value, as PAdES level B-T wants it."""
    from asn1crypto import cms  # type: ignore[import-untyped]
    from pyhanko.sign.attributes import TSTProvider

    [signer] = signature["content"]["signer_infos"]
    provider = TSTProvider(ALGORITHM, signer["signature"].native, tsa)
    token = finish(provider.build_attr_value())
    attribute = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
    present = signer["unsigned_attrs"]
    others = list(present) if present.native else []
    signer["unsigned_attrs"] = cms.CMSAttributes([*others, attribute])
    return cms.ContentInfo.load(signature.dump(force=True))
