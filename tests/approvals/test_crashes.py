"""Killed at every point between the claim and the record: nothing is lost, nothing is done twice."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connections as database_connections

from approvals import claims, sweeps
from approvals.models import Approval, OutboxEntry, Proposal
from runs import ledger
from runs.models import AuditEntry, Step
from tests.approvals import support

POINTS = ("claimed", "wire.before", "wire.marked", "answered", "settle.before", "settled")


def drain_process(crash_at=""):
    env = {
        **os.environ,
        "CRASH_AT": crash_at,
        "READBACK_CHAOS": "1",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.approvals.drain_once"], env=env, timeout=60, check=False,
        capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_anywhere_leaves_one_effect_each(connected, calm, point):
    calm.patch_contact("c-1001", mobile=support.MOBILE, followup_needed=False)
    with connected.scope():
        before = {"mobile": support.MOBILE, "followup_needed": False}
        proposal = support.propose(connected, before=before)
        support.approve(connected, proposal)
    killed = drain_process(point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
        sweeps.sweep()
    support.make_due(connected)
    support.send()
    support.make_due(connected)
    support.send()
    with connected.scope():
        found = support.entries(proposal)
        lines = [line.kind for line in ledger.events_after(proposal.run_id, 0)]
    assert [entry.state for entry in found] == ["succeeded", "succeeded"]
    effects = [calm.effects(name, one) for name, one in zip(("crm", "mail"), found, strict=True)]
    assert effects == [1, 1]
    assert lines.count("outbox.confirmed") == 2


def test_a_worker_can_be_killed_at_the_second_time(connected, calm):
    with connected.scope():
        proposal = support.propose(connected)
        support.approve(connected, proposal)
    assert drain_process("settled:2").returncode == -signal.SIGKILL
    with connected.scope():
        states = [entry.state for entry in support.entries(proposal)]
    assert states == ["succeeded", "succeeded"]


def test_the_points_do_nothing_unless_asked_for(connected):
    assert drain_process().returncode == 0


@pytest.mark.parametrize(
    "point", ["approve.decided", "approve.enqueued", "approve.recorded", "approve.audited"]
)
def test_an_approval_that_is_interrupted_has_never_been(office, point, monkeypatch):
    """Approval, effects, lines and audit entry stand together or not at all."""

    class PowerCut(BaseException):
        pass

    def cut(name):
        if name == point:
            raise PowerCut

    with office.scope():
        proposal = support.propose(office)
        before = ledger.last_number(proposal.run_id)
    monkeypatch.setattr("approvals.decisions.crashpoint", cut)
    with pytest.raises(PowerCut), office.scope():
        support.approve(office, proposal)
    with office.scope():
        assert Proposal.objects.get(id=proposal.id).state == "pending"
        assert not Approval.objects.filter(proposal=proposal).exists()
        assert not OutboxEntry.objects.filter(proposal=proposal).exists()
        assert not Step.objects.filter(run=proposal.run, kind="effect").exists()
        assert not AuditEntry.objects.filter(action="proposal.approved").exists()
        assert ledger.last_number(proposal.run_id) == before


def test_twenty_workers_on_one_entry_send_it_once(connected, calm):
    with connected.scope():
        proposal = support.propose(connected, wish=support.content("c-1003", mail=False, notes="x"))
        support.approve(connected, proposal)
    taken = []

    def work():
        taken.extend(claims.claim(5, worker="w"))
        database_connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1
