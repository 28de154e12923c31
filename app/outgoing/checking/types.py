"""The plain values of the form check: a rule, a fault that a checker found, a finding for a person.

A `Box` is (x0, y0, x1, y1) as fractions of the page as it is shown, origin top left, as in `ocr`.
Lengths are millimetres, sizes of letters points, unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from ocr.types import Box

Severity = Literal["error", "warning", "hint"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")
RepairKind = Literal["replace", "paper", "margins", "font", "spaces", "compose"]


@dataclass(frozen=True, slots=True)
class Repair:
    """How a DOCX can be put right.

    "replace": `old` becomes `new` in each paragraph that has the words of `within` (all, if that
    is empty). "paper": A4. "margins": those of the decree. "font": Times New Roman. "spaces": no
    space twice. "compose": letters with their marks as one code (NFC).
    """

    kind: RepairKind
    old: str = ""
    new: str = ""
    within: str = ""

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "old": self.old, "new": self.new, "within": self.within}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Repair:
        return cls(data["kind"], str(data["old"]), str(data["new"]), str(data["within"]))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it stands in `config/data/form_rules.yaml`.

    `message` is a sentence with `{found}`, `{right}` and other places that its checker fills.
    `limits` are the figures and words that the checker needs. `source`: law and article.
    """

    id: str
    topic: str
    title: str
    severity: Severity
    source: str
    message: str
    valid_from: date
    valid_to: date | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)

    def in_force(self, on: date) -> bool:
        """Whether a paper of that day is bound by the rule (both ends included)."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a page; pages count from 1."""

    page: int
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What a checker saw: where, what stands there, what should. `values` fill the message."""

    spot: Spot
    found: str = ""
    right: str = ""
    repair: Repair | None = None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in words for a person. `found` is the text as it stands on the page."""

    rule: str
    severity: Severity
    page: int
    box: Box | None
    message: str
    source: str
    found: str = ""
    right: str = ""
    repair: Repair | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "page": self.page,
            "box": None if self.box is None else [round(v, 4) for v in self.box],
            "message": self.message,
            "source": self.source,
            "found": self.found,
            "right": self.right,
            "repair": self.repair.to_json() if self.repair else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        box, repair = data.get("box"), data.get("repair")
        return cls(
            rule=str(data["rule"]),
            severity=data["severity"],
            page=int(data["page"]),
            box=None if box is None else (box[0], box[1], box[2], box[3]),
            message=str(data["message"]),
            source=str(data["source"]),
            found=str(data.get("found", "")),
            right=str(data.get("right", "")),
            repair=None if repair is None else Repair.from_json(repair),
        )


@dataclass(frozen=True, slots=True)
class Expected:
    """What the system knows of the paper; what is None (or empty) is not compared.

    `type_name` is the Vietnamese name of the type ("Công văn", "Quyết định"). `authority_lines`
    stand above the signer's post ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"); an empty tuple means
    that the signer signs in their own right, None that it is not known. `urgency` is one of
    "normal", "urgent", "very_urgent", "flash". `number` is the number once it is given ("07").
    """

    organ: str | None = None
    superior_organ: str | None = None
    number: str | None = None
    notation: str | None = None
    place: str | None = None
    issued_on: date | None = None
    type_name: str | None = None
    subject: str | None = None
    addressees: tuple[str, ...] = ()
    authority_lines: tuple[str, ...] | None = None
    position: str | None = None
    signer_name: str | None = None
    urgency: str | None = None
