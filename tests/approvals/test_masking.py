"""Numbers and addresses are masked for whoever may not see them, the same everywhere; in full they are a reveal."""

import pytest

from approvals.models import Attempt, OutboxEntry
from runs import masks, scope
from runs.models import AuditEntry
from tests.approvals import support
from tests.runs.test_api import Machine

SECRETS = ("0118", "0181", "dana@whitfield")
ANSWER = '{"mobile": "+44 7700 900118", "email": "dana@whitfield.example", "note": "07700 900118"'


@pytest.fixture
def sent(office):
    """An approved change whose receiver answered with numbers, cut in the middle."""
    with office.scope():
        made = support.propose(office, before={"mobile": support.MOBILE})
        support.approve(office, made)
        entry = support.entries(made)[0]
        at = scope.now()
        Attempt.objects.create(
            workspace_id=office.workspace.id, entry=entry, number=1, lease=entry.id,
            started_at=at, answer=ANSWER, status=200,
        )  # fmt: skip
        OutboxEntry.objects.filter(id=entry.id).update(result={"answer": ANSWER})
    return made, entry


def views(office, name):
    with office.scope():
        rows = AuditEntry.objects.filter(object=name).order_by("at", "id")
        return list(rows.values_list("action", flat=True))


@pytest.mark.parametrize("role", ["operator", "auditor"])
def test_a_key_without_the_right_gets_no_number(office, sent, role):
    proposal, entry = sent
    machine = Machine(office.house, role)
    for path in (f"proposals/{proposal.public_id}", f"outbox/{entry.public_id}", "outbox"):
        text = machine.get(path).content.decode()
        assert not [one for one in SECRETS if one in text], path
    assert "•••• ••• 118" in machine.get(f"outbox/{entry.public_id}").json()["result"]["answer"]


def test_with_the_right_they_come_in_full_and_that_is_a_reveal(office, sent):
    proposal, entry = sent
    lead = Machine(office.house, "support_lead")
    for path, name in (("proposals", proposal.public_id), ("outbox", entry.public_id)):
        assert "7700 900181" in lead.get(f"{path}/{name}").content.decode()
        assert views(office, name)[-1] == "revealed"
        Machine(office.house, "operator").get(f"{path}/{name}")
        assert views(office, name)[-1] == "viewed"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ring +44 7700 900118 at noon", "Ring +44 •••• ••• 118 at noon"),
        ("+1 (212) 555-0199", "+1 •••• ••• 199"),
        ("07700 900118", "•••• ••• 118"),
        ("To: dana@whitfield.example.", "To: d•••@whitfield.example."),
        ("2027-03-09, 08:15, £0.50, OBX-0123ABCD", "2027-03-09, 08:15, £0.50, OBX-0123ABCD"),
    ],
)
def test_what_stays_is_enough_to_recognise(text, masked):
    assert masks.text(text) == masked
    assert masks.json({"a": [text, 7]}) == {"a": [masked, 7]}
