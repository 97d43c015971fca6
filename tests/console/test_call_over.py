"""What the end of a call changes on its open page, beside its row."""

from console import panels
from console.panels import Variant
from runs import ledger, topics
from runs.live.feeds import Topic
from tests.console import scene as scenes


def test_what_needed_a_person_is_gone_when_the_call_is_over(db):
    scene = scenes.make_scene(ended=True)
    with scene.scope():
        lines = ledger.events_after(scene.run.id, 0, limit=100)
    ended = [line.frame() for line in lines if line.kind == "call.ended"]
    workspace = scene.house.workspace
    topic = Topic(topics.run(workspace.id, scene.run.id), workspace.id, scene.run.id)
    variant = Variant(f"run:{scene.call.public_id}", "en", "UTC", masked=True)
    frames = panels._render(topic, ended, variant)
    gone = [one["key"] for one in frames if one.get("html") == ""]
    assert gone == ["escalation-pricing-commitment"]


def test_a_trigger_raised_again_keeps_its_first_moment_as_the_page_does(db):
    scene = scenes.make_scene()
    scene.say("escalation.raised", trigger="pricing_commitment", position=9, turn="")
    with scene.scope():
        lines = ledger.events_after(scene.run.id, 0, limit=100)
    raised = [line.frame() for line in lines if line.kind == "escalation.raised"]
    workspace = scene.house.workspace
    topic = Topic(topics.run(workspace.id, scene.run.id), workspace.id, scene.run.id)
    variant = Variant(f"run:{scene.call.public_id}", "en", "UTC", masked=False)
    pushed = [
        one["html"]
        for one in panels._render(topic, raised[-1:], variant)
        if one.get("target") == "escalations"
    ]
    page = scene.client("lena").get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    assert len(pushed) == 1
    assert "<strong>" in pushed[0]
    assert pushed[0].split("<strong>")[1].split("</strong>")[0] in page
