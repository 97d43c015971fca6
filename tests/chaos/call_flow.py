"""Three calls from the webhook to the confirmed effect: one that a person ends, one that is handed over, one
for a number that nobody has. What the provider's side did is asked of the provider.
"""

import asyncio
import contextlib
import time
import urllib.error
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections

from approvals.models import OutboxEntry, Proposal
from runs import scope
from runs.errors import Refused
from runs.models import Run, Step
from tests.chaos.flow import Flow
from tests.voice import switchboard_support
from voice import after_call, bell, commands, tasks
from voice.models import Call
from voice.switchboard.owner import Switchboard

ENDED, HANDED, UNKNOWN = "ended", "handed", "unknown"
CALLS = {ENDED: "+441134960000", HANDED: "+441134960000", UNKNOWN: "+441134969999"}
OVER = ("ended", "missed", "failed")
SPEED, PATIENCE_S = 12.0, 40.0
MOBILE = "I have a new mobile, it's 07700 900452"
SCRIPT = {
    "script": "chaos_call",
    "title": "A new number",
    "caller": {"name": "Dana Whitfield", "number": switchboard_support.CALLER},
    "steps": [
        {"do": "agent_says", "text": "Northwind Heating, what can we do for you?"},
        {"do": "caller_says", "text": f"Dana Whitfield. {MOBILE}.", "ms": 4000},
        {"do": "agent_says", "text": "I ask a colleague to confirm that."},
        {
            "do": "agent_calls",
            "calls": [
                {
                    "name": "crm__propose_customer_update",
                    "arguments": {
                        "changes": [
                            {"field": "mobile", "value": "+44 7700 900452", "quote": MOBILE}
                        ],
                        "reason": "The caller gave a new mobile number.",
                    },
                }
            ],
        },
        {"do": "agent_says", "text": "It is with a colleague now. Anything else?"},
        {"do": "caller_silence", "ms": 120_000},
    ],
}


class CallFlow(Flow):
    def play(self) -> None:
        self.ring()
        self.deliver()
        asyncio.run(self.talk())
        self.work()
        self.decide()
        self.send()

    def ring(self) -> None:
        if not self.stage.simulator.rings(self.call_id(ENDED)):
            # Flows before this one have had their change made: it is to be one again.
            self.stage.simulator.patch_contact("c-1001", mobile="+44 7700 900118")
        for key, number in CALLS.items():
            placed = {
                "script": SCRIPT, "speed": SPEED, "seed": 7, "call_id": self.call_id(key),
                "from": switchboard_support.CALLER, "to": number,
            }  # fmt: skip
            try:
                self.stage.simulator.post("/_sim/calls", **placed)
            except urllib.error.HTTPError as error:
                # It rings already.
                if error.code != 400:
                    raise

    def deliver(self) -> None:
        """As the provider does: again until it is answered."""
        for key, number in CALLS.items():
            call_id = self.call_id(key)
            body = switchboard_support.incoming(
                call_id, To=f"<sip:{number}@sip.api.openai.com>", extra=""
            )
            found = switchboard_support.deliver(self.stage.line, body, webhook_id=f"wh_{call_id}")
            assert found == 200, found
        # What was rung for in a thread is rung before the process goes on.
        bell._thread().shutdown(wait=True)
        bell._thread.cache_clear()

    async def talk(self) -> None:
        """Until all calls are over; people give their commands meanwhile."""
        await asyncio.to_thread(self._let_leases_run_out)
        house = Switchboard(self.name)
        working = asyncio.create_task(house.run(lambda: None))
        watching = asyncio.create_task(asyncio.to_thread(self._watch, working.done))
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        house.stopping.set()
        await working
        await watching

    def _let_leases_run_out(self) -> None:
        """As if the fifteen seconds of an owner that died were over."""
        with self.office.scope():
            self.calls().update(lease_until=scope.now())

    def _watch(self, gone: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not gone():
            if time.monotonic() > deadline:
                with self.office.scope():
                    states = list(self.calls().values_list("provider_call_id", "state"))
                raise AssertionError(f"calls do not end: {states}")
            with self.office.scope():
                found = list(self.calls().select_related("run__release"))
            over = len(found) == len(CALLS) and all(one.state in OVER for one in found)
            for call in found:
                # A transaction each, as people have. It may end while somebody reaches for it.
                with contextlib.suppress(Refused), self.office.scope():
                    self._command(call)
            if over:
                return
            time.sleep(0.1)
        close_old_connections()

    def _command(self, call: Call) -> None:
        """Whispered to at first, then ended or handed over once the agent has asked for the change."""
        if call.state != "live":
            return
        known = {"by": self.office.house.actor("olive"), "at": scope.now()}
        key = f"{call.provider_call_id}:"
        commands.give(call, commands.WHISPER, key=key + "w", text="Ask for the postcode.", **known)
        if not Step.objects.filter(run_id=call.run_id, kind="proposal").exists():
            return
        if call.provider_call_id == self.call_id(ENDED):
            commands.give(call, commands.END, key=key + "e", reason="All is said.", **known)
        elif not commands.newest(call, commands.TRANSFER):
            commands.give(call, commands.TRANSFER, key=key + "t", destination="desk", **known)

    def work(self) -> None:
        """The work after each call, with the time that passes after a worker that died."""
        for _ in range(20):
            with self.office.scope():
                left = list(self.calls().filter(after_call_done_at=None, state="ended"))
                self.calls().filter(id__in=[one.id for one in left]).update(
                    after_call_at=scope.now()
                )
            if not left:
                return
            tasks.sweep_after_calls()
            for call in left:
                after_call.run(call.workspace_id, call.id)
        raise AssertionError(f"{self.name}: the work after a call does not end")

    def decide(self) -> None:
        with self.office.scope():
            waiting = list(self.wishes().filter(state="pending"))
        for wish in waiting:
            self.approve(wish)

    def count(self, where: str) -> None:
        from tests.chaos import call_count

        call_count.count(self, where)

    def call_id(self, key: str) -> str:
        return f"rtc_{self.name}_{key}"

    def calls(self) -> Any:
        """In a scope."""
        return Call.objects.filter(provider_call_id__startswith=f"rtc_{self.name}_")

    def runs(self) -> Any:
        return Run.objects.filter(id__in=self.calls().values("run_id"))

    def wishes(self) -> Any:
        return Proposal.objects.filter(run__in=self.runs())

    def effects(self) -> Any:
        return OutboxEntry.objects.filter(run__in=self.runs())
