"""What a line of the ledger changes on the open page of a call, beside its own row."""

from collections.abc import Sequence
from typing import Any

from console import panels
from console.panels import Variant
from runs import evidence, ledger, outcomes, scope, topics
from runs.evidence import TurnText
from runs.live.feeds import Topic
from tests import factories
from tests.console import scene as scenes
from tests.console.scene import Scene


def test_what_needed_a_person_is_gone_when_the_call_is_over(db):
    scene = scenes.make_scene(ended=True)
    gone = [
        one["key"] for one in _pushed(scene, _lines(scene, "call.ended")) if one.get("html") == ""
    ]
    assert gone == ["escalation-pricing-commitment"]


def test_a_trigger_raised_again_keeps_its_first_moment_as_the_page_does(db):
    scene = scenes.make_scene()
    scene.say("escalation.raised", trigger="pricing_commitment", position=9, turn="")
    raised = _lines(scene, "escalation.raised")[-1:]
    frames = _pushed(scene, raised)
    pushed = [one["html"] for one in frames if one.get("target") == "escalations"]
    page = scene.client("lena").get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    assert len(pushed) == 1
    assert "<strong>" in pushed[0]
    assert pushed[0].split("<strong>")[1].split("</strong>")[0] in page


def test_a_value_captured_again_takes_its_mark_from_the_turn_that_proved_the_old_one(db):
    scene = scenes.make_scene()
    before = _lines(scene, "field.captured")
    with scene.scope():
        at, last = scope.now(), scene.turns[3]
        texts = [TurnText(last.id, last.version, last.text)]
        proof = evidence.quote(
            scene.run, turns=texts, quote="Text me", grade="stated", by=scene.agent, at=at
        )
        outcomes.capture(
            scene.run, objective=factories.OBJECTIVE, key="problem", value="No heat",
            grade="stated", evidence=proof, by=scene.agent, at=at,
        )  # fmt: skip
    frames = _pushed(scene, _lines(scene, "field.captured")[len(before) :])
    turns = {one["key"]: one["html"] for one in frames if one.get("target") == "transcript"}
    assert "<mark" not in turns[f"turn-{scene.turns[1].id.hex}"]
    assert "<mark" in turns[f"turn-{last.id.hex}"]


def _lines(scene: Scene, kind: str) -> list[dict[str, Any]]:
    with scene.scope():
        lines = ledger.events_after(scene.run.id, 0, limit=100)
    return [line.frame() for line in lines if line.kind == kind]


def _pushed(scene: Scene, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    workspace = scene.house.workspace
    topic = Topic(topics.run(workspace.id, scene.run.id), workspace.id, scene.run.id)
    variant = Variant(f"run:{scene.call.public_id}", "en", "UTC", masked=False)
    return panels._render(topic, list(lines), variant)
