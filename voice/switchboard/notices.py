"""Our own notices in the stream of a call: attached, detached, a tool has answered, the call is over."""

import json
from dataclasses import replace
from types import MappingProxyType

from voice.switchboard import listening, responding, speaking
from voice.switchboard.draft import CHUNK_MS, Draft
from voice.switchboard.results import Answered, Ended, Gapped, HangUp, Send
from voice.switchboard.state import Slot, Speech

KEYS_PAUSE_MS = 1500


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
    draft.set(slot=Slot(), playing=MappingProxyType({}))
    if body.get("gap"):
        _catch_up(draft)
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
    draft.set(gapped=True)
    lost = {tool.call_id for tool in draft.state.tools.values() if not tool.taken}
    kept = {key: tool for key, tool in draft.state.tools.items() if key not in lost}
    draft.set(tools=MappingProxyType(kept))


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
    item = {"type": "function_call_output", "call_id": call_id, "output": output}
    event = {"type": "conversation.item.create", "event_id": f"rb_{call_id}", "item": item}
    draft.want(Send(event))
    responding.put_tool(draft, replace(tool, answered=True))
    if "hangup" in draft.body["effects"]:
        responding.end(draft, "agent_ended")
    responding.ask_after_tools(draft, tool.response_id)


def tick(draft: Draft) -> None:
    """A pause in the stream: tell what waits to be told."""
    for speech in draft.state.speeches.values():
        due = draft.event.at_ms - speech.parted_ms >= CHUNK_MS
        if speech.open and due and len(speech.text) > speech.parted:
            draft.tell(speech.item_id)
    if draft.event.at_ms - draft.state.keys_ms >= KEYS_PAUSE_MS:
        listening.tell_keys(draft)


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


def gap(draft: Draft) -> None:
    """Events were dropped by ourselves."""
    code, seconds = str(draft.body["code"]), int(draft.body["seconds"])
    draft.record(Gapped(code, draft.state.last_position, seconds))


def closed(draft: Draft) -> None:
    """No more will come: what is open stays as it is known, and says what is missing."""
    listening.tell_keys(draft)
    for speech in list(draft.state.speeches.values()):
        if speech.speaker == "agent":
            _close_agent(draft, speech)
        elif speech.open:
            draft.change(speech, "unavailable", speech.text, "partial", code="call_ended")
    draft.say("ended")
    state = draft.state
    reason = state.ending if state.hanging_up and state.ending else str(draft.body["reason"])
    draft.record(Ended(reason, str(draft.body.get("state", "ended"))))


def _close_agent(draft: Draft, speech: Speech) -> None:
    """The line went dead while it was spoken: what came after was not heard."""
    playing = draft.state.playing
    if speech.open and not speech.text:
        draft.change(speech, "unheard", "", "partial", heard_chars=0)
    elif speech.response_id in playing and speech.state in ("reserved", "final"):
        began = playing[speech.response_id]
        if began is None:
            draft.change(speech, "unheard", speech.text, "cut", heard_chars=0, cut_at_ms=0)
        else:
            speaking.cut(draft, speech, max(0, draft.event.at_ms - began))
    elif speech.open:
        draft.change(speech, "unavailable", speech.text, "partial", code="call_ended")
