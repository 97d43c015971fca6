"""Ids and frames as the provider writes them."""

import random
import string
from typing import Any

Frame = dict[str, Any]

BASE62 = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
OBFUSCATION_BLOCK = 16


class Ids:
    """Ids that look real and repeat for the same seed."""

    def __init__(self, seed: object) -> None:
        self._random = random.Random(f"ids:{seed}")

    def base62(self, length: int = 21) -> str:
        return "".join(self._random.choices(BASE62, k=length))

    def event(self) -> str:
        return f"event_{self.base62()}"

    def media_event(self) -> str:
        """Events of the media plane carry shorter, hexadecimal ids."""
        return "event_" + "".join(self._random.choices(HEX, k=16))

    def item(self) -> str:
        return f"item_{self.base62()}"

    def response(self) -> str:
        return f"resp_{self.base62()}"

    def conversation(self) -> str:
        return f"conv_{self.base62()}"

    def function_call(self) -> str:
        return f"call_{self.base62(16)}"

    def padding(self, delta: str) -> str:
        return self.base62(OBFUSCATION_BLOCK - len(delta) % OBFUSCATION_BLOCK)


class Wire:
    """Builds server frames with fresh event ids."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids

    def frame(self, kind: str, **fields: Any) -> Frame:
        return {"type": kind, "event_id": self.ids.event(), **fields}

    def media(self, kind: str, response_id: str) -> Frame:
        return {"type": kind, "event_id": self.ids.media_event(), "response_id": response_id}

    def delta(self, kind: str, delta: str, **fields: Any) -> Frame:
        return self.frame(kind, **fields, delta=delta, obfuscation=self.ids.padding(delta))

    def item(self, kind: str, previous: str | None, item: Frame) -> Frame:
        return self.frame(f"conversation.item.{kind}", previous_item_id=previous, item=dict(item))

    def dtmf(self, key: str, received_at: int) -> Frame:
        """The one event without an event id."""
        return {
            "type": "input_audio_buffer.dtmf_event_received",
            "event": key,
            "received_at": received_at,
        }

    def error(
        self,
        code: str | None,
        message: str,
        *,
        param: str | None = None,
        event_id: str | None = None,
    ) -> Frame:
        error = {
            "type": "invalid_request_error",
            "code": code,
            "message": message,
            "param": param,
            "event_id": event_id,
        }
        return self.frame("error", error=error)

    def rate_limits(self) -> Frame:
        tokens = {
            "name": "tokens",
            "limit": 15_000_000,
            "remaining": 14_999_361,
            "reset_seconds": 0.002,
        }
        return self.frame("rate_limits.updated", rate_limits=[tokens])


def user_audio_item(item_id: str) -> Frame:
    """Caller audio arrives complete and without words; the words follow in their own events."""
    content = [{"type": "input_audio", "transcript": None}]
    return {
        "id": item_id,
        "type": "message",
        "status": "completed",
        "role": "user",
        "content": content,
    }


def rest_error(
    message: str, code: str | None, *, kind: str = "invalid_request_error", param: str | None = None
) -> Frame:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
