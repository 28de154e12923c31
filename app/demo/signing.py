"""Signs a demo letter as Vietnamese offices do: number and date live in signature widgets.

The leader signs with a picture of the pen signature; the clerk then adds number, date and the
organ's seal, each in the appearance of a signature of the organ. So a reader of the page text sees
gaps where people see figures, exactly as in real letters. The certificates come from a demo
authority made up here from a fixed seed: they protect nothing and say so in their names.
"""

import hashlib
import io
import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.demo import ink
from app.demo.letters import Letter
from app.demo.paper import Finish, render_pdf, seal_words

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate, Name
    from pyhanko.pdf_utils.layout import SimpleBoxLayoutRule
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko.stamp import BaseStampStyle

VIETNAM = timezone(timedelta(hours=7))
AUTHORITY = "CA Minh Họa (chứng thư thử, không có giá trị)"
Box = tuple[float, float, float, float]  # points, origin at the lower left, as PDF has it
MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the four widgets go on the page that carries them."""

    number: Box
    day_and_month: Box
    month_at: float  # points from the left edge of `day_and_month`
    signature: Box
    seal: Box
    last_page: int


def render_signed_pdf(letter: Letter) -> bytes:
    """The letter, signed four times. It looks the same each time; pyHanko's names in it do not.

    Raises ValueError when the gaps for number and date cannot be found in the printed letter.
    """
    pdf = render_pdf(letter, Finish.UNNUMBERED)
    places = _find_places(pdf, letter)
    leader, organ = _signer(letter.signer), _signer(letter.organ)
    day, month = letter.issued_on.strftime("%d"), str(letter.issued_on.month)
    if letter.issued_on.month < 3:
        month = f"0{month}"
    dated = _text([(0, day), (places.month_at, month)], places.day_and_month, italic=True)
    pen = _picture(ink.signature(letter.signer, 0))
    round_seal = _picture(ink.seal(seal_words(letter), 0))
    last = places.last_page
    steps: list[tuple[str, int, Box, BaseStampStyle, SimpleSigner]] = [
        ("KyLanhDao", last, places.signature, pen, leader),
        ("SoVanBan", 0, places.number, _text([(0, letter.number)], places.number), organ),
        ("NgayVanBan", 0, places.day_and_month, dated, organ),
        ("KyCoQuan", last, places.seal, round_seal, organ),
    ]
    at = datetime.combine(letter.issued_on, time(9, 30), tzinfo=VIETNAM)
    for minute, (field, page, box, style, signer) in enumerate(steps):
        moment = at + timedelta(minutes=7 * minute)
        pdf = _sign(pdf, field, page, box, style, signer, moment)
    return pdf


def _find_places(pdf: bytes, letter: Letter) -> _Places:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(pdf)) as document:
        first, last = document.pages[0], document.pages[-1]
        height = float(first.height)
        words = first.extract_words(x_tolerance=1.5)
        label = _word(words, "Số:")
        notation = _word(words, f"/{letter.notation}")
        before = _word([w for w in words if w["top"] < label["top"] + 40], "ngày")
        month = _word([w for w in words if abs(w["top"] - before["top"]) < 3], "tháng")
        year = _word([w for w in words if abs(w["top"] - before["top"]) < 3], "năm")
        name = letter.signer.split()[-1]
        under = [w for w in last.extract_words() if w["text"] == name][-1]
        count = len(document.pages)
    foot = height - float(under["top"]) + 2
    middle = float(under["x0"]) - 20
    return _Places(
        number=(label["x1"] + 3, height - label["bottom"], notation["x0"], height - label["top"]),
        day_and_month=(
            before["x1"] + 4,
            height - before["bottom"],
            year["x0"] - 3,
            height - before["top"],
        ),
        month_at=float(month["x1"] - before["x1"]) + 3,
        signature=(middle - 24 * MM, foot, middle + 24 * MM, foot + 25 * MM),
        seal=(middle - 42 * MM, foot, middle - 6 * MM, foot + 36 * MM),
        last_page=count - 1,
    )


def _word(words: list[dict[str, Any]], text: str) -> dict[str, Any]:
    for word in words:
        if word["text"] == text:
            return word
    raise ValueError(f"the printed letter has no word {text!r}")


def _text(parts: list[tuple[float, str]], box: Box, *, italic: bool = False) -> "BaseStampStyle":
    """Figures drawn in the widget: `parts` are (points from its left edge, text)."""
    from pyhanko.pdf_utils.content import RawContent, ResourceType
    from pyhanko.pdf_utils.generic import DictionaryObject, NameObject
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.stamp import StaticStampStyle

    drawn = "".join(f"BT /F1 13 Tf 1 0 0 1 {x:.2f} 2.4 Tm ({text}) Tj ET " for x, text in parts)
    width, height = int(box[2] - box[0]), int(box[3] - box[1])
    content = RawContent(drawn.encode("ascii"), box=BoxConstraints(width=width, height=height))
    font = DictionaryObject()  # type: ignore[no-untyped-call]
    font[NameObject("/Type")] = NameObject("/Font")
    font[NameObject("/Subtype")] = NameObject("/Type1")
    font[NameObject("/BaseFont")] = NameObject("/Times-Italic" if italic else "/Times-Roman")
    content.set_resource(ResourceType.FONT, NameObject("/F1"), font)
    return StaticStampStyle(border_width=0, background=content, background_layout=_fill())


def _picture(png: bytes) -> "BaseStampStyle":
    from PIL import Image
    from pyhanko.pdf_utils.images import PdfImage
    from pyhanko.stamp import StaticStampStyle

    image = PdfImage(Image.open(io.BytesIO(png)))
    return StaticStampStyle(border_width=0, background=image, background_layout=_fill())


def _fill() -> "SimpleBoxLayoutRule":
    """Use the whole box: by default a stamp keeps wide margins and shrinks what it shows."""
    from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule

    mid = AxisAlignment.ALIGN_MID
    return SimpleBoxLayoutRule(x_align=mid, y_align=mid, margins=Margins(0, 0, 0, 0))


def _sign(
    pdf: bytes,
    field: str,
    page: int,
    box: Box,
    style: "BaseStampStyle",
    signer: "SimpleSigner",
    moment: datetime,
) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.signers.pdf_signer import PdfSigningSession

    class SignedThen(PdfSigner):
        """Claims the moment of the demo letter, not the moment of the run."""

        def init_signing_session(
            self, pdf_out: Any, existing_fields_only: bool = False
        ) -> PdfSigningSession:
            session = super().init_signing_session(pdf_out, existing_fields_only)
            session.system_time = moment
            return session

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    whole = tuple(round(side) for side in box)
    spec = SigFieldSpec(field, on_page=page, box=whole)  # type: ignore[arg-type]
    meta = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", location="tỉnh Sông Mẫu")
    machine = SignedThen(meta, signer=signer, stamp_style=style, new_field_spec=spec)
    return bytes(machine.sign_pdf(writer, bytes_reserved=8192).getvalue())


@cache
def _signer(name: str) -> "SimpleSigner":
    """A signer with a certificate of the demo authority in the name given."""
    from asn1crypto import keys, x509  # type: ignore[import-untyped]
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    root_key, key = _key(AUTHORITY), _key(name)
    root = _certificate(AUTHORITY, root_key, AUTHORITY, root_key)
    own = _certificate(name, key, AUTHORITY, root_key)
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(x509.Certificate.load(root.public_bytes(Encoding.DER)))
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=x509.Certificate.load(own.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(pkcs8),
        cert_registry=store,
    )


def demo_key(name: str, passphrase: str) -> bytes:
    """The key and certificate of a person or organ of the demo office, as a PKCS#12 file."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    key, root_key = _key(name), _key(AUTHORITY)
    own = _certificate(name, key, AUTHORITY, root_key)
    root = _certificate(AUTHORITY, root_key, AUTHORITY, root_key)
    secret = BestAvailableEncryption(passphrase.encode())
    return pkcs12.serialize_key_and_certificates(name.encode(), key, own, [root], secret)


def trust_demo_authority(folder: Path) -> None:
    """Let the demo office trust the authority of the demo: only ever called for a demo."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca-minh-hoa.der").write_bytes(demo_authority())


def demo_authority() -> bytes:
    """The root certificate (DER) that validates every signature made here."""
    from cryptography.hazmat.primitives.serialization import Encoding

    key = _key(AUTHORITY)
    return _certificate(AUTHORITY, key, AUTHORITY, key).public_bytes(Encoding.DER)


def _certificate(
    name: str, key: "RSAPrivateKey", issuer: str, issuer_key: "RSAPrivateKey"
) -> "Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    is_root = name == issuer
    usage = x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _name(common: str) -> "Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tỉnh Sông Mẫu (không có thật)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


@cache
def _key(name: str) -> "RSAPrivateKey":
    """An RSA key that follows from the name alone. For demo letters only: anybody can make it."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    draw = random.Random(f"demo key of {name}")  # noqa: S311 - must be repeatable, guards nothing
    p, q, e = _prime(draw), _prime(draw), 65537
    private = pow(e, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p,
        q,
        private,
        private % (p - 1),
        private % (q - 1),
        pow(q, -1, p),
        rsa.RSAPublicNumbers(e, p * q),
    )
    return numbers.private_key()


def _prime(draw: random.Random, bits: int = 1024) -> int:
    """A probable prime (Miller-Rabin) with both top bits set, fit for e = 65537."""
    while True:
        candidate = draw.getrandbits(bits) | (3 << (bits - 2)) | 1
        if any(candidate % small == 0 for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)):
            continue
        if candidate % 65537 != 1 and _looks_prime(candidate, draw):
            return candidate


def _looks_prime(number: int, draw: random.Random, drawn: int = 24, tried: int = 6) -> bool:
    """Six rounds are enough for random numbers of this size. As many bases are drawn as ever, so
    that the keys stay those of the samples."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for nth in range(drawn):
        base = draw.randrange(2, number - 1)
        if nth >= tried:
            continue
        if nth == 0 and math.gcd(number, _small_primes()) != 1:
            return False
        x = pow(base, odd, number)
        if x in (1, number - 1):
            continue
        for _ in range(twos - 1):
            x = pow(x, 2, number)
            if x == number - 1:
                break
        else:
            return False
    return True


@cache
def _small_primes() -> int:
    """The product of the primes below 10,000: one division in place of a thousand."""
    most = 10_000
    return math.prod(n for n in range(2, most) if all(n % d for d in range(2, math.isqrt(n) + 1)))
