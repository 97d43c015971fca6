"""Tables of calls and all that happens in them."""

from voice.models.agent import Agent
from voice.models.call import Call
from voice.models.command import Command
from voice.models.connection import Connection
from voice.models.inbound_webhook import InboundWebhook
from voice.models.minding import CallClaim, CallFlag, Presence
from voice.models.number import Number
from voice.models.provider_event import ProviderEvent
from voice.models.search_document import SearchDocument
from voice.models.turn import Turn, TurnPart, TurnVersion

__all__ = [
    "Agent",
    "Call",
    "CallClaim",
    "CallFlag",
    "Command",
    "Connection",
    "InboundWebhook",
    "Number",
    "Presence",
    "ProviderEvent",
    "SearchDocument",
    "Turn",
    "TurnPart",
    "TurnVersion",
]
