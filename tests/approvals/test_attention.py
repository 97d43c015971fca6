"""Around a decision: reviews, snoozes, questions, edits, many at once, and what follows a confirmation."""

from datetime import timedelta

import pytest
from django.core import mail

from approvals import (
    attention,
    bulk,
    contents,
    editing,
    notices,
    proposals,
    reading,
    remarks,
    revisions,
    samples,
)
from approvals.contents import Change
from approvals.models import Approval, Notice, Proposal
from approvals.models.proposal import ProposalState
from console.stack import ports
from runs import invariants, releases, scope
from runs.errors import Conflict, Invalid, NotAllowed
from runs.models import AuditEntry
from tests.approvals import support
from tests.factories import CONTENT


def shown(proposal):
    version = proposals.version_of(proposal)
    return {"version": version.version, "digest": bytes(version.digest).hex()}


def item(proposal):
    return bulk.Shown(proposal=proposal.public_id, **shown(proposal))


@pytest.fixture
def waiting(office):
    with office.scope():
        yield support.propose(office, wish=support.content(mail=False, mobile="+447700900181"))


def test_one_reviews_and_the_other_is_told_who(office, waiting):
    mei, now = office.house.actor("mei"), scope.now()
    attention.claim(waiting, by=office.lena, at=now)
    with pytest.raises(Conflict, match="claimed") as refused:
        attention.claim(waiting, by=mei, at=now)
    assert refused.value.details["by"] == "Lena Fischer"
    assert attention.reviewer(proposals.get(waiting.public_id), now) == "Lena Fischer"


def test_a_review_ends_by_itself_and_goes_on_with_a_sign_of_life(office, waiting):
    mei, now = office.house.actor("mei"), scope.now()
    attention.claim(waiting, by=office.lena, at=now)
    attention.claim(waiting, by=office.lena, at=now + timedelta(minutes=4))
    with pytest.raises(Conflict, match="claimed"):
        attention.claim(waiting, by=mei, at=now + timedelta(minutes=6))
    taken = attention.claim(waiting, by=mei, at=now + timedelta(minutes=10))
    assert taken.claimed_by_id == mei.user_id


@pytest.mark.parametrize("note", ["Lena is away", ""])
def test_who_took_a_review_over_from_whom_and_why_stays_with_it(office, waiting, note):
    mei, now = office.house.actor("mei"), scope.now()
    attention.claim(waiting, by=office.lena, at=now)
    assert attention.steal(waiting, note=f" {note} ", by=mei, at=now).claimed_by_id == mei.user_id
    (told,) = remarks.of(waiting)
    assert (told.kind, told.user_name, told.from_name, told.text) == (
        "taken", "Mei Kato", "Lena Fischer", note,
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="proposal.claim_taken").count() == 1
    assert remarks.open_question(waiting) is None


def test_a_review_that_nobody_has_is_taken_from_nobody(office, waiting):
    now = scope.now()
    attention.claim(waiting, by=office.lena, at=now)
    attention.steal(waiting, by=office.house.actor("mei"), at=now + attention.REVIEW)
    assert remarks.of(waiting) == []


def test_a_review_does_not_bar_a_decision(office, waiting):
    attention.claim(waiting, by=office.house.actor("mei"), at=scope.now())
    assert support.approve(office, waiting).user_name == "Lena Fischer"


def test_a_snooze_ends_by_itself_and_before_the_time_to_decide(office, waiting):
    now = scope.now()
    with pytest.raises(Invalid, match="snooze_too_long"):
        attention.snooze(waiting, until=waiting.approve_by, by=office.lena, at=now)
    until = now + timedelta(minutes=5)
    attention.snooze(waiting, until=until, by=office.lena, at=now)
    assert Proposal.objects.filter(attention.resting(now)).count() == 1
    assert not Proposal.objects.filter(attention.resting(until)).exists()


def test_an_operator_neither_reviews_nor_snoozes(office, waiting):
    olive, now = office.house.actor("olive"), scope.now()
    for verb, known in (("claim", {}), ("snooze", {"until": now + timedelta(minutes=1)})):
        with pytest.raises(NotAllowed, match="needs_role"):
            getattr(attention, verb)(waiting, by=olive, at=now, **known)


def test_a_question_goes_to_the_operators_and_its_answer_back(office, waiting):
    olive, now = office.house.actor("olive"), scope.now()
    remarks.ask(waiting, text="Which number did she mean?", by=office.lena, at=now)
    assert remarks.open_question(waiting).user_name == "Lena Fischer"
    assert [one.kind for one in notices.unread(olive)] == ["question"]
    remarks.answer(waiting, text="The new one.", by=olive, at=now + timedelta(seconds=1))
    assert remarks.open_question(waiting) is None
    assert "answer" in [one.kind for one in notices.unread(office.lena)]
    with pytest.raises(Conflict, match="no_question"):
        remarks.answer(waiting, text="Again.", by=olive, at=now + timedelta(seconds=2))


def test_a_comment_tells_whom_it_names_and_nobody_else(office, waiting):
    now = scope.now()
    remarks.comment(
        waiting, text="@Mei Kato or @adam, mail x@olive.example", by=office.lena, at=now
    )
    told = Notice.objects.filter(kind="mention").values_list("user__name", flat=True)
    assert set(told) == {"Mei Kato", "Adam Reyes"}


def test_an_edit_is_approved_in_the_same_step(office, waiting):
    content = contents.load(proposals.version_of(waiting))
    edited = editing.with_values(waiting.run, content, {"mobile": "+447700900199"})
    version, approval, refusal = proposals.edit_and_approve(
        waiting, base_version=1, content=edited, by=office.lena, at=scope.now()
    )
    assert (version.version, approval.version, refusal) == (2, 2, None)
    (entry,) = support.entries(waiting)
    assert '"+447700900199"' in entry.request


@pytest.fixture
def ruled(committed_db):
    """Where notes are of low risk, and an e-mail address needs four eyes."""
    rules = tuple(
        releases.RiskRule(
            key=field, words=field, action="crm.update_contact", field=field, risk=risk
        )
        for field, risk in (("notes", "low"), ("email", "high"))
    )
    content = CONTENT.model_copy(update={"policy": releases.Policy(rules=rules)})
    with support.closing(support.open_office(content=content)) as found:
        yield found


def test_with_four_eyes_the_editor_leaves_it_to_somebody_else(ruled):
    office = ruled
    with office.scope():
        rules = support.propose(office, wish=support.content(mail=False, email="a@b.example"))
        content = contents.load(proposals.version_of(rules))
        edited = editing.with_values(rules.run, content, {"email": "c@d.example"})
        version, approval, refusal = proposals.edit_and_approve(
            rules, base_version=1, content=edited, by=office.lena, at=scope.now()
        )
        assert (version.version, approval, refusal.code) == (2, None, "four_eyes")
        assert support.approve(office, proposals.get(rules.public_id), "mei").version == 2
        assert Approval.objects.filter(proposal=rules).count() == 1


def test_with_four_eyes_whoever_had_it_read_again_may_decide(ruled):
    office = ruled
    with office.scope():
        wish = support.propose(office, wish=support.content(mail=False, email="a@b.example"))
        at = scope.now()
        revisions.refresh(
            wish, before={"email": "old@b.example"}, read_at=at, by=office.lena, at=at,
            state=ProposalState.PENDING,
        )  # fmt: skip
        assert support.approve(office, proposals.get(wish.public_id), "lena").version == 2
        assert "four eyes" not in {one.invariant.name for one in invariants.check()}


@pytest.mark.parametrize(
    ("held", "text", "value"),
    [(1, "2", 2), (True, "false", False), ("1", "2", "2"), (1, "null", None), ("x", "", "")],
)
def test_what_is_typed_keeps_the_type_of_the_field(held, text, value):
    read = editing.read_text(Change(field="f", label="F", after=held), text)
    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize(("held", "text"), [(1, '"1"'), (1, "true"), (True, "1"), (1, "one")])
def test_what_is_typed_never_becomes_another_type(held, text):
    with pytest.raises(Invalid):
        editing.read_text(Change(field="f", label="F", after=held), text)


def test_many_alike_of_low_risk_are_approved_one_by_one(ruled):
    office = ruled
    with office.scope():
        made = [
            support.propose(office, wish=support.content(f"c-{n}", mail=False, notes="x"))
            for n in range(3)
        ]
        for one in bulk.offer(made[0], by=office.lena, at=scope.now()).members:
            samples.opened(proposals.get(one), by=office.lena, at=scope.now())
        Proposal.objects.filter(id=made[0].id).update(state="withdrawn")
        results = bulk.approve_all([item(one) for one in made], by=office.lena, at=scope.now())
        codes = [one.refusal.code if one.refusal else "" for one in results]
        assert codes == ["already_decided", "", ""]


def test_of_several_only_those_of_low_risk_are_approved(ruled):
    with ruled.scope():
        one = support.propose(ruled, wish=support.content(mail=False, email="a@b.example"))
        (result,) = bulk.approve_all([item(one)], by=ruled.house.actor("mei"), at=scope.now())
        assert result.refusal.code == "not_low_risk"


def test_unlike_proposals_are_not_approved_together(office):
    with office.scope():
        one = support.propose(office, wish=support.content("c-1", mail=False, notes="x"))
        two = support.propose(office, wish=support.content("c-2", mail=False, mobile="y"))
        with pytest.raises(Invalid, match="not_alike"):
            bulk.approve_all([item(one), item(two)], by=office.lena, at=scope.now())


def test_who_may_decide_is_told_once_and_mailed_once(office, waiting, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox.clear()
    Notice.objects.update(at=scope.now() - timedelta(minutes=10))
    lena = office.lena.user_id
    sent = [notices.mail_person(office.workspace.id, lena) for _ in range(2)]
    assert sent == [1, 0]
    (letter,) = mail.outbox
    assert waiting.public_id in letter.body
    assert "Dana" not in letter.subject + letter.body


def test_a_mail_server_that_is_away_loses_no_reminder(office, waiting, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", ports.any_free()
    Notice.objects.update(at=scope.now() - timedelta(minutes=10))
    assert notices.mail_due() == 0
    assert not Notice.objects.filter(mailed_at__isnull=False).exists()


def test_a_notice_that_was_read_is_not_mailed(office, waiting):
    assert notices.unread(office.lena).count() == 1
    assert notices.mark_read(office.lena, at=scope.now(), proposal=waiting) == 1
    Notice.objects.update(at=scope.now() - timedelta(minutes=10))
    assert notices.mail_person(office.workspace.id, office.lena.user_id) == 0


def test_what_the_other_side_holds_now_is_read_and_compared(connected, calm):
    with connected.scope():
        calm.patch_contact("c-1001", mobile="+44 7700 900555")
        wish = support.content(mail=False, mobile="+447700900181")
        before = {"mobile": "+44 7700 900118"}
        proposal = support.propose(connected, wish=wish, before=before, before_read_at=scope.now())
        found = reading.current(proposal)
        (difference,) = found.differences
        assert (difference.shown, difference.now) == ("+44 7700 900118", "+44 7700 900555")
        calm.patch_contact("c-1001", mobile="+44 7700 900118")
        assert reading.current(proposal).differences == ()


def test_what_cannot_be_read_says_why(office, waiting):
    found = reading.current(waiting)
    assert (found.values, found.read_at, bool(found.failed)) == ({}, None, True)


def test_a_look_extends_ones_own_review_and_nobody_elses(office, waiting):
    mei, now = office.house.actor("mei"), scope.now()
    assert not attention.extend(waiting, by=mei, at=now)
    attention.claim(waiting, by=office.lena, at=now)
    later = now + timedelta(minutes=4)
    assert not attention.extend(waiting, by=mei, at=later)
    assert attention.extend(waiting, by=office.lena, at=later)
    assert attention.reviewer(proposals.get(waiting.public_id), now + timedelta(minutes=8))
