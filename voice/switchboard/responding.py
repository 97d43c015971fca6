"""Who makes the model speak, and what it asks for: one response at a time, each tool answered once."""

import hashlib
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from runs import redaction
from voice.switchboard import speaking, tones
from voice.switchboard.draft import Draft
from voice.switchboard.inputs import said
from voice.switchboard.results import Alarm, Attention, HangUp, RunTool, Send
from voice.switchboard.state import Slot, State, Tool

# A goodbye that never ends must not keep the line open.
FAREWELL_S = 15.0
# Transcripts come late; the line stays open a moment for the caller's last one.
LAST_WORDS_S = 2.0
MOST_FAILURES = 1

WRAP_UP = (
    "The time for this call is nearly over. Say so, summarise in one sentence what was agreed,"
    " say goodbye and call end_dialog."
)


def created(draft: Draft) -> None:
    response = draft.part("response")
    if response.get("conversation_id") is None and "conversation_id" in response:
        return  # Out of band: it takes no slot.
    response_id = said(response.get("id"))
    ours = draft.state.slot.state == "asked"
    draft.set(slot=Slot("active", response_id=response_id))
    if not ours and tones.hush(draft, response_id):
        return
    if not ours and all(tool.taken for tool in draft.state.tools.values()):
        # The provider's own response has seen the answers of the tools: none need be asked for.
        draft.set(wanted=tuple(one for one in draft.state.wanted if not one.startswith("tools:")))
    if not draft.state.playing:
        draft.say("thinking")


def done(draft: Draft) -> None:
    response = draft.part("response")
    response_id, status = said(response.get("id")), response.get("status")
    if response.get("conversation_id") is None and "conversation_id" in response:
        return
    if draft.state.slot.state != "asked":
        draft.set(slot=Slot())
    if draft.state.playing.get(response_id, 0) is None and status in ("cancelled", "failed"):
        speaking.unheard(draft, response_id)
    if status == "failed":
        _failed(draft)
    elif status == "completed":
        draft.set(failures=0)
    if draft.state.voice == "thinking":
        draft.say("agent_speaking" if draft.state.playing else "listening")
    ask_after_tools(draft, response_id)


def arguments_done(draft: Draft) -> None:
    use_tool(
        draft,
        call_id=draft.text("call_id"),
        item_id=draft.text("item_id"),
        response_id=draft.text("response_id"),
        name=draft.text("name"),
        arguments=said(draft.body.get("arguments")),
    )


def use_tool(
    draft: Draft, *, call_id: str, item_id: str, response_id: str, name: str, arguments: str
) -> None:
    """Run it after this is recorded. A tool call seen again is not run again in this process."""
    if not call_id or call_id in draft.state.tools:
        return
    put_tool(draft, Tool(call_id, item_id, response_id))
    if draft.state.known:
        arguments = redaction.in_json(arguments, known=draft.state.known)
    draft.want(RunTool(call_id, name, arguments, draft.state.last_position))


def put_tool(draft: Draft, tool: Tool) -> None:
    draft.set(tools=MappingProxyType({**draft.state.tools, tool.call_id: tool}))


def output_item(draft: Draft, item: dict[str, Any]) -> None:
    """The provider has the answer of a tool."""
    tool = draft.state.tools.get(said(item.get("call_id")))
    if tool is not None:
        put_tool(draft, replace(tool, answered=True, taken=True))


def output_id(call_id: str) -> str:
    """Always the same for a call of a tool: whoever sends its output again, not knowing that an owner before
    has, is told so. The provider takes at most 32 characters."""
    return f"rb_out_{hashlib.sha256(call_id.encode()).hexdigest()[:24]}"


def output_known(draft: Draft, event_id: str) -> None:
    """An output that was sent twice: the provider has it."""
    tool = draft.state.tools.get(event_id.removeprefix("rb_"))
    if tool is not None:
        put_tool(draft, replace(tool, answered=True, taken=True))


def ask_after_tools(draft: Draft, response_id: str) -> None:
    """One response for all tools of a response, once it is over and all outputs were sent."""
    tools = [tool for tool in draft.state.tools.values() if tool.response_id == response_id]
    if not tools or not all(tool.answered for tool in tools) or _runs(draft.state, response_id):
        return
    if draft.state.ending and _spoke(draft.state, response_id):
        return  # The goodbye was said before the tool.
    ask(draft, f"tools:{response_id}")


def ask(draft: Draft, purpose: str) -> None:
    """Want a response; each purpose once."""
    if purpose not in draft.state.wanted:
        draft.set(wanted=(*draft.state.wanted, purpose))


def settle(draft: Draft) -> None:
    """After each event: send the next wanted response, or hang up when all is said."""
    state = draft.state
    if state.slot.state != "free" or state.hanging_up:
        return
    if state.wanted:
        purpose, rest = state.wanted[0], state.wanted[1:]
        event_id = f"rb_{state.sent + 1}"
        draft.set(wanted=rest, sent=state.sent + 1, slot=Slot("asked", event_id=event_id))
        draft.want(Send(_create(state, purpose, event_id)))
    elif state.ending and not state.playing and all(t.answered for t in state.tools.values()):
        if _untold(state) and state.last_words != "over":
            _await_last_words(draft)
            return
        draft.set(hanging_up=True)
        draft.want(HangUp(state.ending))


def _untold(state: State) -> bool:
    """The caller has said something whose words have not arrived: with the call they would be lost."""
    return any(one.open and one.speaker == "caller" for one in state.speeches.values())


def _await_last_words(draft: Draft) -> None:
    if not draft.state.last_words:
        draft.set(last_words="awaited")
        draft.want(Alarm("last_words_over", LAST_WORDS_S))


def end(draft: Draft, reason: str) -> None:
    """Hang up after the goodbye, at the latest after a while."""
    if not draft.state.ending:
        draft.set(ending=reason)
        draft.want(Alarm("farewell_over", FAREWELL_S))


def error(draft: Draft) -> None:
    failure = draft.part("error")
    code, event_id = said(failure.get("code")), said(failure.get("event_id"))
    if code == "session_expired":
        draft.set(ending="session_limit", hanging_up=True)
        return
    if event_id and event_id == draft.state.slot.event_id:
        active = code == "conversation_already_has_active_response"
        draft.set(slot=Slot("active") if active else Slot())
        if active:
            ask(draft, "again")


def _create(state: State, purpose: str, event_id: str) -> dict[str, Any]:
    response: dict[str, Any] = {"metadata": {"purpose": purpose.split(":", 1)[0]}}
    if purpose == "greeting":
        response["instructions"] = state.greeting
    elif purpose == "wrap_up":
        response["instructions"] = WRAP_UP
    return {"type": "response.create", "event_id": event_id, "response": response}


def _runs(state: State, response_id: str) -> bool:
    return state.slot.state == "active" and state.slot.response_id == response_id


def _spoke(state: State, response_id: str) -> bool:
    speech = state.by_response(response_id)
    return speech is not None and bool(speech.text)


def _failed(draft: Draft) -> None:
    failures = draft.state.failures + 1
    draft.set(failures=failures)
    if failures <= MOST_FAILURES:
        ask(draft, "retry")
    else:
        draft.record(Attention("model_failed"))
