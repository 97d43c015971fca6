"""The same rules, fifteen times faster: what is a minute for a customer need not be one for a test.

The relations stay: a request ends inside its deadline, the deadline inside the lease.
"""

from datetime import timedelta

from approvals import backoff, breakers, claims, delivery, drain, sweeps, wire
from voice.action_types import create_task


def quicken() -> None:
    for module in (claims, delivery):
        vars(module).update(LEASE_S=4, SEND_S=1.4)
    delivery.MARGIN_S = 0.3
    wire.CONNECT_S, wire.READ_S, wire.DEADLINE_S = 0.5, 1.0, 1.4
    backoff.FIRST_S, backoff.LONGEST_S = 0.1, 1.0
    drain.SWEEP_EVERY_S, drain.BUSY_POLL_S = 0.5, 0.05
    drain.RECORD_PAUSES_S = (0.0, 0.1, 0.5)
    breakers.OPEN_S, breakers.LONGEST_OPEN_S = 1, 2
    # Longer than the slowest answer of the receiver that still has its effect.
    create_task.CreateTask.settle = timedelta(seconds=1)
    # Here the kills are ours: no entry is to blame for them.
    sweeps.MOST_CRASHES = 1000
