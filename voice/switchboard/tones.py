"""Speech while keys are pressed: mostly their tones. It is kept as a turn; nobody answers it until the keys are over."""

from voice import dtmf
from voice.switchboard.draft import Draft
from voice.switchboard.results import Send


def is_typing(draft: Draft) -> bool:
    """What was asked for is being typed: the agent must not talk into it."""
    state, collection = draft.state, draft.state.collection
    recent = draft.event.at_ms - state.keys_ms < dtmf.NEXT_KEY_S * 1000
    return collection is not None and (bool(collection.digits) or (state.keys_ms > 0 and recent))


def key(draft: Draft) -> None:
    """The speech that goes on at this moment has a key in it."""
    if draft.state.speaking:
        draft.set(toned=draft.state.toned | {draft.state.speaking})


def begun(draft: Draft, item_id: str) -> None:
    draft.set(speaking=item_id)
    if is_typing(draft):
        draft.set(toned=draft.state.toned | {item_id})


def over(draft: Draft, item_id: str) -> None:
    """The provider takes this speech for a turn, and may answer it."""
    draft.set(speaking="", hushed=item_id in draft.state.toned)


def hush(draft: Draft, response_id: str) -> bool:
    """An answer into the typing is taken back: one to all of it is asked for when the keys are over."""
    hushed = draft.state.hushed and is_typing(draft)
    number = draft.state.sent + hushed
    draft.set(hushed=False, sent=number)
    if hushed:
        cancel = {"type": "response.cancel", "event_id": f"rb_{number}", "response_id": response_id}
        draft.want(Send(cancel))
    return hushed
