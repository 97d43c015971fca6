"""Why a field changed: one sentence for each way in which it did, or did not."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from approvals import proposals, resolutions
from approvals.models import OutboxEntry, Proposal, ProposalVersion
from console.builders import why
from console.builders.look import Look
from console.words import why as words
from runs import scope
from runs.models import AuditEntry, Customer, Membership


def approve(scene, name="lena"):
    version = proposals.version_of(proposals.get(scene.proposal.public_id))
    return proposals.approve(
        scene.proposal.public_id, version=version.version, digest=bytes(version.digest),
        by=scene.actor(name), at=scope.now(),
    )  # fmt: skip


def claim(entry):
    """The database lets an effect be confirmed only from its sending."""
    at = scope.now()
    sending = {"state": "sending", "lease": uuid.uuid4(), "lease_until": at + timedelta(minutes=1)}
    OutboxEntry.objects.filter(id=entry.id).update(**sending)


def confirm(scene, **changes):
    """As the worker would after the CRM's answer."""
    known = {"state": "succeeded", "finished_at": scope.now(), "lease": None, **changes}
    known["lease_until"] = None
    known.setdefault("result", {"reference": "c-1001", "version": 7})
    entry = OutboxEntry.objects.get(proposal=scene.proposal, action="crm.update_contact")
    if known["state"] not in ("cancelled", "superseded", "pending"):
        claim(entry)
    OutboxEntry.objects.filter(id=entry.id).update(**known)
    entry.refresh_from_db()
    return entry


def told(scene, field="mobile", *, masked=False):
    look = Look(workspace=scene.house.workspace, now=scope.now(), masked=masked)
    customer = Customer.objects.get(external_id="c-1001")
    return [words.plain(why.sentence(one, look)) for one in why.of(customer, field)]


def test_a_change_is_told_in_one_sentence(scene):
    with scene.scope():
        approve(scene)
        entry = confirm(scene)
        (one,) = told(scene)
    expected = (
        r"Mobile phone of Dana Whitfield changed from \+44 7700 900118 to \+44 7700 900181 on .+: "
        r"the caller said “ends in one eight one” \(CALL-\w+, \d\d:\d\d\), "
        r"the agent proposed it \(PRO-\w+\), "
        r"Lena Fischer approved it as support lead on .+ \(rule contact_data\), "
        rf"and the CRM confirmed it as rev 7 \({entry.public_id}\)\."
    )
    assert re.fullmatch(expected, one), one


def test_numbers_are_masked_for_who_may_not_see_them(scene):
    with scene.scope():
        approve(scene)
        confirm(scene)
        (one,) = told(scene, masked=True)
    assert "900181" not in one
    assert "+44 •••• ••• 181" in one


def test_every_noun_opens(scene, lena):
    with scene.scope():
        approve(scene)
        confirm(scene)
    path = scene.path("why/?customer=c-1001&field=mobile")
    html = lena.get(path).content.decode()
    sentence = re.search(r'<p class="prose">(.*?)</p>\s*</li>', html, re.DOTALL)[1]
    hrefs = re.findall(r'href="([^"]+)"', sentence)
    assert len(hrefs) >= 6
    for href in hrefs:
        assert lena.get(href.replace("&amp;", "&")).status_code == 200, href


@pytest.mark.parametrize(
    ("state", "reason", "words_of"),
    [
        ("unknown", "timeout", "may have changed .* no answer came that proves it"),
        ("failed", "conflict", "was not changed .* the CRM held another value than was shown"),
        ("failed", "status_400", "did not get through: The receiver answered 400"),
        ("cancelled", "undone", "the approval was undone before anything was sent"),
        ("cancelled", "cancelled", "A person cancelled it"),
        ("cancelled", "dropped", "may have changed"),
        ("pending", "", "is not changed yet .* it is on its way"),
        ("superseded", "", "another one took its place"),
    ],
)
def test_what_did_not_get_through_is_said_as_it_is(scene, state, reason, words_of):
    with scene.scope():
        approve(scene)
        confirm(scene, state=state, reason=reason, result=None)
        (one,) = told(scene)
    assert re.search(words_of, one), one


def test_a_person_who_resolved_a_doubt_is_named(scene):
    with scene.scope():
        approve(scene)
        entry = confirm(scene, state="unknown", result=None, finished_at=None)
        resolutions.it_happened(
            entry, evidence="I looked into the CRM", by=scene.actor("mei"), at=scope.now()
        )
        (one,) = told(scene)
    assert "Mei Kato recorded that it had happened" in one


def test_a_change_by_a_rule_names_the_rule_and_no_person(scene):
    scene.entry_id()
    with scene.scope():
        claim(OutboxEntry.objects.get())
        ended = {"state": "succeeded", "finished_at": scope.now(), "lease": None}
        OutboxEntry.objects.update(lease_until=None, result={}, **ended)
        (one,) = told(scene, "notes")
    assert "rule tests allowed it without a person" in one
    assert "approved" not in one


def test_a_value_that_nobody_had_read_is_not_said_to_be_nothing(scene):
    scene.entry_id()
    with scene.scope():
        claim(OutboxEntry.objects.get())
        ended = {"state": "succeeded", "finished_at": scope.now(), "lease": None}
        OutboxEntry.objects.update(lease_until=None, result={}, **ended)
        (one,) = told(scene, "notes")
    assert "changed from an unknown value (nobody had read it) to x on" in one


def test_who_had_it_sent_again_is_named_beside_who_approved_it(scene):
    with scene.scope():
        approve(scene)
        failed = confirm(scene, state="failed", reason="refused", result=None)
        resolutions.send_again(failed, by=scene.actor("adam"), at=scope.now())
        *_before, one = told(scene)
    assert "Lena Fischer approved it" in one
    assert "Adam Reyes had it sent again" in one


def test_a_wish_that_waits_or_was_rejected_changed_nothing(scene):
    with scene.scope():
        assert "is not changed yet" in told(scene)[0]
        version = proposals.version_of(scene.proposal)
        proposals.reject(
            scene.proposal.public_id, version=1, digest=bytes(version.digest),
            reason_code="wrong_value", by=scene.actor("lena"), at=scope.now(),
        )  # fmt: skip
        (one,) = told(scene)
    assert "Lena Fischer rejected it as support lead: Wrong value" in one


def test_a_change_outside_is_found_by_the_next_reading(scene):
    with scene.scope():
        approve(scene)
        confirm(scene)
        read_again(scene, {"mobile": "+447700900555"})
        first, second = [one for one in told(scene) if "waits" not in one]
    assert "rev 7" in first
    assert re.search(r"to \+44 7700 900555 outside Readback between .+ and .+: the CRM", second)


def test_a_doubt_that_a_later_reading_settles_says_so(scene):
    with scene.scope():
        read_again(scene, {"mobile": "+447700900118"}, field="email", ago=60)
        approve(scene)
        confirm(scene, state="unknown", result=None, finished_at=None)
        read_again(scene, {"mobile": "+447700900181"})
        one = next(one for one in told(scene) if "may have" in one)
        assert "a reading on" in one
        assert not [text for text in told(scene) if "outside" in text]


def read_again(scene, before, field="email", ago=0):
    """A later proposal whose making read the record."""
    at = scope.now() - timedelta(seconds=ago)
    original = Proposal.objects.get(id=scene.proposal.id)
    first = ProposalVersion.objects.filter(proposal=original).first()
    wish = ProposalVersion(
        workspace_id=original.workspace_id, proposal=original, version=100 - ago, at=at,
        payload=first.payload.replace('"mobile"', f'"{field}"'), digest=bytes(32),
        before=before, before_read_at=at, author="agent:intake",
    )  # fmt: skip
    wish.save(force_insert=True)


def test_a_field_that_never_changed_says_so(scene, lena):
    html = lena.get(scene.path("why/?customer=c-1001&field=email")).content.decode()
    assert "It never changed here" in html


def test_another_day_has_no_answer(scene, lena):
    path = "why/?customer=c-1001&field=mobile&day=2020-05-03"
    assert "It never changed here" in lena.get(scene.path(path)).content.decode()
    assert lena.get(scene.path("why/?customer=c-1001&day=yesterday")).status_code == 200


def test_two_customers_of_one_name_are_asked_about(scene, lena):
    with scene.scope():
        twin = Customer.objects.get(external_id="c-1001")
        twin.pk, twin.external_id = None, "c-2002"
        twin.id = scene.run.id
        twin.save(force_insert=True)
    html = lena.get(scene.path("why/?customer=Dana")).content.decode()
    assert "Which one?" in html
    assert "c-2002" in html


def test_who_may_not_see_proposals_gets_no_answer(scene, other):
    Membership.objects.filter(user=scene.house.users["ines"]).update(roles=["editor"])
    assert scene.client("ines").get(scene.path("why/")).status_code == 403
    assert other.client("lena").get(scene.path("why/")).status_code == 404
    assert scene.client("lena").post(scene.path("why/")).status_code == 405


def test_asking_is_noted(scene, lena):
    lena.get(scene.path("why/?customer=c-1001&field=mobile"))
    with scene.scope():
        assert AuditEntry.objects.filter(action="revealed", object="c-1001/mobile").count() == 1


def test_the_page_of_a_proposal_leads_there(scene, lena):
    with scene.scope():
        approve(scene)
    html = lena.get(scene.path(f"approvals/{scene.proposal.public_id}/")).content.decode()
    assert f"/w/{scene.slug}/why/?customer=c-1001&amp;field=mobile" in html


def test_the_command_says_the_same(scene, capsys):
    with scene.scope():
        approve(scene)
        confirm(scene)
    call_command("why", workspace=scene.slug, customer="c-1001", field="mobile")
    assert "and the CRM confirmed it as rev 7" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no such customer"):
        call_command("why", workspace=scene.slug, customer="c-9", field="mobile")
