"""A letter written in the browser as PDF/A-2b: the numbered cells of annex I, laid out by code.

The same measures as the Word templates; the same letter in both ways looks the same.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.outgoing.papers import facts as written
from app.outgoing.papers import measures
from app.outgoing.papers.clean import clean_html
from app.outgoing.papers.facts import DraftFacts
from app.outgoing.papers.shapes import Layout, shape_named

FOLDER = Path(__file__).parent / "pages"


def to_pdf(facts: DraftFacts) -> bytes:
    """The paper, fonts embedded. Some 0.3 s once WeasyPrint is loaded."""
    return render("letter.html", context(facts))


def to_html(facts: DraftFacts) -> str:
    """The same page as HTML, for who wants to look into it."""
    return page("letter.html", context(facts))


def context(facts: DraftFacts) -> dict[str, Any]:
    """What the page template shows, cell by cell."""
    shape = shape_named(facts.type_name)
    body = clean_html(facts.body_html or "")
    decision = shape.layout is Layout.DECISION
    main, last = _parted(body)
    return {
        "title": facts.subject,
        "superior": written.organ_lines(facts.superior_organ) if facts.superior_organ else [],
        "organ": written.organ_lines(facts.organ),
        "organ_rule": round(written.organ_rule_mm(facts.organ), 1),
        "number": written.number_text(facts),
        "dated": written.date_text(facts),
        "letter_subject": None if facts.type_name else written.subject_of_letter(facts),
        "urgency": facts.urgency.upper() if facts.urgency else None,
        "urgency_width": written.URGENCY_WIDTH_MM.get((facts.urgency or "").upper(), 40.0),
        "type_name": facts.type_name.upper() if facts.type_name else None,
        "subject": written.subject_of_titled(facts) if facts.subject.strip() else "",
        "decider": written.issuing_authority(facts) if decision else None,
        "grounds": written.listed(facts.references, dash=False) if decision else [],
        "deciding": shape.deciding,
        "addressees": [] if decision else _addressees(facts, shape.addressees),
        "openings": [] if decision else written.opening_sentences(facts),
        "body": Markup(main),  # noqa: S704 (clean_html has just made it)
        "last": Markup(last),  # noqa: S704
        "recipients": written.recipient_lines(facts),
        "authority": written.authority(facts),
        "signer": written.signer(facts),
    }


def _addressees(facts: DraftFacts, label: str) -> list[str]:
    return written.addressee_lines(facts, label.format(organ=facts.organ))


def _parted(body: str) -> tuple[str, str]:
    """The body without its last paragraph, and that paragraph: it stays with the signature."""
    match = re.search(r"<p(?: [^>]*)?>(?:(?!</?(?:p|li|td|table|ul|ol)\b).)*</p>$", body, re.DOTALL)
    return (body[: match.start()], match[0]) if match else (body, "")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, values: dict[str, Any]) -> str:
    """A page of this folder as HTML with its style sheet inside."""
    measured = {name: value for name, value in vars(measures).items() if name.isupper()}
    environment = _environment()
    css = environment.get_template("paper.css").render(measured)
    return environment.get_template(template).render(css=Markup(css), **measured, **values)  # noqa: S704


def render(template: str, values: dict[str, Any]) -> bytes:
    """A page of this folder as PDF/A-2b; nothing is fetched from anywhere."""
    from weasyprint import HTML  # half a second to import: only who prints pays
    from weasyprint.urls import URLFetcher

    only_own = URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    html = HTML(string=page(template, values), url_fetcher=only_own)
    made: bytes = html.write_pdf(pdf_variant="pdf/a-2b", font_config=_fonts())
    return made


@cache
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()
