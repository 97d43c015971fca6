"""A run step by step, with everything as it stood then; and hidden values that are asked for."""

import pytest

from runs import outcomes, scope
from runs.models import AuditEntry, Event, Run
from tests import factories
from tests.console.test_runs import approve, page_of


def at_line(scene, client, number):
    answer = client.get(scene.path(f"runs/{scene.run.public_id}/replay/{number}/"))
    assert answer.status_code == 200
    return answer.context["page"]


def part(page, key):
    return next(one for one in page.parts if one.key == key)


def number_of(scene, kind, nth=0):
    with scene.scope():
        return list(
            Event.objects.filter(run=scene.run, kind=kind)
            .order_by("number")
            .values_list("number", flat=True)
        )[nth]


def last_of(scene):
    with scene.scope():
        return Run.objects.get(id=scene.run.id).last_number


def test_a_field_has_the_value_it_had_then(scene, lena):
    with scene.scope():
        outcomes.correct(
            scene.run, objective=factories.OBJECTIVE, key="problem", value="Boiler leaks",
            by=scene.actor("lena"), at=scope.now(),
        )  # fmt: skip
    captured, corrected = number_of(scene, "field.captured"), number_of(scene, "field.corrected")
    shown = []
    for number in (captured - 1, captured, corrected - 1, corrected):
        row = part(at_line(scene, lena, number), "fields").rows[0]
        shown.append((row.value, row.changed))
    assert shown == [
        ("", False), ("Boiler failed", True), ("Boiler failed", False), ("Boiler leaks", True)
    ]  # fmt: skip


def test_what_was_said_has_the_words_it_had_then(scene, lena):
    turn = scene.turns[3]
    place = {"turn": str(turn.id), "position": turn.position}
    opened = scene.say("turn.opened", speaker="caller", **place)
    done = scene.say("turn.finished", speaker="caller", version=1, state="final", **place)
    cut = scene.say("turn.cut", version=1, heard_chars=7, at_ms=900, **place)
    rows = [part(at_line(scene, lena, one.number), "said").rows[0] for one in (opened, done, cut)]
    assert rows[0].note == "Still speaking"
    assert rows[1].value == turn.text
    assert (rows[2].value, rows[2].cut) == ("Text me", turn.text[7:].strip())


def test_proposals_and_effects_stand_as_they_stood(scene, lena):
    made = number_of(scene, "proposal.made")
    approve(scene)
    approved = number_of(scene, "proposal.approved")
    before, waiting = at_line(scene, lena, made - 1), at_line(scene, lena, made)
    after = at_line(scene, lena, last_of(scene))
    assert part(before, "proposals").rows == ()
    assert part(waiting, "proposals").rows[0].status.text == "Waiting"
    assert part(waiting, "effects").rows == ()
    assert part(at_line(scene, lena, approved), "proposals").rows[0].status.text == "Approved"
    assert {row.status.text for row in part(after, "effects").rows} == {"Queued"}


def test_the_keys_lead_to_the_lines_around(scene, lena):
    here = scene.path(f"runs/{scene.run.public_id}/replay/")
    last = last_of(scene)
    page = at_line(scene, lena, 2)
    assert (page.first_href, page.previous_href) == (f"{here}1/", f"{here}1/")
    assert (page.next_href, page.last_href) == (f"{here}3/", f"{here}{last}/")
    html = lena.get(f"{here}2/").content.decode()
    for key in ("Home", ",", ".", "End"):
        assert f'data-key-button="{key}"' in html
    assert at_line(scene, lena, last).next_href == ""


def test_nothing_of_later_is_told(scene, lena):
    page = at_line(scene, lena, 2)
    assert [line.number for line in page.lines] == [1, 2]


@pytest.mark.parametrize("rest", ["replay/999999/", "replay/0/x", "replay/x/"])
def test_a_line_that_is_not_there_is_not_found(scene, lena, rest):
    assert lena.get(scene.path(f"runs/{scene.run.public_id}/{rest}")).status_code == 404


def test_replay_without_a_number_is_the_last_line(scene, lena):
    answer = lena.get(scene.path(f"runs/{scene.run.public_id}/replay/"))
    assert answer["Location"].endswith(f"/replay/{last_of(scene)}/")


def test_every_kind_of_line_has_words():
    from console.words import ledger
    from runs.kinds import KINDS

    assert ledger.known() == KINDS.keys()


def reveal(scene, client, step, reason):
    path = scene.path(f"runs/{scene.run.public_id}/reveal/")
    return client.post(path, {"step": step, "reason": reason})


@pytest.fixture
def mail(scene, lena):
    approve(scene)
    rows = page_of(scene, lena).context["page"].steps
    return next(row.key for row in rows if row.title == "Follow-up email")


def test_values_stay_hidden_until_they_are_asked_for(scene, lena, mail):
    html = page_of(scene, lena, mail).content.decode()
    assert "dana@whitfield.example" not in html
    assert "Why you need to see it" in html
    answer = reveal(scene, lena, mail, "The caller asked which address we have")
    assert "dana@whitfield.example" in answer.content.decode()
    assert "dana@whitfield.example" not in page_of(scene, lena, mail).content.decode()


def test_what_was_revealed_stands_in_the_audit_with_the_reason(scene, lena, mail):
    reveal(scene, lena, mail, "Asked by Dana")
    with scene.scope():
        entry = AuditEntry.objects.get(action="revealed", payload__contains="Asked by Dana")
    assert (entry.object, entry.by_name) == (scene.run.public_id, "Lena Fischer")
    assert mail in entry.payload


def test_without_a_reason_nothing_is_shown(scene, lena, mail):
    answer = reveal(scene, lena, mail, "  ")
    assert answer.status_code == 422
    assert "dana@whitfield.example" not in answer.content.decode()


def test_without_the_role_it_is_said_who_may(scene, lena, olive, mail):
    html = page_of(scene, olive, mail).content.decode()
    assert "Some values are hidden" in html
    assert "Lena Fischer" in html
    assert reveal(scene, olive, mail, "Curious").status_code == 403
    assert lena.get(scene.path(f"runs/{scene.run.public_id}/reveal/")).status_code == 405
