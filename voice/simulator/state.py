"""Everything one simulator knows."""

import asyncio
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from voice.simulator.calls import CLOSINGS, Call
from voice.simulator.client_events import ClientEvents
from voice.simulator.journal import Journal
from voice.simulator.pace import Pace
from voice.simulator.player import Player
from voice.simulator.receivers.counting import Receiver
from voice.simulator.receivers.crm import Crm
from voice.simulator.receivers.hubspot import HubSpot
from voice.simulator.receivers.mail import Mail
from voice.simulator.receivers.salesforce import Salesforce
from voice.simulator.receivers.sink import Sink
from voice.simulator.receivers.smtp import Smtp
from voice.simulator.receivers.tickets import Tickets
from voice.simulator.script import Script, ScriptShelf
from voice.simulator.switches import Switches
from voice.simulator.webhooks import Target, WebhookSender
from voice.simulator.wire import Frame, Ids

SCRIPTS = Path(__file__).resolve().parents[2] / "tests" / "calls"
DEFAULT_TO = "+441615550100"
DEFAULT_FROM = "+447700900100"
KEPT_CALLS = 2_000


@dataclass(eq=False)
class PlacedCall:
    """A call with what plays it and what listens to its client."""

    call: Call
    player: Player
    events: ClientEvents

    def begin(self, session: Frame) -> None:
        """Answered: the audio flows, whether anybody attaches or not."""
        self.call.session, self.call.state = session, "accepted"
        self.call.pace.start()
        self.call.spawn(self.player.play())
        self.call.spawn(self._expire())

    async def _expire(self) -> None:
        await self.call.pace.sleep(self.call.switches.session_ms)
        self.call.expire()


@dataclass(eq=False)
class Simulator:
    scripts: ScriptShelf
    journal: Journal
    default_target: Target | None = None
    switches: Switches = field(default_factory=Switches)
    calls: dict[str, PlacedCall] = field(default_factory=dict)
    webhooks: WebhookSender = field(default_factory=WebhookSender)
    ids: Ids = field(default_factory=lambda: Ids(os.urandom(16).hex()))

    def __post_init__(self) -> None:
        self.crm = Crm(self.journal)
        self.mail = Mail(self.journal)
        self.hubspot = HubSpot(self.journal)
        self.salesforce = Salesforce(self.journal)
        self.tickets = Tickets(self.journal)
        self.sink = Sink(self.journal)
        self.smtp = Smtp(self.journal)
        for entry in self.journal.entries():
            self.receivers[entry["receiver"]].replay(entry)

    @property
    def receivers(self) -> dict[str, Receiver]:
        """By the name that the journal and the judge know them under."""
        every: list[Receiver] = [
            self.crm,
            self.mail,
            self.hubspot,
            self.salesforce,
            self.tickets,
            self.sink,
            self.smtp,
        ]
        return {one.counting.name: one for one in every}

    def new_call(
        self,
        script: Script,
        *,
        speed: float = 1.0,
        seed: int | None = None,
        number_from: str = "",
        number_to: str = "",
        call_id: str = "",
        primary: bool = False,
        switches: Switches | None = None,
    ) -> PlacedCall:
        """Call ids are never repeated, not even for the same seed; what happens is."""
        seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
        call = Call(
            id=call_id or f"rtc_u0_{self.ids.base62()}",
            script=script,
            switches=switches or self.switches,
            pace=Pace(speed, seed),
            seed=seed,
            number_from=number_from or script.caller_number or DEFAULT_FROM,
            number_to=number_to or DEFAULT_TO,
            primary=primary,
        )
        player = Player(call)
        placed = PlacedCall(call, player, ClientEvents(call, player))
        self.calls[call.id] = placed
        self._forget_old()
        return placed

    def live_call(self, call_id: str) -> PlacedCall | None:
        placed = self.calls.get(call_id)
        return placed if placed is not None and placed.call.live else None

    def announce(
        self, call: Call, target: Target, headers: Sequence[dict[str, str]], duplicate: bool
    ) -> None:
        self.webhooks.announce(call, target, headers, duplicate=duplicate)

    async def close(self) -> None:
        for placed in list(self.calls.values()):
            placed.call.hang_up("simulator_stopped", 1001)
        await asyncio.gather(*CLOSINGS, return_exceptions=True)
        await self.webhooks.close()
        await self.smtp.close()

    def _forget_old(self) -> None:
        """Memory has an end: the oldest ended calls go first."""
        spare = len(self.calls) - KEPT_CALLS
        for call_id in [each for each, placed in self.calls.items() if not placed.call.live]:
            if spare <= 0:
                return
            del self.calls[call_id]
            spare -= 1
