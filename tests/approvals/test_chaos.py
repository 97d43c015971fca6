"""Workers killed at random places while receivers misbehave: nothing is lost, nothing is done twice."""

import random
import signal
from datetime import timedelta

from approvals import claims, sweeps
from approvals.models import OutboxEntry
from tests.approvals import support
from tests.approvals.test_crashes import POINTS, drain_process

SEED = 20261125
MAILS = 24
KILLS = 4
FAULTS = ("reset_after", "reset_before", "5xx", "429")


def approve_all(office):
    with office.scope():
        run = support.make_run(office)
        for number in range(MAILS):
            arguments = {
                "to": f"caller{number}@homes.example", "subject": "Your visit", "text": "Hello.",
            }  # fmt: skip
            effect = support.Effect(action="resend.send_followup_email", arguments=arguments)
            wish = support.Content(effects=(effect,), title=f"Mail {number}")
            support.approve(office, support.propose(office, run, wish))


def let_time_pass(office):
    with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
        sweeps.sweep()
    support.make_due(office)


def states(office):
    with office.scope():
        return list(OutboxEntry.objects.values_list("state", flat=True))


def test_random_kills_and_faults_leave_one_effect_each(connected, calm, capsys):
    approve_all(connected)
    dice = random.Random(SEED)
    for _ in range(KILLS):
        calm.misbehave("mail", dice.choice(FAULTS), times=dice.randint(1, 4), retry_after=0)
        assert drain_process(dice.choice(POINTS)).returncode == -signal.SIGKILL
        let_time_pass(connected)
    rounds = 0
    while "pending" in states(connected) and rounds < 20:
        support.send(seconds=2.0)
        let_time_pass(connected)
        rounds += 1
    found = states(connected)
    with connected.scope():
        keys = {str(key) for key in OutboxEntry.objects.values_list("id", flat=True)}
    by_key = calm.judge()["mail"]["by_key"]
    effects = [by_key.get(key, {"effects": 0})["effects"] for key in keys]
    lost, doubled = effects.count(0), sum(1 for count in effects if count > 1)
    requests = sum(by_key[key]["requests"] for key in keys if key in by_key)
    with capsys.disabled():
        print(f"\nchaos (seed {SEED}): {MAILS} effects, {KILLS} kills, {requests} requests: "
              f"lost {lost}, doubled {doubled}")  # fmt: skip
    assert found == ["succeeded"] * MAILS
    assert (lost, doubled) == (0, 0)
