"""Tables of the exchange between organs."""

from app.exchange.models.mail import (
    ARRIVAL_LABELS,
    SENDING_LABELS,
    ArrivalState,
    MailArrival,
    Mailbox,
    MailPart,
    MailSending,
    SendingState,
)
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
    "ARRIVAL_LABELS",
    "PACKET_LABELS",
    "SENDING_LABELS",
    "ArrivalState",
    "ExchangePacket",
    "ExchangePart",
    "ExchangeParty",
    "ExchangeStatus",
    "MailArrival",
    "MailPart",
    "MailSending",
    "Mailbox",
    "PacketState",
    "SendingState",
    "StatusState",
    "Way",
]
