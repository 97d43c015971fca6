"""Handing a call over from its page: who may, to where, once; and what is said of it while nothing is proved."""

import pytest

from runs import scope
from runs.models import AuditEntry, Event
from tests.console.test_call_panels import _lines, _pushed
from voice.models import Call, Command

KEY = "k" * 16


def transfer(scene, client, key=KEY, destination="desk", **form):
    path = scene.path(f"live/{scene.call.public_id}/mind/")
    body = {"verb": "transfer", "key": key, "destination": destination, **form}
    return client.post(path, body)


def page(scene, client):
    return client.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()


def stands(scene, state, answer="", attention=""):
    """As the owner of the call would leave it."""
    with scene.scope():
        Command.objects.filter(kind="transfer").update(state=state, answer=answer)
        Call.objects.filter(id=scene.call.id).update(attention=attention, attention_at=scope.now())


def test_olive_hands_a_call_over_and_pressing_twice_is_once(scene, olive):
    assert [transfer(scene, olive).status_code for _ in range(2)] == [303, 303]
    with scene.scope():
        given = Command.objects.get(kind="transfer")
        assert AuditEntry.objects.filter(action="call.transfer").count() == 1
    assert (given.state, given.arguments["destination"]) == ("pending", "desk")
    html = page(scene, olive)
    assert "Olive Brandt hands the call over to Service desk" in html
    assert "Asked for. The agent ends its sentence first." in html


def test_two_people_at_once_hand_it_over_once(scene, olive, lena):
    transfer(scene, olive)
    answer = transfer(scene, lena, key="l" * 16)
    assert answer.status_code == 409
    assert "This call is being handed over already." in answer.content.decode()


@pytest.mark.parametrize("to", ["tel:+441134960190", "", "office", "desk\0"])
def test_only_what_the_release_names_is_a_destination(scene, olive, to):
    assert transfer(scene, olive, destination=to).status_code == 422
    assert transfer(scene, olive, key="short").status_code == 422
    with scene.scope():
        assert not Command.objects.exists()


def test_a_number_in_the_form_changes_nothing_of_the_target(scene, olive):
    transfer(scene, olive, target="tel:+449098790000")
    with scene.scope():
        assert Command.objects.get().arguments.keys() == {"name", "destination", "label"}


def test_who_may_not_and_who_is_elsewhere(scene, other, olive):
    assert transfer(scene, scene.client("ines")).status_code == 403
    assert transfer(scene, other.client("olive")).status_code in (403, 404)
    path = scene.path(f"live/{other.call.public_id}/mind/")
    assert olive.post(path, {"verb": "transfer", "key": KEY}).status_code == 404
    with scene.scope():
        assert not Command.objects.exists()


def test_a_call_that_is_over_is_not_handed_over(ended):
    assert transfer(ended, ended.client("olive")).status_code == 409


@pytest.mark.parametrize(
    ("state", "answer", "words"),
    [
        ("sent", "", "which has not answered yet"),
        ("accepted", "", "Nothing of it has been seen yet."),
        ("done", "line_left", "handed over, not confirmed by the other side"),
        (
            "refused",
            "call_id_not_found",
            "Not handed over: the provider does not know this call any more.",
        ),
        ("refused", "bad_target", "Not handed over: bad_target."),
        ("refused", "unknown_destination", "the workflow has no such destination"),
        ("unknown", "nothing_happened", "The provider took the transfer and nothing happened."),
        ("unknown", "owner_lost", "Not known whether it was sent"),
        ("unknown", "server_error", "the provider did not answer"),
        ("unknown", "left_unanswered", "The line left before the provider answered."),
        ("unknown", "ended_first", "ended before anything was seen of it"),
    ],
)
def test_every_state_is_said_and_none_says_more_than_was_seen(scene, olive, state, answer, words):
    transfer(scene, olive)
    stands(scene, state, answer)
    html = page(scene, olive)
    assert words in html
    assert "confirmed" not in html.replace("not confirmed", "") or state != "done"


def test_when_nothing_happened_a_person_chooses_and_trying_again_is_one_command(scene, olive, lena):
    transfer(scene, olive)
    assert ">Try again<" not in page(scene, olive)
    stands(scene, "unknown", "nothing_happened", "transfer_silent")
    html = page(scene, lena)
    again = html.partition('name="key" value="again-')[2].partition('"')[0]
    assert all(word in html for word in (again, ">Try again<", ">End call<", ">Seen to<"))
    assert "Transfer: nothing happened" in lena.get(scene.path("live/")).content.decode()
    codes = [transfer(scene, one, key=f"again-{again}").status_code for one in (lena, olive)]
    assert codes == [303, 303]
    with scene.scope():
        assert Command.objects.filter(kind="transfer").count() == 2
        assert Call.objects.get(id=scene.call.id).attention == ""


def test_somebody_saw_to_it_and_the_call_stops_asking(scene, olive):
    transfer(scene, olive)
    scene.say("call.flagged", call=scene.call.public_id, code="transfer_silent")
    stands(scene, "unknown", "nothing_happened", "transfer_silent")
    path = scene.path(f"live/{scene.call.public_id}/mind/")
    assert olive.post(path, {"verb": "handle", "trigger": "transfer_silent"}).status_code == 303
    html = page(scene, olive)
    assert ">Try again<" not in html
    assert "“Transfer: nothing happened” was taken care of" in html
    # A second time it goes wrong is a second time to see to it.
    scene.say("call.flagged", call=scene.call.public_id, code="transfer_silent")
    stands(scene, "unknown", "nothing_happened", "transfer_silent")
    olive.post(path, {"verb": "handle", "trigger": "transfer_silent"})
    with scene.scope():
        assert Event.objects.filter(run=scene.run, kind="escalation.handled").count() == 2


def test_a_flag_of_a_person_is_taken_down_and_not_seen_to(scene, olive):
    path = scene.path(f"live/{scene.call.public_id}/mind/")
    olive.post(path, {"verb": "flag", "code": "caller_upset"})
    assert olive.post(path, {"verb": "handle", "trigger": "caller_upset"}).status_code == 409


def test_watchers_are_told_how_far_it_is(scene, olive):
    transfer(scene, olive)
    stands(scene, "accepted")
    with scene.scope():
        given = Command.objects.get()
    scene.say("command.accepted", command=str(given.id), verb="transfer")
    frames = _pushed(scene, _lines(scene, "command.accepted"))
    told = {one.get("key"): one.get("html", "") for one in frames}
    assert "Nothing of it has been seen yet." in told["minding"]
    assert "Nothing of it has been seen yet." in told[f"event-command-{given.id.hex}"]
