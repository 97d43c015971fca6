"""The agent's side: what was generated, and how much of it can have been heard."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from voice.switchboard import heard
from voice.switchboard.draft import Draft
from voice.switchboard.inputs import said
from voice.switchboard.state import Speech


def output_item_added(draft: Draft) -> None:
    """Tells which response an item belongs to, before the item itself is announced."""
    item_id = said(draft.part("item").get("id"))
    if item_id:
        owners = {**draft.state.owners, item_id: draft.text("response_id")}
        draft.set(owners=MappingProxyType(owners))


def assistant_item(draft: Draft, item: dict[str, Any]) -> None:
    item_id = said(item.get("id"))
    if item_id:
        draft.open(item_id, "agent", draft.state.owners.get(item_id, ""))


def text_delta(draft: Draft) -> None:
    item_id, response_id = draft.text("item_id"), draft.text("response_id")
    if item_id not in draft.state.speeches:
        return
    _expect_audio(draft, response_id)
    draft.hear(item_id, said(draft.body.get("delta")))


def text_done(draft: Draft) -> None:
    """The whole text as the provider has it wins over the sum of what arrived."""
    speech = draft.state.speeches.get(draft.text("item_id"))
    whole = said(draft.body.get("transcript") or draft.body.get("text"))
    if speech is not None and speech.open and whole:
        _expect_audio(draft, draft.text("response_id"))
        draft.put(replace(speech, text=whole))


def item_done(draft: Draft, item: dict[str, Any]) -> None:
    """Generated to its end or to where it was interrupted; it may still be cut while it is played."""
    item_id = said(item.get("id"))
    seen = draft.event.type in ("conversation.item.done", "conversation.item.retrieved")
    if seen and item_id not in draft.state.speeches:
        # Its beginning was missed; what is out of band is never announced as an item.
        draft.link(item_id)
        assistant_item(draft, item)
    speech = draft.state.speeches.get(item_id)
    if speech is None or speech.speaker != "agent" or not speech.open:
        return
    text = text_of(item) or speech.text
    if text:
        draft.change(speech, "final", text, "final")
    else:
        draft.change(speech, "unheard", "", "final", heard_chars=0)


def audio_started(draft: Draft) -> None:
    response_id = draft.text("response_id")
    waiting = [one for one, began in draft.state.playing.items() if began is None]
    for earlier in waiting[: waiting.index(response_id) if response_id in waiting else 0]:
        # Audio is played in order: what should have come before this never will.
        unheard(draft, earlier)
    _play(draft, {**draft.state.playing, response_id: draft.event.at_ms})
    draft.say("agent_speaking")


def audio_stopped(draft: Draft) -> None:
    forget_audio(draft, draft.text("response_id"))
    if draft.state.voice == "agent_speaking" and not draft.state.playing:
        draft.say("listening")


def audio_cleared(draft: Draft) -> None:
    forget_audio(draft, draft.text("response_id"))
    draft.say("interrupted")


def truncated(draft: Draft) -> None:
    speech = draft.state.speeches.get(draft.text("item_id"))
    if speech is not None and speech.speaker == "agent" and speech.state in ("reserved", "final"):
        cut(draft, speech, draft.number("audio_end_ms"))
    draft.say("interrupted")


def unheard(draft: Draft, response_id: str) -> None:
    """Cancelled before any of it was played."""
    forget_audio(draft, response_id)
    speech = draft.state.by_response(response_id)
    if speech is not None and speech.state in ("reserved", "final"):
        draft.change(speech, "unheard", speech.text, "cut", heard_chars=0, cut_at_ms=0)


def cut(draft: Draft, speech: Speech, audio_ms: int) -> None:
    """The caller spoke over it, or the line ended: only a part of it was heard."""
    chars = heard.estimate(speech.text, audio_ms)
    draft.change(speech, "cut", speech.text, "cut", heard_chars=chars, cut_at_ms=audio_ms)


def forget_audio(draft: Draft, response_id: str) -> None:
    if response_id in draft.state.playing:
        rest = {key: at for key, at in draft.state.playing.items() if key != response_id}
        _play(draft, rest)


def text_of(item: dict[str, Any]) -> str:
    parts = item.get("content")
    found = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return "".join(said(part.get("transcript") or part.get("text")) for part in found)


def _expect_audio(draft: Draft, response_id: str) -> None:
    """What is generated will be played, even where its beginning has not been announced."""
    if response_id and response_id not in draft.state.playing:
        _play(draft, {**draft.state.playing, response_id: None})


def _play(draft: Draft, playing: dict[str, int | None]) -> None:
    draft.set(playing=MappingProxyType(playing))
