"""edXML messages as values: what a packet and a status say, read from and written to files."""

from app.exchange.edxml.types import (
    Attachment,
    Business,
    Packet,
    Party,
    Replacement,
    ResponseFor,
    Staff,
    Status,
)

__all__ = [
    "Attachment",
    "Business",
    "Packet",
    "Party",
    "Replacement",
    "ResponseFor",
    "Staff",
    "Status",
]
