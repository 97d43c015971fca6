"""Ask now: a person wants a missing field to be the agent's next question."""

import pytest

from runs import scope
from runs.models import AuditEntry
from voice.models import Command
from voice.models.command import CommandState


def ask(scene, client, field="location", tries=0):
    form = {"verb": "ask", "field": field, "tries": tries}
    return client.post(scene.path(f"live/{scene.call.public_id}/mind/"), form)


def row(scene, client, field="location"):
    html = client.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    return html.split(f'id="field-{field}"')[1].split("</li>")[0]


def settle(scene, state=CommandState.DONE, answer="in_conversation"):
    """As the switchboard does when the provider has the item, or refuses it."""
    with scene.scope():
        given = Command.objects.get(state="pending")
        Command.objects.filter(id=given.id).update(state=state, answer=answer, done_at=scope.now())
    return scene.say("command.done", command=str(given.id), verb="ask", state=str(state))


def test_olive_wants_the_address_asked_and_the_row_says_so(scene, olive):
    assert "Ask now" in row(scene, olive)
    assert ask(scene, olive).status_code == 303
    with scene.scope():
        given = Command.objects.get()
        assert AuditEntry.objects.filter(action="call.ask").count() == 1
    assert "Which address is this for?" in given.arguments["text"]
    assert "Asked for (Olive Brandt)" in row(scene, olive)
    assert "Ask now" not in row(scene, olive)


def test_the_answer_for_a_page_that_is_open_is_the_row(scene, olive):
    form = {"verb": "ask", "field": "location", "tries": 0}
    path = scene.path(f"live/{scene.call.public_id}/mind/")
    answer = olive.post(path, form, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert html.strip().startswith('<li class="field field-missing"')
    assert "Asked for (Olive Brandt)" in html
    again = olive.post(path, {**form, "field": "problem"}, headers={"HX-Request": "true"})
    assert again.status_code >= 400
    assert 'class="banner tone-bad"' in again.content.decode()


def test_whoever_presses_first_it_is_asked_once(scene, olive, lena):
    assert [ask(scene, one).status_code for one in (olive, olive, lena)] == [303, 303, 303]
    with scene.scope():
        assert Command.objects.count() == 1


def test_what_was_asked_may_be_asked_again(scene, olive):
    ask(scene, olive)
    settle(scene)
    assert "The agent asks for it next (Olive Brandt)" in row(scene, olive)
    assert "Ask again" in row(scene, olive)
    ask(scene, olive, tries=1)
    with scene.scope():
        assert Command.objects.count() == 2


def test_what_a_person_wants_comes_before_the_order_of_the_objective(scene, olive):
    first, wanted = "location", "deadline"
    assert "Agent will ask next" in row(scene, olive, first)
    ask(scene, olive, wanted)
    assert "Agent will ask next" in row(scene, olive, first)
    settle(scene)
    assert "Agent will ask next" not in row(scene, olive, first)
    assert "Agent will ask next" in row(scene, olive, wanted)


def test_what_did_not_reach_the_line_is_said(scene, olive):
    ask(scene, olive)
    settle(scene, CommandState.REFUSED, "line_not_reached")
    assert "Failed: the line could not be reached (Olive Brandt)" in row(scene, olive)


@pytest.mark.parametrize(("field", "status"), [("problem", 409), ("shoe_size", 404)])
def test_only_what_is_missing_is_asked_for(scene, olive, field, status):
    assert ask(scene, olive, field).status_code == status
    with scene.scope():
        assert not Command.objects.exists()


def test_asking_is_for_who_may_whisper_here(scene, other):
    for name in ("ines", "adam"):
        assert ask(scene, scene.client(name)).status_code == 403
    assert "Ask now" not in row(scene, scene.client("adam"))
    assert ask(scene, other.client("olive")).status_code in (403, 404)
    with scene.scope():
        assert not Command.objects.exists()


def test_nobody_asks_on_a_call_that_is_over(ended):
    assert ask(ended, ended.client("olive")).status_code == 409
    assert "Ask now" not in row(ended, ended.client("olive"))


def test_who_watches_sees_it_without_reading_the_page_again(scene, olive):
    from console import call_panels
    from console.builders import context
    from console.builders.look import Look
    from console.frames import Topical

    ask(scene, olive)
    line = settle(scene).frame()
    with scene.scope():
        look = Look(workspace=scene.house.workspace, now=scope.now(), whispers=True)
        found = context.of_run(scene.run.id, look)
        drawn = call_panels.Panels(found, [line]).numbered(Topical("run"), line)
    shown = {frame.get("key"): frame.get("html", "") for frame in drawn}
    assert "The agent asks for it next" in shown["field-location"]
    assert "wants “Location” asked" in next(v for k, v in shown.items() if k.startswith("event-"))
