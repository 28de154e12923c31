"""Tables of the exchange between organs."""

from app.exchange.models.packets import (
    PACKET_LABELS,
    ExchangePacket,
    ExchangePart,
    ExchangeParty,
    ExchangeStatus,
    PacketState,
    StatusState,
    Way,
)

__all__ = [
    "PACKET_LABELS",
    "ExchangePacket",
    "ExchangePart",
    "ExchangeParty",
    "ExchangeStatus",
    "PacketState",
    "StatusState",
    "Way",
]
