"""What is not known about the provider, and what a test wants to go wrong."""

import random
from dataclasses import dataclass, fields
from typing import Any


@dataclass
class Switches:
    session_created: bool = False
    """A sideband of a phone call says session.created first."""
    close_code: int = 1000
    """How the socket ends when the client hangs up; 1006 is an abrupt end, 1005 one without a code."""
    caller_close_code: int = 1006
    """How the socket ends when the caller hangs up."""
    drop_code: int = 1006
    """How a socket ends that is lost while the call goes on."""
    transcript_delay_ms: int | None = None
    """None: 150 to 1,400 ms after the commit, by seed."""
    misheard: float = 0.0
    """Share of the caller's words that the transcriber gets wrong."""
    cut_order: str = "done_first"
    """Barge-in while generating: `done_first` or `cleared_first`."""
    audio_format: str = "audio/pcm"
    """The format that a phone call reports; audio/pcm, audio/pcmu or audio/pcma."""
    silence_transcribed: bool = True
    """The turn made of an idle timeout gets an (empty) transcript."""
    keys_are_speech: bool = False
    """The tones of the keypad also reach the voice activity detection."""
    second_sideband: str = "joins"
    """A second socket on a call `joins` the first or `replaces` it."""
    error_codes: str = "named"
    """Errors nobody has seen a code of: `named` by analogy, or `null`."""
    transcription_failed: bool = False
    refer: str = "ok_silent"
    """ok_closes, ok_silent, http_500 or http_404."""
    refer_answer_ms: int = 0
    """How long a transfer waits for its answer. Not divided by the speed."""
    ring_timeout_ms: int = 60_000
    """The caller gives up ringing. Not divided by the speed: networks do not get faster."""
    attach_timeout_ms: int = 60_000
    """A call nobody ever attached to ends. Not divided by the speed."""
    session_ms: int = 3_600_000
    """The longest session; divided by the speed."""
    tool_timeout_ms: int = 20_000
    """How long the script waits for an answer to a function call; divided by the speed."""
    patience_floor_ms: int = 3_000
    """The least real time that the script waits for its client, whatever the speed."""
    linger_ms: int = 20_000
    """How long the caller stays on the line after the script's end; divided by the speed."""
    early_404s: int = 0
    """So many sockets after the accept find no call yet."""
    webhook_signature: str = "ok"
    """ok, wrong or stale."""
    webhook_live: bool = False
    """Also announce the call as live.transport.incoming."""
    webrtc_script: str = ""
    """The script of a call that a browser creates; without one its caller is silent."""
    refuse_answers: bool = False
    """/v1/responses answers with a refusal."""
    answers_status: int = 200
    """/v1/responses answers with this status."""
    unknown_events: bool = False
    """Send an event of an unknown type after each response."""
    duplicate_frames: bool = False
    """Send each transcription.completed twice."""
    frame_delay_ms: int = 0
    """Each frame is late by up to so much, in order; divided by the speed."""
    frames_repeated: float = 0.0
    """Share of the frames that arrive twice."""
    frames_swapped: float = 0.0
    """Share of the frames that the next one overtakes."""
    frames_broken: float = 0.0
    """Share of the frames that something follows which is not JSON."""

    def change(self, wanted: dict[str, Any]) -> None:
        known = {field.name: type(getattr(Switches, field.name)) for field in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"unknown switch {name!r}; known: {', '.join(sorted(known))}")
            expected = (int, type(None)) if known[name] is type(None) else known[name]
            if known[name] is float and isinstance(value, int):
                value = float(value)
            if not isinstance(value, expected):
                raise ValueError(f"switch {name!r} does not take {value!r}")
            setattr(self, name, value)

    def draw(self, seed: int) -> None:
        """What nobody knows of the provider, one way or the other."""
        draw = random.Random(f"switches:{seed}")
        self.session_created = draw.random() < 0.5
        self.close_code = draw.choice((1000, 1005, 1006))
        self.caller_close_code = draw.choice((1000, 1005, 1006))
        self.transcript_delay_ms = draw.choice((None, 0, 1_500, 8_000))
        self.misheard = draw.choice((0.0, 0.0, 0.08))
        self.cut_order = draw.choice(("done_first", "cleared_first"))
        self.audio_format = draw.choice(("audio/pcm", "audio/pcmu", "audio/pcma"))
        self.ring_timeout_ms = draw.choice((20_000, 60_000))
        self.refer = draw.choice(("ok_silent", "ok_closes"))
        self.silence_transcribed = draw.random() < 0.5
        self.keys_are_speech = draw.random() < 0.5
        self.second_sideband = draw.choice(("joins", "replaces"))
        self.error_codes = draw.choice(("named", "null"))

    def reset(self) -> None:
        for field in fields(self):
            setattr(self, field.name, getattr(Switches, field.name))
