"""What the client may say on its socket, and the provider's answers."""

import json
from collections.abc import Callable
from typing import Any

from voice.simulator.calls import Call
from voice.simulator.player import Player
from voice.simulator.script import AgentBeat
from voice.simulator.session import SessionError, merge_session
from voice.simulator.wire import Frame

ASIDE = AgentBeat("Nothing to add.")
UNSURE = {"cannot_update_voice", "item_retrieve_invalid_item_id", "item_delete_invalid_item_id"}
"""Codes that nobody has seen: the message is all a client may rely on."""


class ClientEvents:
    def __init__(self, call: Call, player: Player) -> None:
        self.call, self.player, self.speaker = call, player, player.speaker
        self.handlers: dict[str, Callable[[Frame], None]] = {
            "session.update": self.update_session,
            "response.create": self.create_response,
            "response.cancel": self.cancel_response,
            "conversation.item.create": self.create_item,
            "conversation.item.retrieve": self.retrieve_item,
            "conversation.item.truncate": self.truncate_item,
            "conversation.item.delete": self.delete_item,
            "input_audio_buffer.append": self.append_audio,
            "input_audio_buffer.commit": self.commit_audio,
            "input_audio_buffer.clear": self.clear_input,
            "output_audio_buffer.clear": self.clear_output,
        }

    def handle(self, text: str) -> None:
        try:
            event = json.loads(text)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            self.call.client_frames["?"] += 1
            self._error({}, "invalid_event", "The event could not be read as a JSON object.")
            return
        kind = str(event.get("type"))
        self.call.client_frames[kind] += 1
        handler = self.handlers.get(kind)
        if handler is None:
            self._error(event, "invalid_value", f"Invalid value: '{kind}'.", param="type")
            return
        try:
            handler(event)
        except KeyError as missing:
            name = str(missing.args[0])
            text = f"Missing required parameter: '{name}'."
            self._error(event, "missing_required_parameter", text, param=name)
        except (TypeError, ValueError, AttributeError):
            self._error(event, "invalid_value", f"The event '{kind}' has a value of a wrong type.")

    def update_session(self, event: Frame) -> None:
        spoken = self.speaker.audio_spoken
        try:
            self.call.session = merge_session(
                self.call.session, event.get("session"), audio_spoken=spoken
            )
        except SessionError as error:
            self._error(event, error.code, error.message, param=error.param)
            return
        self.call.emit(self.call.wire.frame("session.updated", session=self.call.session))

    def create_response(self, event: Frame) -> None:
        params = event.get("response") or {}
        if params.get("conversation") == "none":
            self.speaker.start_aside(ASIDE, params)
            return
        active = self.speaker.active
        if active is not None:
            text = (
                f"Conversation already has an active response in progress: {active.id}. "
                "Wait until the response is finished before creating a new one."
            )
            self._error(event, "conversation_already_has_active_response", text)
            return
        self.player.respond_to_client(params)

    def cancel_response(self, event: Frame) -> None:
        wanted = event.get("response_id")
        active = self.speaker.active
        if active is None or (wanted is not None and wanted != active.id):
            text = "Cancellation failed: no active response found"
            self._error(event, "response_cancel_not_active", text)
            return
        self.speaker.cancel("client_cancelled")

    def create_item(self, event: Frame) -> None:
        item = dict(event["item"])
        previous = event.get("previous_item_id")
        known = self.call.conversation.items
        if previous not in (None, "root") and previous not in known:
            text = f"Previous item with id '{previous}' does not exist."
            self._error(event, "item_create_invalid_previous_item_id", text)
            return
        item.setdefault("id", self.call.ids.item())
        if item["id"] in known:
            text = f"An item with id '{item['id']}' exists already."
            self._error(event, "item_create_duplicate_item_id", text, param="item.id")
            return
        if item["type"] == "function_call_output":
            self._answer_tool(item["call_id"], item["output"])
        elif item["type"] == "message":
            item.setdefault("status", "completed")
        before = self.call.conversation.add(item, previous)
        self.call.emit(self.call.wire.item("added", before, item))
        self.call.emit(self.call.wire.item("done", before, item))

    def retrieve_item(self, event: Frame) -> None:
        item = self.call.conversation.items.get(event["item_id"])
        if item is None:
            self._unknown_item(event, "item_retrieve_invalid_item_id", "retrieving")
            return
        found = self._with_transcript(item)
        self.call.emit(self.call.wire.frame("conversation.item.retrieved", item=found))

    def truncate_item(self, event: Frame) -> None:
        item = self.call.conversation.items.get(event["item_id"])
        if item is None or item.get("role") != "assistant":
            self._unknown_item(event, "item_truncate_invalid_item_id", "truncating")
            return
        cut = self.call.wire.frame(
            "conversation.item.truncated",
            item_id=item["id"],
            content_index=event["content_index"],
            audio_end_ms=event["audio_end_ms"],
        )
        self.call.emit(cut)

    def delete_item(self, event: Frame) -> None:
        item_id = event["item_id"]
        if not self.call.conversation.remove(item_id):
            self._unknown_item(event, "item_delete_invalid_item_id", "deleting")
            return
        self.call.emit(self.call.wire.frame("conversation.item.deleted", item_id=item_id))

    def append_audio(self, event: Frame) -> None:
        """The caller's audio comes from the script; what a client appends is not listened to."""
        event["audio"]

    def commit_audio(self, event: Frame) -> None:
        if not self.player.caller.commit_by_client():
            text = "Error committing input audio buffer: buffer too small."
            self._error(event, "input_audio_buffer_commit_empty", text)

    def clear_input(self, event: Frame) -> None:
        self.player.caller.uncommitted = None
        self.call.emit(self.call.wire.frame("input_audio_buffer.cleared"))

    def clear_output(self, event: Frame) -> None:
        self.speaker.clear_audio()

    def _answer_tool(self, call_id: str, output: str) -> None:
        tool_call = self.call.tool_calls.get(call_id)
        if tool_call is None:
            self.call.unknown_outputs.append(call_id)
            return
        tool_call.answers += 1
        tool_call.output = output if tool_call.output is None else tool_call.output
        tool_call.answered.set()

    def _with_transcript(self, item: Frame) -> Frame:
        """Retrieval is the one place where a caller's item carries its words."""
        if item.get("role") != "user":
            return item
        for turn in self.call.conversation.turns:
            if turn.item_id == item["id"]:
                words: list[Any] = [
                    {"type": "input_audio", "transcript": (turn.transcribed or "").strip()}
                ]
                return {**item, "content": words}
        return item

    def _unknown_item(self, event: Frame, code: str, verb: str) -> None:
        text = f"Error {verb} item: the item with id '{event['item_id']}' does not exist."
        self._error(event, code, text)

    def _error(self, event: Frame, code: str, text: str, *, param: str | None = None) -> None:
        event_id = event.get("event_id")
        unsure = code in UNSURE and self.call.switches.error_codes == "null"
        code_sent = None if unsure else code
        self.call.emit(self.call.wire.error(code_sent, text, param=param, event_id=event_id))
