"""Reading what was exchanged."""

from app.exchange.queries.packets import KIND, PacketPage, get_by_token, page_of_packets

__all__ = ["KIND", "PacketPage", "get_by_token", "page_of_packets"]
