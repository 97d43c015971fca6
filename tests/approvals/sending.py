"""What tests of the worker share: what was told, how attempts ended, the worker a little later."""

import time

from approvals import delivery, wire
from approvals.connectors import Resolved
from approvals.models import Attempt
from runs import ledger
from tests.approvals import support


def pair(office, proposal):
    with office.scope():
        return support.entries(proposal)


def kinds(office, proposal):
    with office.scope():
        return [line.kind for line in ledger.events_after(proposal.run_id, 0)]


def verdicts(office, entry):
    with office.scope():
        found = Attempt.objects.filter(entry=entry).order_by("number")
        return [attempt.verdict for attempt in found]


def send_again(office):
    """As the worker a little later."""
    support.make_due(office)
    support.send()


async def deliver(claimed, claimed_at=None, url=""):
    async def resolve(one):
        assert url, "nothing is resolved for it"
        path = "/crm" if one.entry.action_type == "update_contact" else ""
        return Resolved(one.entry.connection_id, "test", url + path, "sk")

    async def mark(one):
        raise AssertionError("nothing is sent for it")

    async with wire.client() as client:
        return await delivery.deliver(
            claimed, client=client, resolve=resolve, mark_wire=mark, mark_absent=mark,
            claimed_at=claimed_at or time.monotonic(),
        )  # fmt: skip
