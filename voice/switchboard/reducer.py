"""One event: (state, event) -> (state, records, effects). No clock, no database, no socket."""

from collections.abc import Callable, Sequence
from types import MappingProxyType

from voice.switchboard import keying, listening, notices, responding, speaking, transferring
from voice.switchboard.draft import Draft
from voice.switchboard.inputs import PROBE, Input, said
from voice.switchboard.results import Outcome, Send
from voice.switchboard.state import State

Handler = Callable[[Draft], None]


def item_added(draft: Draft) -> None:
    item = draft.part("item")
    item_id, kind, role = said(item.get("id")), item.get("type"), item.get("role")
    draft.link(item_id)
    seek_before(draft, item_id)
    notices.whisper_taken(draft, item_id)
    keying.taken(draft, item_id)
    if item_id.startswith(PROBE):
        draft.want(Send({"type": "conversation.item.delete", "item_id": item_id}))
    elif kind == "message" and role == "assistant":
        speaking.assistant_item(draft, item)
    elif kind == "message" and role == "user":
        listening.user_item(draft, item)
    elif kind == "function_call_output":
        responding.output_item(draft, item)


def seek_before(draft: Draft, item_id: str) -> None:
    """After a gap the chain names an item that we never saw: its words can still be asked for."""
    state = draft.state
    missed = state.before.get(item_id, "")
    known = missed in state.before or missed in state.speeches or missed in state.silences
    if not state.gapped or not missed or known or missed in state.sought:
        return
    draft.set(sought=state.sought | {missed})
    draft.want(Send({"type": "conversation.item.retrieve", "item_id": missed}))


def error(draft: Draft) -> None:
    failure = draft.part("error")
    event_id, code = said(failure.get("event_id")), said(failure.get("code"))
    # Told twice, because we did not live to note the first time: the provider has it.
    settle = notices.whisper_taken if code == TWICE else notices.whisper_refused
    settle(draft, event_id)
    keying.taken(draft, event_id)
    if code == TWICE:
        responding.output_known(draft, event_id)
    responding.error(draft)


def item_done(draft: Draft) -> None:
    item = draft.part("item")
    if item.get("type") == "message" and item.get("role") == "assistant":
        speaking.item_done(draft, item)


def item_retrieved(draft: Draft) -> None:
    """An answer to our question after a gap: the words of a turn, or what a tool was called with."""
    item = draft.part("item")
    item_id, kind, over = (
        said(item.get("id")),
        item.get("type"),
        item.get("status") != "in_progress",
    )
    if kind == "function_call" and over:
        responding.use_tool(
            draft,
            call_id=said(item.get("call_id")),
            item_id=item_id,
            response_id=draft.state.owners.get(item_id, ""),
            name=said(item.get("name")),
            arguments=said(item.get("arguments")),
        )
    elif kind == "message" and item.get("role") == "assistant" and over:
        speaking.item_done(draft, item)
    elif kind == "message" and item.get("role") == "user" and speaking.text_of(item).strip():
        listening.caller_text(draft, item_id, speaking.text_of(item).strip())
    elif kind == "message" and role_is_open(item):
        # Asked too early: its words may be there when it is named again.
        draft.set(sought=draft.state.sought - {item_id})


TWICE = "item_create_duplicate_item_id"


def role_is_open(item: dict[str, object]) -> bool:
    return item.get("role") == "user" or item.get("status") == "in_progress"


_TRANSCRIPTION = "conversation.item.input_audio_transcription"

HANDLERS: MappingProxyType[str, Handler] = MappingProxyType(
    {
        "input_audio_buffer.speech_started": listening.speech_started,
        "input_audio_buffer.speech_stopped": listening.speech_stopped,
        "input_audio_buffer.committed": listening.committed,
        "input_audio_buffer.timeout_triggered": listening.timeout_triggered,
        "input_audio_buffer.dtmf_event_received": keying.key_pressed,
        f"{_TRANSCRIPTION}.delta": listening.transcript_delta,
        f"{_TRANSCRIPTION}.completed": listening.transcript_completed,
        f"{_TRANSCRIPTION}.failed": listening.transcript_failed,
        "conversation.item.added": item_added,
        "conversation.item.created": item_added,
        "conversation.item.done": item_done,
        "conversation.item.retrieved": item_retrieved,
        "conversation.item.truncated": speaking.truncated,
        "response.created": responding.created,
        "response.done": responding.done,
        "response.output_item.added": speaking.output_item_added,
        "response.output_item.done": item_done,
        "response.output_audio_transcript.delta": speaking.text_delta,
        "response.output_audio_transcript.done": speaking.text_done,
        "response.output_text.delta": speaking.text_delta,
        "response.output_text.done": speaking.text_done,
        "response.function_call_arguments.done": responding.arguments_done,
        "output_audio_buffer.started": speaking.audio_started,
        "output_audio_buffer.stopped": speaking.audio_stopped,
        "output_audio_buffer.cleared": speaking.audio_cleared,
        "error": error,
        "own.attached": notices.attached,
        "own.detached": notices.detached,
        "own.tool_answered": notices.tool_answered,
        "own.tick": notices.tick,
        "own.farewell_over": notices.farewell_over,
        "own.last_words_over": notices.last_words_over,
        "own.keys_over": keying.keys_over,
        "own.wrap_up": notices.wrap_up,
        "own.hang_up": notices.hang_up,
        "own.whisper": notices.whisper,
        "own.transfer": transferring.asked,
        "own.transfer_now": transferring.now,
        "own.transfer_answered": transferring.answered,
        "own.transfer_over": transferring.over,
        "own.transfer_resumed": transferring.resumed,
        "own.gap": notices.gap,
        "own.closed": notices.closed,
    }
)


def reduce(state: State, events: Sequence[Input]) -> tuple[State, Outcome]:
    """The state after these events, and what they led to, in order. Unknown events change nothing."""
    outcome = Outcome()
    for event in events:
        handler = HANDLERS.get(event.type)
        if handler is None:
            continue
        draft = Draft(state, event, outcome)
        if state.keys and event.type not in ("own.tick", "input_audio_buffer.dtmf_event_received"):
            keying.tell_keys(draft)
        handler(draft)
        if event.type not in ("own.closed", "own.detached"):
            responding.settle(draft)
            transferring.settle(draft)
        state = draft.state
    return state, outcome
