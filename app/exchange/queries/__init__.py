"""Reading what was exchanged."""

from app.exchange.queries.letters import letters_of, packet_of_letter
from app.exchange.queries.packets import KIND, PacketPage, get_by_token, page_of_packets

__all__ = [
    "KIND",
    "PacketPage",
    "get_by_token",
    "letters_of",
    "packet_of_letter",
    "page_of_packets",
]
