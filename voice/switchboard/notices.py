"""Our own notices in the stream of a call: attached, detached, a tool has answered, the call is over."""

import json
from dataclasses import replace
from types import MappingProxyType

from voice.switchboard import keying, responding, speaking, transferring
from voice.switchboard.draft import CHUNK_MS, Draft
from voice.switchboard.inputs import PROBE
from voice.switchboard.results import Answered, Ended, Gapped, HangUp, Send, Settled, Whisper
from voice.switchboard.state import Slot, Speech

KEYS_PAUSE_MS = 1500
DROPPED = "not_recorded"
WHISPER = "A colleague who listens tells you, unheard by the caller (do not mention it): "


def attached(draft: Draft) -> None:
    """The side connection stands: for the first time, again, or after another process lost it."""
    body, state = draft.body, draft.state
    kind = "sideband.taken_over" if body.get("taken_over") else "sideband.attached"
    draft.line(kind, call=body["call"], epoch=body["epoch"])
    if body.get("gap"):
        draft.record(Gapped(str(body["code"]), state.last_position, int(body["gap"])))
    if body.get("first"):
        draft.line("call.answered", call=body["call"])
        draft.record(Answered())
    draft.say("listening")
    draft.set(slot=Slot(), playing=MappingProxyType({}), speaking="", hushed=False)
    if body.get("gap"):
        _catch_up(draft)
    keying.resume(draft)
    if not any(speech.speaker == "agent" for speech in state.speeches.values()):
        responding.ask(draft, "greeting")


def _catch_up(draft: Draft) -> None:
    """Nothing is replayed: ask for the items whose end was missed, and answer tools again."""
    for speech in draft.state.speeches.values():
        if speech.open:
            draft.want(Send({"type": "conversation.item.retrieve", "item_id": speech.item_id}))
    for tool in draft.state.tools.values():
        if not tool.taken and tool.item_id:
            draft.want(Send({"type": "conversation.item.retrieve", "item_id": tool.item_id}))
    _probe(draft)
    draft.set(gapped=True)
    lost = {tool.call_id for tool in draft.state.tools.values() if not tool.taken}
    kept = {key: tool for key, tool in draft.state.tools.items() if key not in lost}
    draft.set(tools=MappingProxyType(kept))


def _probe(draft: Draft) -> None:
    """An item of ours, gone as soon as it is added: with it the provider names the one before it, which may
    be a tool that was called while nobody listened. A caller who says nothing would wait for it for ever."""
    number = draft.state.sent + 1
    draft.set(sent=number)
    item = {
        "id": f"{PROBE}{number}",
        "type": "message",
        "role": "system",
        "content": [{"type": "input_text", "text": "The record goes on here."}],
    }
    draft.want(Send({"type": "conversation.item.create", "event_id": f"rb_{number}", "item": item}))


def detached(draft: Draft) -> None:
    draft.line("sideband.lost", call=draft.body["call"], code=str(draft.body["code"]))
    draft.say("unobserved")


def tool_answered(draft: Draft) -> None:
    """Its output goes to the provider; a response is asked for when all of them are there."""
    call_id = str(draft.body["call_id"])
    tool = draft.state.tools.get(call_id)
    if tool is None or tool.answered:
        return
    output = json.dumps(draft.body["output"], ensure_ascii=False)
    item_id = responding.output_id(call_id)
    item = {"id": item_id, "type": "function_call_output", "call_id": call_id, "output": output}
    event = {"type": "conversation.item.create", "event_id": f"rb_{call_id}", "item": item}
    draft.want(Send(event))
    responding.put_tool(draft, replace(tool, answered=True))
    if "hangup" in draft.body["effects"]:
        responding.end(draft, "agent_ended")
    if "collect" in draft.body["effects"]:
        keying.begin(draft, call_id, draft.body["output"])
    responding.ask_after_tools(draft, tool.response_id)


def tick(draft: Draft) -> None:
    """A pause in the stream: tell what waits to be told."""
    for speech in draft.state.speeches.values():
        due = draft.event.at_ms - speech.parted_ms >= CHUNK_MS
        if speech.open and due and len(speech.text) > speech.parted:
            draft.tell(speech.item_id)
    if draft.event.at_ms - draft.state.keys_ms >= KEYS_PAUSE_MS:
        keying.tell_keys(draft)


def farewell_over(draft: Draft) -> None:
    if not draft.state.hanging_up:
        draft.set(hanging_up=True)
        draft.want(HangUp(draft.state.ending or "agent_ended"))


def last_words_over(draft: Draft) -> None:
    draft.set(last_words="over")


def wrap_up(draft: Draft) -> None:
    responding.ask(draft, "wrap_up")


def hang_up(draft: Draft) -> None:
    """A person or a limit ends the call now."""
    reason = str(draft.body["reason"])
    draft.set(ending=reason, hanging_up=True)
    draft.want(HangUp(reason))


def whisper(draft: Draft) -> None:
    """A person's words for the agent: an item of the conversation that is never spoken and asks for nothing."""
    command, text = str(draft.body["command"]), str(draft.body["text"])
    item_id = f"rbw{command.replace('-', '')[-28:]}"
    content = [{"type": "input_text", "text": f"{WHISPER}{text}"}]
    item = {"id": item_id, "type": "message", "role": "system", "content": content}
    draft.set(whispers=MappingProxyType({**draft.state.whispers, item_id: command}))
    event = {"type": "conversation.item.create", "event_id": item_id, "item": item}
    draft.want(Whisper(command, event))


def whisper_taken(draft: Draft, item_id: str) -> None:
    """The provider has the item: from its next answer on the agent goes by it."""
    _settle_whisper(draft, item_id, "in_conversation", done=True)


def whisper_refused(draft: Draft, event_id: str) -> None:
    _settle_whisper(draft, event_id, "provider_refused", done=False)


def _settle_whisper(draft: Draft, item_id: str, answer: str, *, done: bool) -> None:
    command = draft.state.whispers.get(item_id)
    if command is None:
        return
    rest = {key: value for key, value in draft.state.whispers.items() if key != item_id}
    draft.set(whispers=MappingProxyType(rest))
    draft.want(Settled(command, answer, done))


def gap(draft: Draft) -> None:
    """Events were missed. Where we dropped them ourselves the line still stands: what can be asked for is,
    and the end of a response or of its audio may be among them."""
    code, seconds = str(draft.body["code"]), int(draft.body["seconds"])
    draft.record(Gapped(code, draft.state.last_position, seconds))
    if code == DROPPED:
        draft.set(slot=Slot(), playing=MappingProxyType({}))
        _catch_up(draft)


def closed(draft: Draft) -> None:
    """No more will come: what is open stays as it is known, and says what is missing."""
    keying.close(draft)
    for speech in list(draft.state.speeches.values()):
        if speech.speaker == "agent":
            _close_agent(draft, speech)
        elif speech.open:
            draft.change(speech, "unavailable", speech.text, "partial", code="call_ended")
    draft.say("ended")
    state = draft.state
    reason = state.ending if state.hanging_up and state.ending else str(draft.body["reason"])
    reason = transferring.close(draft, reason)
    draft.record(Ended(reason, str(draft.body.get("state", "ended"))))


def _close_agent(draft: Draft, speech: Speech) -> None:
    """The line went dead while it was spoken: what came after was not heard."""
    playing = draft.state.playing
    if speech.open and not speech.text and draft.state.gapped:
        # Its words may have been said while nobody took them down.
        draft.change(speech, "unavailable", "", "partial", code="not_recorded")
    elif speech.open and not speech.text:
        draft.change(speech, "unheard", "", "partial", heard_chars=0)
    elif speech.response_id in playing and speech.state in ("reserved", "final"):
        began = playing[speech.response_id]
        if began is None:
            draft.change(speech, "unheard", speech.text, "cut", heard_chars=0, cut_at_ms=0)
        else:
            speaking.cut(draft, speech, max(0, draft.event.at_ms - began))
    elif speech.open:
        draft.change(speech, "unavailable", speech.text, "partial", code="call_ended")
