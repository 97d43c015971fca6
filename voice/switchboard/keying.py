"""The keypad of a call: keys are counted, collected when a tool asked for them, and forgotten."""

from types import MappingProxyType
from typing import Any

from runs import keypad
from runs.redaction import Typed as TypedNumber
from voice import dtmf
from voice.dtmf import Collection
from voice.switchboard import responding, tones
from voice.switchboard.draft import Draft
from voice.switchboard.inputs import said
from voice.switchboard.results import Alarm, Collected, Send

MOST_AHEAD = 32
ALARM = "keys_over"
_WORDS = {
    "complete": "",
    "partial": " It may not be all of it: ask whether that was everything.",
    "empty": " Nothing was typed: ask again, or go on without it.",
}


def key_pressed(draft: Draft) -> None:
    """Which key it was goes no further than the collection."""
    draft.set(keys=draft.state.keys + 1, keys_ms=draft.event.at_ms)
    tones.key(draft)
    key = draft.text("event")
    collection = draft.state.collection
    if collection is None:
        draft.set(ahead=(draft.state.ahead + key)[-MOST_AHEAD:])
        return
    _go_on(draft, *dtmf.press(collection, key))


def tell_keys(draft: Draft) -> None:
    if draft.state.keys:
        draft.line("keypad.pressed", position=draft.state.last_position, count=draft.state.keys)
        draft.set(keys=0)


def begin(draft: Draft, call_id: str, output: dict[str, Any]) -> None:
    """What was typed ahead counts. A second collection ends the first with what it has."""
    running = draft.state.collection
    if running is not None:
        _finish(draft, running, dtmf.run_out(running))
    collection = Collection(
        call_id, str(output["field"]), output["sensitivity"], int(output["length"])
    )
    collection, ended, left = dtmf.press_all(collection, draft.state.ahead)
    draft.set(ahead=left)
    _go_on(draft, collection, ended)


def keys_over(draft: Draft) -> None:
    """No key in time. While the agent is still asking, nobody can have answered."""
    collection = draft.state.collection
    if collection is None:
        return
    waited_ms = draft.event.at_ms - max(draft.state.keys_ms, draft.state.collecting_ms)
    asking = draft.state.playing or draft.state.slot.state != "free"
    if asking or waited_ms < collection.waits_s * 1000:
        draft.want(Alarm(ALARM, collection.waits_s))
        return
    _finish(draft, collection, dtmf.run_out(collection))


def resume(draft: Draft) -> None:
    """After attaching: results that the provider has not taken go out again, a collection waits anew."""
    for item_id, event in draft.state.untaken.items():
        draft.want(Send(event))
        responding.ask(draft, f"keys:{item_id}")
    if draft.state.collection is not None:
        draft.set(collecting_ms=draft.event.at_ms)
        draft.want(Alarm(ALARM, draft.state.collection.waits_s))


def taken(draft: Draft, item_id: str) -> None:
    """The provider has the result: from now on the model goes by it."""
    if item_id in draft.state.untaken:
        rest = {key: one for key, one in draft.state.untaken.items() if key != item_id}
        draft.set(untaken=MappingProxyType(rest))


def close(draft: Draft) -> None:
    """The call is over in the middle of it: what was typed is named, not kept waiting."""
    tell_keys(draft)
    if draft.state.collection is not None:
        _finish(draft, draft.state.collection, dtmf.run_out(draft.state.collection))


def _go_on(draft: Draft, collection: Collection, ended: dtmf.Ended) -> None:
    if ended:
        _finish(draft, collection, ended)
        return
    draft.set(collection=collection, collecting_ms=draft.event.at_ms)
    draft.want(Alarm(ALARM, collection.waits_s))


def _finish(draft: Draft, collection: Collection, ended: dtmf.Ended) -> None:
    """The digits go to the model or to nobody; what may be kept of them goes to the record."""
    state, digits = draft.state, collection.digits
    expected = state.variables.get(collection.field)
    typed = keypad.take(digits, collection.sensitivity, expected=expected)
    tell_keys(draft)
    draft.record(
        Collected(
            *(collection.call_id, collection.field, collection.sensitivity, ended),
            count=len(digits),
            kept=typed.kept if digits else "",
            matches=typed.matches if digits else None,
            position=state.last_position,
        )
    )
    draft.set(collection=None)
    if typed.kept != digits and collection.sensitivity != "secret" and digits:
        number = TypedNumber(len(digits), keypad.ending(digits), digits)
        draft.set(known=(*draft.state.known, number))
    _tell_model(draft, collection, typed.told if digits else "", ended)


def _tell_model(draft: Draft, collection: Collection, told: str, ended: dtmf.Ended) -> None:
    what = f'Typed on the keypad for "{collection.field}": {told or "nothing"}.'
    event = event_of(collection.call_id, f"{what}{_WORDS[ended]}")
    item_id = str(event["event_id"])
    draft.set(untaken=MappingProxyType({**draft.state.untaken, item_id: event}))
    draft.want(Send(event))
    responding.ask(draft, f"keys:{item_id}")


def event_of(call_id: str, text: str) -> dict[str, Any]:
    """An item of the conversation that is never spoken; its id says for which collection."""
    item_id = f"rbk_{said(call_id)[-26:]}"
    content = [{"type": "input_text", "text": text}]
    item = {"id": item_id, "type": "message", "role": "system", "content": content}
    return {"type": "conversation.item.create", "event_id": item_id, "item": item}
