"""Promises that tests begin with."""

from runs import evidence, scope
from runs.evidence import TurnText
from runs.models import Promise
from tests import factories
from voice import promises

WORDS = "I'll e-mail you the list of papers"


def owe(scene, text=WORDS, kind="email", due="", quoted=False) -> Promise:
    """The agent promised this in the scene's call."""
    with scene.scope():
        at, proof = scope.now(), None
        if quoted:
            turn = factories.make_turn(scene.call, "agent", f"Fine. {text}.", at=at)
            texts = [TurnText(turn.id, turn.version, turn.text)]
            proof = evidence.quote(
                scene.run, turns=texts, quote=text, grade="stated", by=scene.agent, at=at
            )
        known = {"text": text, "kind": kind, "due": due, "evidence": proof}
        return promises.add(scene.run, **known, by=scene.agent, at=at)


def fresh(scene, promise) -> Promise:
    with scene.scope():
        return Promise.objects.get(id=promise.id)
