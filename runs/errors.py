"""Refusals: what a rule answers when it will not do as asked. A code and parameters; words are made at reading."""

from typing import Any


class Refused(Exception):
    """A rule refused. `code` is stable and machine readable; `details` carry parameters for the words."""

    code = "refused"
    status = 409

    def __init__(self, code: str | None = None, /, **details: Any) -> None:
        self.code = code or self.code
        self.details = details
        super().__init__(self.code, details)


class NotAllowed(Refused):
    """The person, key or model may not do this."""

    code = "not_allowed"
    status = 403


class NotFound(Refused):
    """There is no such thing in this workspace (nor is said whether another one has it)."""

    code = "not_found"
    status = 404


class Conflict(Refused):
    """The thing changed, or is not in a state that allows this."""

    code = "conflict"
    status = 409


class Invalid(Refused):
    """What was sent does not have the shape or the values it must have."""

    code = "invalid"
    status = 422


class Malformed(Refused):
    """What was sent cannot be read at all."""

    code = "bad_request"
    status = 400


class Superseded(Conflict):
    """Another process owns this call now: the fence of these runs moved on."""

    code = "superseded"
