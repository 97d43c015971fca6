"""An open page of a call follows its promises; so does the card for who takes over."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from console import panels
from console.panels import Variant
from runs import ledger, scope, topics
from runs.live.feeds import Topic
from tests.promises.owing import owe
from tests.wall import load
from tests.wall.talk import make_room
from voice import promises


def pushed(scene, kind, name="doc"):
    with scene.scope():
        lines = [one.frame() for one in ledger.events_after(scene.run.id, 0) if one.kind == kind]
    workspace = scene.house.workspace
    topic = Topic(topics.run(workspace.id, scene.run.id), workspace.id, scene.run.id)
    variant = Variant(f"{name}:{scene.call.public_id}", "en", "UTC", masked=False, minds=True)
    frames = panels._render(topic, lines[-1:], variant)
    return {one["key"]: one["html"] for one in frames if one.get("key")}


def test_a_promise_that_was_done_changes_on_the_open_page(ended):
    promise = owe(ended)
    with ended.scope():
        by = ended.actor("olive")
        promises.mark_done(promise.id, note="Sent it", by=by, at=scope.now())
    found = pushed(ended, "promise.done")
    assert "Done by hand" in found[f"promise-{promise.id.hex}"]
    assert " hidden" in found["promises-blocked"]
    assert "Still owed" not in found["outcome-card"]


def test_what_begins_to_back_it_changes_the_row(ended):
    promise = owe(ended, "We write to you about the inspection")
    found = pushed(ended, "promise.matched")
    assert ended.proposal.public_id in found[f"promise-{promise.id.hex}"]


def test_page_and_push_draw_the_same_row(ended):
    promise = owe(ended)
    html = pushed(ended, "promise.heard")[f"promise-{promise.id.hex}"]
    page = ended.client("olive").get(ended.path(f"calls/{ended.call.public_id}/?tab=promised"))
    for line in html.splitlines():
        if "<input" not in line and "<form" not in line:
            assert line.strip() in page.content.decode()


def test_the_card_follows_the_live_call(scene):
    owe(scene)
    assert "list of papers" in pushed(scene, "promise.heard", "run")["handoff"]


@pytest.mark.browser
def test_the_open_list_of_promises_follows_what_is_promised_and_done(stack, page):
    room = make_room(1)
    load.sign_in(page, room, "promises/")
    expect(page.locator("#promises > li")).to_have_count(0)
    known = {"kind": "email", "due": "", "evidence": None, "by": room.by}
    with scope.workspace(room.workspace.id):
        run = room.talks[0].call.run
        promise = promises.add(run, text="We send the papers", **known, at=scope.now())
    expect(page.locator("#promises > li")).to_contain_text("We send the papers")
    expect(page.locator("#promises-count")).to_have_text("1 promise")
    with scope.workspace(room.workspace.id):
        ledger.append(run.id, "promise.done", by=room.by, at=scope.now(), promise=str(promise.id))
        promise.delete()
    expect(page.locator("#promises > li")).to_have_count(0)
    expect(page.get_by_text("Nothing is owed")).to_be_visible()
    room.end()


def listed(scene, since):
    workspace = scene.house.workspace
    topic = Topic(topics.listing(workspace.id, "promises"), workspace.id)
    variant = Variant("promises", "en", "UTC", masked=False)
    frames = panels._render(topic, [{"since": int(since.timestamp() * 1000)}], variant)
    return [one["kind"] for one in frames]


def test_a_list_that_has_just_been_read_is_not_read_again(scene):
    with scene.scope():
        now = scope.now()
    assert listed(scene, now) == []
    assert listed(scene, now - timedelta(minutes=5)) == ["snapshot.needed", "badges"]
    owe(scene)
    assert listed(scene, now) == ["snapshot.needed", "badges"]
