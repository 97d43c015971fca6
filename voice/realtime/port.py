"""What is asked of a realtime provider, whoever it is."""

from dataclasses import dataclass
from typing import Any, Protocol

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an adapter can do. A verb that it cannot do is not offered to anybody."""

    send_dtmf: bool = False
    outbound_dial: bool = False
    refer_outcome: bool = False
    call_ended_event: bool = False
    history_listing: bool = False
    recording: bool = False


class ProviderError(Exception):
    """The provider did not do as asked. `code` is short and stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CallGone(ProviderError):
    """The call is not there, or not there any more."""


class AlreadyAccepted(ProviderError):
    """Somebody accepted this call before: only the side connection is missing."""


class Misconfigured(ProviderError):
    """Key, account or request are wrong: trying again changes nothing."""


class Unreachable(ProviderError):
    """A network or server error: trying again may help."""


class NotDone(ProviderError):
    """It was refused, so nothing was done. Any other trouble leaves open whether it was."""


class SocketClosed(ProviderError):
    """The side connection ended. Whether the call did, only a new attempt to attach tells."""


class BadSignature(Exception):
    """A webhook that the provider did not sign, or signed too long ago."""


class Sideband(Protocol):
    """The side connection of one call."""

    async def receive(self) -> bytes:
        """The next frame exactly as it was sent; raises SocketClosed."""

    async def send(self, event: Frame) -> None:
        """Raises SocketClosed."""

    async def close(self) -> None: ...


class Provider(Protocol):
    capabilities: Capabilities

    async def accept(self, call_id: str, session: Frame) -> None: ...

    async def reject(self, call_id: str) -> None: ...

    async def hang_up(self, call_id: str) -> None: ...

    async def refer(self, call_id: str, target: str) -> None:
        """Ask that the line be handed over. Coming back says only that the wish was passed on.

        Raises NotDone where nothing was; after anything else it may have been.
        """

    async def attach(self, call_id: str, *, caller: str = "") -> Sideband:
        """`caller` is a stable, hashed name of who calls, for the provider's abuse checks."""
