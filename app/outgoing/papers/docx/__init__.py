"""Word papers: templates made by code, filled, and read."""

from app.outgoing.papers.docx.filling import TemplateFault, fill, unknown_fields
from app.outgoing.papers.docx.reading import DocumentFault, text
from app.outgoing.papers.docx.templates import default_template

__all__ = ["DocumentFault", "TemplateFault", "default_template", "fill", "text", "unknown_fields"]
