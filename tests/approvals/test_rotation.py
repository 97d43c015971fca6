"""Secrets are replaced, never read: the one before counts for its overlap where the other side signs."""

import base64
import json
from datetime import timedelta

import pytest
from django.test import Client

from approvals import connectors, proofs
from runs import scope
from runs.errors import Conflict, Invalid, NotAllowed
from runs.models import AuditEntry
from tests.approvals import support
from voice import connections, probing, rotation
from voice.connections import SECRET, WEBHOOK_SECRET
from voice.models import Connection

NEW = "sk-new-41b7"


def whsec(letter):
    return "whsec_" + base64.b64encode(letter.encode() * 32).decode()


@pytest.fixture
def office(db):
    return support.open_office()


def crm():
    return Connection.objects.get(name="crm")


def rotate(office, connection, *, column=SECRET, secret=NEW, overlap=24, who="adam", **known):
    known.setdefault("shown", rotation.set_at(connection, column))
    return rotation.rotate(
        connection.id, column=column, secret=secret, overlap=overlap,
        by=office.house.actor(who), at=known.pop("at", None) or scope.now(), **known,
    )  # fmt: skip


def test_a_new_secret_is_sent_and_the_one_before_still_signs(office):
    with office.scope():
        rotate(office, crm())
        found = connectors.resolve(crm().id)
        assert (found.secret, found.signing) == (NEW, (NEW, "sk-test"))
        assert "sk-test" not in repr(found)
        with support.clock(timedelta(hours=24, seconds=1)):
            assert connectors.resolve(crm().id).signing == (NEW,)


def test_a_former_secret_is_ended_at_once(office):
    with office.scope():
        rotate(office, crm())
        adam = office.house.actor("adam")
        ended = [rotation.end_overlap(crm().id, by=adam, at=scope.now()) for _ in range(2)]
        assert ended == [True, False]
        assert connectors.resolve(crm().id).signing == (NEW,)


def test_who_changed_it_is_kept_and_no_secret_is(office):
    with office.scope():
        rotate(office, crm())
        entry = AuditEntry.objects.get(action="connection.rotated")
        assert (entry.by_name, crm().secret_set_by) == ("Adam Reyes", "Adam Reyes")
        assert NEW not in entry.payload
        assert NEW.encode() not in bytes(crm().secret) + bytes(crm().signing_before)


def test_of_two_who_replace_it_at_once_the_second_is_told(office):
    with office.scope():
        shown = crm().secret_set_at
        rotate(office, crm())
        with pytest.raises(Conflict, match="connection_changed"):
            rotate(office, crm(), shown=shown, secret="sk-other")
        assert connections.secret_of(crm()) == NEW


@pytest.mark.parametrize(
    ("change", "code"),
    [({"secret": " "}, "bad_secret"), ({"secret": "a\nb"}, "bad_secret"),
     ({"secret": "x" * 5000}, "bad_secret"), ({"column": "webhook_secret"}, "bad_secret"),
     ({"overlap": 5000}, "bad_overlap")],
)  # fmt: skip
def test_what_is_no_secret_changes_nothing(office, change, code):
    with office.scope(), pytest.raises(Invalid, match=code):
        rotate(office, crm(), **change)
    with office.scope():
        assert connections.secret_of(crm()) == "sk-test"


def test_only_an_admin_replaces_a_secret(office):
    with office.scope(), pytest.raises(NotAllowed):
        rotate(office, crm(), who="lena")


def proof(office, secret, message):
    with office.scope():
        stamp, key = int(scope.now().timestamp()), str(crm().id)
    body = json.dumps({"key": key, "happened": True, "reference": "r"}).encode()
    headers = {
        "webhook-id": message, "webhook-timestamp": str(stamp),
        "webhook-signature": proofs.sign(secret, message, stamp, body),
    }  # fmt: skip
    path = f"/hooks/proofs/{key}/"
    answer = Client().post(path, body, content_type="application/json", headers=headers)
    return answer.status_code


def test_proofs_signed_with_either_are_taken_while_they_overlap(office):
    with office.scope():
        rotate(office, crm())
    signed = [proof(office, one, f"m-{n}") for n, one in enumerate((NEW, "sk-test", "sk-no"))]
    assert signed == [200, 200, 401]
    with office.scope():
        rotation.end_overlap(crm().id, by=office.house.actor("adam"), at=scope.now())
    assert proof(office, "sk-test", "m-9") == 401


def test_the_providers_webhooks_are_verified_with_both_secrets(office):
    with office.scope():
        line = connections.put(
            office.workspace.id, kind="realtime", name="line", webhook_secret=whsec("a"),
            at=scope.now(),
        )  # fmt: skip
        with pytest.raises(Invalid, match="bad_secret"):
            rotate(office, line, column=WEBHOOK_SECRET, secret="whsec_short")
        rotate(office, line, column=WEBHOOK_SECRET, secret=whsec("b"))
        key = line.id
        stamp = int(scope.now().timestamp())
    codes = []
    for letter in "abc":
        body = b'{"no": "type"}'
        headers = {
            "webhook-id": letter, "webhook-timestamp": str(stamp),
            "webhook-signature": proofs.sign(whsec(letter), letter, stamp, body),
        }  # fmt: skip
        answer = Client().post(
            f"/hooks/realtime/{key}/", body, content_type="application/json", headers=headers
        )
        codes.append(answer.status_code)
    assert codes == [400, 400, 401]  # verified, then no event


def test_what_a_secret_was_sent_for_last_stays_on_the_connection(connected, calm):
    with connected.scope():
        proposal = support.propose(connected, wish=support.content(mail=False))
        support.approve(connected, proposal)
    support.send()
    with connected.scope():
        (entry,) = support.entries(proposal)
        assert (crm().used_for, crm().used_at is not None) == (entry.public_id, True)


def test_a_test_says_what_answered_and_who_asked(connected, calm):
    with connected.scope():
        adam = connected.house.actor("adam")
        assert probing.probe(crm().id, by=adam, at=scope.now()).code in ("accepted", "answered")
        assert crm().used_for == "test by Adam Reyes"
        assert AuditEntry.objects.filter(action="connection.tested").count() == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [("https://10.0.0.7/crm", "address_refused"), ("http://127.0.0.1:9/crm", "unreachable")],
)
def test_a_test_goes_through_the_same_guard(office, url, code):
    with office.scope():
        Connection.objects.filter(id=crm().id).update(base_url=url)
        found = probing.probe(crm().id, by=office.house.actor("adam"), at=scope.now())
        assert found.code == code
        with pytest.raises(NotAllowed):
            probing.probe(crm().id, by=office.lena, at=scope.now())
