"""The plain values that the reading library takes and gives: frozen, and JSON both ways.

A `Box` is (x0, y0, x1, y1) as fractions of the page as it is shown, origin top left, so that a
viewer can draw it at any zoom. Confidence of words and pages is a percentage, of fields 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Box = tuple[float, float, float, float]
Source = Literal["embedded", "legacy", "ocr"]
SecrecyKind = Literal["certain", "possible"]
FieldValue = str | list[str] | list[dict[str, str | None]] | dict[str, Any] | None

DOUBTFUL_BELOW = 0.8
"""A field under this confidence is shown to a person as doubtful (contract)."""

FIELD_NAMES = (
    "document_type",
    "issuing_organ",
    "parent_organ",
    "code_number",
    "code_notation",
    "issue_place",
    "issued_date",
    "subject_summary",
    "addressees",
    "distribution_list",
    "signing_authority",
    "signer_position",
    "signer_name",
    "urgency",
    "due_date_hint",
    "invitation",
    "references",
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word where it stands on the shown page; confidence 0 to 100."""

    text: str
    box: Box
    confidence: float

    def to_json(self) -> dict[str, Any]:
        box = [round(v, 5) for v in self.box]
        return {"text": self.text, "box": box, "confidence": round(self.confidence, 1)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Word:
        return cls(str(data["text"]), as_box(data["box"]), float(data["confidence"]))


@dataclass(frozen=True, slots=True)
class PageText:
    """What was read on one page.

    `angle` is the skew of the scan in degrees (counter-clockwise positive); boxes are given on the
    page as it is shown, with its skew. `confidence` is a length-weighted mean, 0 to 100.
    `source` tells whether the text was in the file ("embedded", "legacy") or recognised ("ocr").
    """

    number: int
    width_px: int
    height_px: int
    dpi: int
    angle: float
    source: Source
    confidence: float
    text: str
    words: tuple[Word, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "width_px": self.width_px,
            "height_px": self.height_px,
            "dpi": self.dpi,
            "angle": round(self.angle, 2),
            "source": self.source,
            "confidence": round(self.confidence, 1),
            "text": self.text,
            "words": [word.to_json() for word in self.words],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PageText:
        return cls(
            number=int(data["number"]),
            width_px=int(data["width_px"]),
            height_px=int(data["height_px"]),
            dpi=int(data["dpi"]),
            angle=float(data["angle"]),
            source=data["source"],
            confidence=float(data["confidence"]),
            text=str(data["text"]),
            words=tuple(Word.from_json(word) for word in data.get("words", ())),
        )


@dataclass(frozen=True, slots=True)
class Field:
    """One value for the form, and where it was read.

    `value` is None with `handwritten` True when a value stands there by hand or by a stamp and
    could not be read with certainty: the box lets a person read it. Nothing is ever invented.
    """

    value: FieldValue
    confidence: float
    page: int | None = None
    box: Box | None = None
    source_text: str = ""
    handwritten: bool = False

    @property
    def doubtful(self) -> bool:
        return self.confidence < DOUBTFUL_BELOW

    def to_json(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "confidence": round(self.confidence, 2),
            "page": self.page,
            "box": None if self.box is None else [round(v, 4) for v in self.box],
            "source_text": self.source_text,
            "handwritten": self.handwritten,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Field:
        return cls(
            value=data["value"],
            confidence=float(data["confidence"]),
            page=data.get("page"),
            box=None if data.get("box") is None else as_box(data["box"]),
            source_text=str(data.get("source_text", "")),
            handwritten=bool(data.get("handwritten", False)),
        )


@dataclass(frozen=True, slots=True)
class SecrecyMark:
    """A secrecy mark, or a head that makes a paper secret, on the first page.

    "certain": the word alone, boxed or red, in its place, or a secret head. "possible": the word
    stands elsewhere on the page in a way that only a person can judge.
    """

    kind: SecrecyKind
    word: str
    page: int
    box: Box | None
    reason: str

    def to_json(self) -> dict[str, Any]:
        box = None if self.box is None else [round(v, 4) for v in self.box]
        return {
            "kind": self.kind,
            "word": self.word,
            "page": self.page,
            "box": box,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SecrecyMark:
        box = None if data.get("box") is None else as_box(data["box"])
        return cls(data["kind"], str(data["word"]), int(data["page"]), box, str(data["reason"]))


@dataclass(frozen=True, slots=True)
class Signature:
    """A digital signature inside a PDF. `intact`: the signed bytes are unchanged."""

    field: str
    signer: str | None
    signed_at: str | None
    intact: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "signer": self.signer,
            "signed_at": self.signed_at,
            "intact": self.intact,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Signature:
        return cls(
            str(data["field"]), data.get("signer"), data.get("signed_at"), bool(data["intact"])
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read in one file. With a certain secrecy mark: no pages, no fields."""

    file: str
    sha256: str
    elapsed_s: float
    pages: tuple[PageText, ...] = ()
    fields: Mapping[str, Field | None] = field(default_factory=dict)
    secrecy: SecrecyMark | None = None
    signatures: tuple[Signature, ...] = ()
    warnings: tuple[str, ...] = ()
    page_count: int = 0

    @property
    def text(self) -> str:
        """Text of all pages, a form feed between two pages."""
        return "\f".join(page.text for page in self.pages)

    def to_json(self) -> dict[str, Any]:
        certain = self.secrecy is not None and self.secrecy.kind == "certain"
        data: dict[str, Any] = {
            "file": self.file,
            "sha256": self.sha256,
            "elapsed_s": round(self.elapsed_s, 2),
            "page_count": self.page_count,
            "secrecy_mark": self.secrecy.word if self.secrecy and certain else None,
            "secrecy_possible": self.secrecy.word if self.secrecy and not certain else None,
            "secrecy": self.secrecy.to_json() if self.secrecy else None,
            "signatures": [signature.to_json() for signature in self.signatures],
            "warnings": list(self.warnings),
        }
        if not certain:
            data["pages"] = [page.to_json() for page in self.pages]
            data["fields"] = {k: v.to_json() if v else None for k, v in self.fields.items()}
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reading:
        fields = data.get("fields", {})
        return cls(
            file=str(data["file"]),
            sha256=str(data["sha256"]),
            elapsed_s=float(data["elapsed_s"]),
            pages=tuple(PageText.from_json(page) for page in data.get("pages", ())),
            fields={k: Field.from_json(v) if v else None for k, v in fields.items()},
            secrecy=SecrecyMark.from_json(data["secrecy"]) if data.get("secrecy") else None,
            signatures=tuple(Signature.from_json(s) for s in data.get("signatures", ())),
            warnings=tuple(str(w) for w in data.get("warnings", ())),
            page_count=int(data.get("page_count", 0)),
        )


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The verdict on page 1, taken before anything else is kept.

    `page` and `crop_png` are None unless there is something to show: a certain mark leaves only
    the crop of the mark (no text); without a mark there is only the page, which `read_file` may
    take over instead of reading page 1 again (`state` is its business).
    """

    secrecy: SecrecyMark | None
    page_count: int
    page: PageText | None = None
    crop_png: bytes | None = None
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one sandboxed child may use. Seconds of wall clock and of CPU, MiB of memory and of
    any file it writes, bytes of its answer."""

    wall_s: float = 120.0
    cpu_s: int = 120
    memory_mb: int = 2048
    file_mb: int = 512
    open_files: int = 128
    processes: int = 64
    answer_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read, and how much a file may ask for.

    `secrecy_heads`: titles that make a paper secret without a mark (dated data of the office, for
    example "ĐƠN TỐ CÁO"). `organs`: full names that issuing organs are snapped to.
    `processes`: pages read at the same time. `seconds_per_page`: wall clock for each page.
    `cleared`: a person has seen page 1 and says that it bears no secrecy mark; none is looked for.
    """

    processes: int = 2
    language: str = "vie"
    max_pages: int = 1000
    max_pixels: int = 100_000_000
    max_bytes: int = 512 * 1024 * 1024
    seconds_per_page: float = 60.0
    memory_mb: int = 2048
    secrecy_heads: tuple[str, ...] = ("ĐƠN TỐ CÁO",)
    organs: tuple[str, ...] = ()
    cleared: bool = False


def as_box(value: Any) -> Box:
    """A box out of four numbers; ValueError if they are not four."""
    x0, y0, x1, y1 = (float(v) for v in value)
    return (x0, y0, x1, y1)
