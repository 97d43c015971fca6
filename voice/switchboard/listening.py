"""The caller's side: speech, its text, silence and noise."""

from typing import Any

from voice.switchboard import keeping, tones
from voice.switchboard.draft import Draft
from voice.switchboard.inputs import said
from voice.switchboard.results import HangUp

NOISY_AFTER = 2
SILENCES_OF_NOBODY = 2
_ROUND = 500


def speech_started(draft: Draft) -> None:
    item_id = draft.text("item_id")
    if not item_id:
        return
    draft.open(item_id, "caller")
    draft.set(caller_spoke=True, silent_in_a_row=0)
    tones.begun(draft, item_id)
    draft.say("caller_speaking")


def speech_stopped(draft: Draft) -> None:
    if draft.state.voice in ("caller_speaking", "interrupted"):
        draft.say("listening")


def committed(draft: Draft) -> None:
    """Also where the beginning was missed: an item with audio of the caller is a turn."""
    item_id = draft.text("item_id")
    draft.link(item_id)
    tones.over(draft, item_id)
    if item_id and item_id not in draft.state.silences:
        draft.open(item_id, "caller")


def user_item(draft: Draft, item: dict[str, Any]) -> None:
    item_id = said(item.get("id"))
    parts = item.get("content")
    kinds = [part.get("type") for part in parts if isinstance(part, dict)] if parts else []
    if "input_audio" in kinds and item_id not in draft.state.silences:
        draft.open(item_id, "caller")


def transcript_delta(draft: Draft) -> None:
    item_id = draft.text("item_id")
    speech = draft.state.speeches.get(item_id)
    delta = said(draft.body.get("delta"))
    if speech is not None and not speech.text:
        delta = delta.lstrip()
    draft.hear(item_id, delta)


def transcript_completed(draft: Draft) -> None:
    caller_text(draft, draft.text("item_id"), said(draft.body.get("transcript")))


def caller_text(draft: Draft, item_id: str, text: str) -> None:
    """The final words of a caller's turn; another text for a final turn repairs it."""
    speech = draft.state.speeches.get(item_id)
    text = text if text.strip() else ""
    if speech is None:
        if not text:
            return
        speech = draft.open(item_id, "caller")
    if not text:
        if speech.open:
            code = "keys" if item_id in draft.state.toned else "no_words"
            draft.change(speech, "unavailable", "", "final", code=code)
            _noise(draft, item_id)
    elif speech.open or speech.state == "unavailable":
        draft.change(speech, "final", text, "final")
        _clear(draft)
    elif not keeping.is_same(speech, text):
        draft.change(speech, speech.state, text, "repaired")


def transcript_failed(draft: Draft) -> None:
    speech = draft.state.speeches.get(draft.text("item_id"))
    if speech is None or not speech.open:
        return
    draft.change(speech, "unavailable", speech.text, "final", code="transcription_failed")
    _noise(draft, speech.item_id)


def timeout_triggered(draft: Draft) -> None:
    """Nobody spoke: the provider makes an item of the silence, which is no turn."""
    item_id, state = draft.text("item_id"), draft.state
    silent_ms = draft.number("audio_end_ms") - draft.number("audio_start_ms")
    count = state.silent_in_a_row + 1
    draft.set(silences=state.silences | {item_id}, silent_in_a_row=count)
    seconds = max(0, silent_ms + _ROUND) // 1000
    draft.line("silence.noted", position=state.last_position, seconds=seconds)
    draft.say("silent")
    if not state.caller_spoke and count >= SILENCES_OF_NOBODY and not state.hanging_up:
        draft.set(ending="nobody_spoke", hanging_up=True)
        draft.want(HangUp("nobody_spoke"))


def _noise(draft: Draft, item_id: str) -> None:
    if item_id in draft.state.toned:
        return  # The tones of keys are no noise on the line.
    empties = draft.state.empties + 1
    draft.set(empties=empties)
    if empties == NOISY_AFTER:
        draft.line("noise.noted", position=draft.state.last_position)
        draft.say("noisy")


def _clear(draft: Draft) -> None:
    draft.set(empties=0)
    if draft.state.voice == "noisy":
        draft.say("listening")
