"""The effective session: defaults, merge and the errors of a bad one."""

import copy
import time
from typing import Any

from voice.simulator.wire import Frame

SESSION_SECONDS = 3600

SERVER_VAD = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 200,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
SEMANTIC_VAD = {
    "type": "semantic_vad",
    "eagerness": "auto",
    "create_response": True,
    "interrupt_response": True,
}
TRANSCRIPTION = {"model": None, "language": None, "prompt": None}
FIELDS = {
    "type",
    "model",
    "instructions",
    "output_modalities",
    "audio",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "max_output_tokens",
    "truncation",
    "tracing",
    "include",
    "prompt",
}
PCM = {"type": "audio/pcm", "rate": 24000}


class SessionError(Exception):
    def __init__(self, code: str, message: str, param: str) -> None:
        super().__init__(message)
        self.code, self.message, self.param = code, message, param


def new_session(
    session_id: str, model: str = "gpt-realtime-2.1", audio_format: str = "audio/pcm"
) -> Frame:
    reported = dict(PCM) if audio_format == PCM["type"] else {"type": audio_format}
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": model,
        "output_modalities": ["audio"],
        "instructions": "",
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": int(time.time()) + SESSION_SECONDS,
        "audio": {
            "input": {
                "format": dict(reported),
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": dict(SERVER_VAD),
            },
            "output": {"format": dict(reported), "voice": "marin", "speed": 1.0},
        },
        "include": None,
    }


def merge_session(
    session: Frame, update: Any, *, audio_spoken: bool = False, set_model: bool = False
) -> Frame:
    """A new effective session; `model` can be set only when the call is accepted."""
    check_update(session, update, audio_spoken=audio_spoken)
    merged = copy.deepcopy(session)
    for name, value in update.items():
        if name == "audio":
            _merge_audio(merged["audio"], value)
        elif name != "model" or set_model:
            merged[name] = value
    return merged


def check_update(session: Frame, update: Any, *, audio_spoken: bool) -> None:
    if not isinstance(update, dict) or "type" not in update:
        raise SessionError(
            "missing_required_parameter",
            "Missing required parameter: 'session.type'.",
            "session.type",
        )
    if update["type"] != "realtime":
        raise SessionError(
            "invalid_value",
            f"Invalid value: '{update['type']}'. Supported value: 'realtime'.",
            "session.type",
        )
    for name in update:
        if name not in FIELDS:
            raise SessionError(
                "unknown_parameter",
                f"Unknown parameter: 'session.{name}'.",
                f"session.{name}",
            )
    _check_tools(update.get("tools"))
    voice = (update.get("audio") or {}).get("output", {}).get("voice")
    if audio_spoken and voice and voice != session["audio"]["output"]["voice"]:
        raise SessionError(
            "cannot_update_voice",
            "Cannot update a conversation's voice if assistant audio is present.",
            "session.audio.output.voice",
        )


def _check_tools(tools: Any) -> None:
    for number, tool in enumerate(tools or []):
        where = f"session.tools[{number}]"
        if tool.get("type") == "function" and "strict" in tool:
            raise SessionError(
                "unknown_parameter", f"Unknown parameter: '{where}.strict'.", f"{where}.strict"
            )
        if tool.get("type") == "function" and not tool.get("name"):
            raise SessionError(
                "missing_required_parameter",
                f"Missing required parameter: '{where}.name'.",
                f"{where}.name",
            )


def _merge_audio(audio: Frame, update: Frame) -> None:
    for side in ("input", "output"):
        for name, value in (update.get(side) or {}).items():
            audio[side][name] = _with_defaults(name, value)


def _with_defaults(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if name == "turn_detection":
        base = SEMANTIC_VAD if value.get("type") == "semantic_vad" else SERVER_VAD
        return {**base, **value}
    if name == "transcription":
        return {**TRANSCRIPTION, **value}
    return dict(value)


def turn_detection(session: Frame) -> Frame | None:
    found: Frame | None = session["audio"]["input"]["turn_detection"]
    return found
