"""What takes a confirmed effect back is written down when it is confirmed, and proposed exactly so."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from approvals import claims, contents, outbox, proposals, records, resolutions, reversals
from approvals.action_types import Confirmation
from approvals.models import OutboxEntry, Reversal
from approvals.records import Settled
from runs import scope
from runs.errors import Conflict
from tests.approvals import support
from tests.runs.test_api import Machine

OLD, NEW = {"mobile": "+447700900118"}, "+447700900181"


def confirmed(office, wish, before):
    with office.scope():
        proposal = support.propose(office, wish=wish, before=before, before_read_at=scope.now())
        support.approve(office, proposal)
    mine = [one for one in claims.claim(9, worker="w") if one.entry.proposal_id == proposal.id]
    records.settle([Settled(one, Confirmation("c-1", 200)) for one in mine])
    with office.scope():
        return support.entries(proposal)


def changed(office, value=NEW, **before):
    (entry,) = confirmed(office, support.content(mail=False, mobile=value), before or OLD)
    return entry


def test_it_is_there_as_soon_as_the_effect_is_confirmed(office):
    entry = changed(office)
    with office.scope():
        kept = Reversal.objects.get(entry=entry)
        (change,) = contents.Content.model_validate_json(kept.payload).changes
        assert (change.before, change.after) == (NEW, OLD["mobile"])
        assert reversals.of(entry).reversible


def test_a_confirmed_change_is_put_back_by_exactly_that_proposal(office):
    entry = changed(office)
    with office.scope():
        made = reversals.propose(entry, by=office.lena, at=scope.now())
        kept = Reversal.objects.get(entry=entry)
        assert proposals.version_of(made).payload == kept.payload
        again = reversals.propose(entry, by=office.lena, at=scope.now())
        assert (made.state, again.public_id) == ("pending", made.public_id)


def test_a_mail_is_not_reversible_and_says_why(office):
    (entry,) = confirmed(office, support.letter(), {})
    with office.scope():
        assert reversals.of(entry).why == "cannot_be_recalled"
        assert not Reversal.objects.filter(entry=entry).exists()
        with pytest.raises(Conflict, match="not_reversible"):
            reversals.propose(entry, by=office.lena, at=scope.now())


def test_what_was_not_read_before_cannot_be_put_back(office):
    """An entry from the days before every field had to be read."""
    with office.scope():
        made = support.propose(office)
        (effect, *_mail) = support.content(mail=False, mobile=NEW).effects
        at = scope.now()
        outbox.enqueue(
            made.run, effect=effect, step=made.step, policy_rule="old", at=at,
            execute_by=at + timedelta(hours=1),
        )  # fmt: skip
    records.settle([Settled(one, Confirmation("c-1", 200)) for one in claims.claim(9, worker="w")])
    with office.scope():
        entry = OutboxEntry.objects.get(policy_rule="old")
        assert reversals.of(entry).why == "before_unknown"


def test_a_later_change_of_the_same_field_is_not_undone_over(office):
    first = changed(office)
    second = changed(office, "+447700900199", mobile=NEW)
    with office.scope():
        found = reversals.of(first)
        assert (found.why, found.by) == ("changed_since", second)
        assert reversals.of(second).reversible
        with pytest.raises(Conflict, match="not_reversible"):
            reversals.propose(first, by=office.lena, at=scope.now())


def test_what_a_person_says_happened_can_be_put_back_too(office):
    with office.scope():
        wish = support.content(mail=False, mobile=NEW)
        proposal = support.propose(office, wish=wish, before=OLD, before_read_at=scope.now())
        support.approve(office, proposal)
        OutboxEntry.objects.filter(proposal=proposal).update(state="unknown", attempts=1)
        (entry,) = support.entries(proposal)
        resolutions.it_happened(entry, evidence="Seen there.", by=office.lena, at=scope.now())
        assert reversals.of(entry).reversible


def test_what_was_prepared_never_changes(office):
    entry = changed(office)
    refused = pytest.raises(ProgrammingError, match="never changed")
    with office.scope(), refused, transaction.atomic():
        Reversal.objects.filter(entry=entry).update(payload="{}")


def test_a_machine_proposes_exactly_what_was_prepared(office):
    entry, machine = changed(office), Machine(office.house, "support_lead")
    before = machine.get(f"outbox/{entry.public_id}").json()["reversal"]
    assert [(one["before"], one["after"]) for one in before["changes"]] == [(NEW, OLD["mobile"])]
    found = machine.post(f"outbox/{entry.public_id}/reverse").json()["reversal"]
    assert (before["proposal"], found["proposal"][:6]) == (None, "wrp://")
    with office.scope():
        made = proposals.get(found["proposal"].rpartition("/")[2])
        assert proposals.version_of(made).payload == Reversal.objects.get(entry=entry).payload


def test_a_reversal_that_ended_without_effect_can_be_wished_again(office):
    entry = changed(office)
    with office.scope():
        first = reversals.propose(entry, by=office.lena, at=scope.now())
        proposals.withdraw(first, by=office.lena, at=scope.now())
        second = reversals.propose(entry, by=office.lena, at=scope.now())
        assert (second.state, second.public_id == first.public_id) == ("pending", False)
        assert reversals.of(entry).proposal.public_id == second.public_id
