"""Verbs on a live call: claimed, flagged, seen to, whispered to, its fields set by a person; and the wall's filters."""

import uuid
from datetime import timedelta

import pytest

from runs import scope
from runs.errors import Conflict
from runs.models import AuditEntry, Event, FieldValue
from voice import minding
from voice.models import Call, CallClaim, CallFlag, Command


def mind(scene, client, verb, **form):
    return client.post(scene.path(f"live/{scene.call.public_id}/mind/"), {"verb": verb, **form})


def set_field(scene, client, key="budget_signal", page=None, **form):
    path = scene.path(f"live/{(page or scene).call.public_id}/fields/{key}/")
    return client.post(path, {"verb": "correct", "version": "1", **form})


def wall(scene, client, query=""):
    return client.get(scene.path(f"live/?{query}")).content.decode()


def kinds(scene):
    with scene.scope():
        return list(Event.objects.filter(run=scene.run).values_list("kind", flat=True))


def test_olive_claims_a_call_and_the_wall_says_so(scene, olive, lena):
    assert mind(scene, olive, "claim").status_code == 303
    assert "Olive Brandt has this call until" in wall(scene, lena)
    assert kinds(scene).count("call.claimed") == 1


def test_lena_cannot_claim_what_olive_has(scene, olive, lena):
    mind(scene, olive, "claim")
    answer = mind(scene, lena, "claim")
    assert answer.status_code == 409
    assert "Olive Brandt has this call until" in answer.content.decode()


def test_a_claim_runs_out_by_itself(scene):
    with scene.scope():
        at = scope.now()
        minding.claim(scene.call, by=scene.actor("olive"), at=at)
        later = at + minding.CLAIM + timedelta(seconds=1)
        taken = minding.claim(scene.call, by=scene.actor("lena"), at=later)
    assert taken.name == "Lena Fischer"


def test_only_who_has_it_lets_go(scene, olive, lena):
    mind(scene, olive, "claim")
    mind(scene, lena, "release")
    with scene.scope():
        assert CallClaim.objects.get(call=scene.call).name == "Olive Brandt"
    mind(scene, olive, "release")
    with scene.scope():
        assert not CallClaim.objects.filter(call=scene.call).exists()


def test_a_flag_with_its_note_is_up_once_until_it_is_taken_down(scene, olive):
    for _ in range(2):
        mind(scene, olive, "flag", code="caller_upset", note="Dana raised her voice")
    with scene.scope():
        assert CallFlag.objects.filter(call=scene.call, down_at=None).count() == 1
    page = olive.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    assert "Dana raised her voice" in page
    mind(scene, olive, "unflag", code="caller_upset")
    assert kinds(scene).count("call.unflagged") == 1


def test_a_flag_brings_a_calm_call_to_the_first_group(scene, olive):
    with scene.scope():
        Call.objects.filter(id=scene.call.id).update(attention="", attention_at=None)
    mind(scene, olive, "flag", code="other", note="Ask Lena about this one")
    attention, _progress = wall(scene, olive).split('id="wall-progress"')
    assert "flagged by Olive Brandt" in attention
    assert "Ask Lena about this one" in attention


@pytest.mark.parametrize(
    "form",
    [
        {"verb": "flag", "code": "nonsense"},
        {"verb": "flag", "code": "other", "note": ""},
        {"verb": "flag", "code": "other", "note": "x" * 400},
        {"verb": "dance"},
        {"verb": "whisper", "key": "12345678", "text": "  "},
        {"verb": "whisper", "key": "12345678", "text": "x" * 500},
    ],
)
def test_a_bad_form_is_refused_and_nothing_is_done(scene, olive, form):
    assert mind(scene, olive, **form).status_code == 422
    with scene.scope():
        assert not CallFlag.objects.exists()
        assert not Command.objects.exists()


def test_an_escalation_that_was_seen_to_stops_asking(scene, olive):
    assert mind(scene, olive, "handle", trigger="pricing_commitment").status_code == 303
    assert mind(scene, olive, "handle", trigger="pricing_commitment").status_code == 303
    assert kinds(scene).count("escalation.handled") == 1
    with scene.scope():
        assert Call.objects.get(id=scene.call.id).attention == ""
    page = olive.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    assert 'id="escalation-pricing-commitment"' not in page


def test_a_trigger_that_nobody_raised_cannot_be_seen_to(scene, olive):
    assert mind(scene, olive, "handle", trigger="smell_of_gas").status_code == 409


def test_a_whisper_is_one_command_however_often_it_is_sent(scene, olive):
    form = {"key": "k" * 16, "text": "Offer the billing team"}
    assert [mind(scene, olive, "whisper", **form).status_code for _ in range(2)] == [303, 303]
    with scene.scope():
        given = Command.objects.get(call=scene.call)
    assert (given.kind, given.state, given.arguments["text"]) == (
        "whisper", "pending", "Offer the billing team",
    )  # fmt: skip
    page = olive.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    assert "Olive Brandt to the agent" in page
    assert "Asked for" in page


def test_a_card_number_in_a_whisper_is_not_kept(scene, olive):
    text = "Her card is 4111 1111 1111 1111"
    mind(scene, olive, "whisper", key="k" * 16, text=text)
    with scene.scope():
        assert Command.objects.get().arguments["text"] == "Her card is ⟦card ••11⟧"


@pytest.mark.parametrize("verb", ["claim", "release", "flag", "unflag", "handle", "whisper", "end"])
def test_an_integrator_minds_no_call(scene, verb):
    form = {"code": "caller_upset", "trigger": "pricing_commitment", "key": "k" * 16, "text": "x"}
    assert mind(scene, scene.client("ines"), verb, **form).status_code == 403
    with scene.scope():
        assert not Command.objects.exists()
        assert not CallClaim.objects.exists()


def test_another_workspace_and_reading_reach_no_verb(scene, other, olive):
    assert mind(scene, other.client("olive"), "claim").status_code in (403, 404)
    path = scene.path(f"live/{other.call.public_id}/mind/")
    assert olive.post(path, {"verb": "claim"}).status_code == 404
    assert olive.get(scene.path(f"live/{scene.call.public_id}/mind/")).status_code == 405


def test_a_call_that_is_over_takes_no_whisper(ended):
    answer = mind(ended, ended.client("olive"), "whisper", key="k" * 16, text="Too late")
    assert answer.status_code == 409


def test_olive_confirms_an_unsure_value_and_its_proof_stays(scene, olive):
    answer = set_field(scene, olive, verb="confirm")
    assert answer.status_code == 303
    with scene.scope():
        rows = FieldValue.objects.filter(run=scene.run, key="budget_signal").order_by("version")
        assert [(one.version, one.state) for one in rows] == [(1, "unsure"), (2, "captured")]
    page = olive.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    assert "Confirmed by Olive Brandt" in page


def test_an_edited_value_keeps_the_quote_and_says_who_edited(scene, olive):
    assert set_field(scene, olive, "problem", value="Boiler leaks").status_code == 303
    with scene.scope():
        old, new = FieldValue.objects.filter(run=scene.run, key="problem").order_by("version")
        assert old.value == "Boiler failed"
        assert old.evidence_id == new.evidence_id
        assert AuditEntry.objects.filter(action="field.corrected").count() == 1
    page = olive.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    assert "Edited by Olive Brandt" in page
    assert "Boiler leaks" in page


def test_a_value_that_the_agent_changed_meanwhile_is_not_overwritten(scene, olive):
    set_field(scene, olive, "problem", value="Boiler leaks")
    path = scene.path(f"live/{scene.call.public_id}/fields/problem/")
    form = {"verb": "correct", "version": "1", "value": "Mine"}
    answer = olive.post(path, form, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="Mine"' in html
    assert "Boiler leaks" in html


def test_a_value_of_a_wrong_kind_is_refused_with_what_was_typed(scene, olive):
    assert set_field(scene, olive, value="enormous").status_code == 422
    with scene.scope():
        assert FieldValue.objects.filter(run=scene.run, key="budget_signal").count() == 1


def test_fields_are_set_by_role_in_their_workspace_by_post(scene, other, olive):
    assert set_field(scene, scene.client("ines"), value="low").status_code == 403
    assert set_field(scene, olive, page=other, value="low").status_code == 404
    assert set_field(scene, olive, "shoe_size", value="9").status_code == 404
    path = scene.path(f"live/{scene.call.public_id}/fields/problem/")
    assert olive.get(path).status_code == 405


def test_a_correction_after_the_call_renews_the_outcome(ended):
    from runs.models import Outcome

    path = ended.path(f"live/{ended.call.public_id}/fields/location/")
    form = {"verb": "correct", "version": "0", "value": "4 Mill Lane", "page": "call"}
    assert ended.client("olive").post(path, form).status_code == 303
    with ended.scope():
        newest = Outcome.objects.filter(run=ended.run).order_by("-version").first()
    assert newest.version == 2
    assert "location" not in newest.missing


def test_who_looks_is_on_the_tile_until_the_seat_runs_empty(scene, olive):
    with scene.scope():
        minding.look(scene.call.id, uuid.uuid4(), by=scene.actor("lena"), at=scope.now())
    assert "1 watching: Lena Fischer" in wall(scene, olive)
    with scene.scope():
        later = scope.now() + minding.SEEN + timedelta(seconds=1)
        assert minding.watchers([scene.call.id], later) == {}


def test_two_tabs_are_one_watcher_and_a_closed_page_is_none(scene):
    with scene.scope():
        seats = [uuid.uuid4(), uuid.uuid4()]
        for seat in seats:
            minding.look(scene.call.id, seat, by=scene.actor("lena"), at=scope.now())
        assert len(minding.watchers([scene.call.id], scope.now())[scene.call.id]) == 1
        for seat in seats:
            minding.leave(seat)
        assert minding.watchers([scene.call.id], scope.now()) == {}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("state=speaking", True),
        ("state=trouble", False),
        ("state=ringing", False),
        ("state=waiting", False),
        ("agent=voice.customer_call_flow", True),
        ("agent=another", False),
        ("attention=1", True),
        ("mine=1", False),
        ("state=nonsense", True),
    ],
)
def test_the_address_narrows_the_wall(scene, olive, query, shown):
    html = wall(scene, olive, query)
    assert (f'id="tile-{scene.call.public_id}"' in html) is shown
    assert ("No live calls match these filters" in html) is not shown


def test_mine_is_what_i_claimed(scene, olive, lena):
    mind(scene, olive, "claim")
    assert f'id="tile-{scene.call.public_id}"' in wall(scene, olive, "mine=1")
    assert f'id="tile-{scene.call.public_id}"' not in wall(scene, lena, "mine=1")


def test_the_tile_quotes_the_words_that_caused_it(scene, olive):
    html = wall(scene, olive)
    assert "“Can you confirm the price stays under eight thousand?”" in html


def test_a_claim_of_a_call_that_is_over_is_refused(ended):
    with ended.scope(), pytest.raises(Conflict):
        minding.claim(ended.call, by=ended.actor("olive"), at=scope.now())
