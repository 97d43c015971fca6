"""A step in the making: the state so far and what came out of it. Handlers change nothing else."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

from runs.redaction import Part
from voice.switchboard import keeping, positions
from voice.switchboard.inputs import Input
from voice.switchboard.results import (
    Effect,
    Line,
    Outcome,
    Record,
    TurnChanged,
    TurnMoved,
    TurnOpened,
    TurnPart,
    TurnRedacted,
    VoiceState,
)
from voice.switchboard.state import Speech, State

# Text is told in chunks of so many milliseconds.
CHUNK_MS = 250


class Draft:
    def __init__(self, state: State, event: Input, outcome: Outcome) -> None:
        self.state, self.event, self.outcome = state, event, outcome
        self.body = event.body

    def text(self, name: str) -> str:
        """A field of the event that must be a string; anything else counts as not there."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        value = self.body.get(name)
        return int(value) if isinstance(value, int | float) and 0 <= value < 2**31 else 0

    def part(self, name: str) -> dict[str, Any]:
        value = self.body.get(name)
        return value if isinstance(value, dict) else {}

    def set(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)

    def record(self, *records: Record) -> None:
        self.outcome.records.extend(records)

    def line(self, kind: str, **body: Any) -> None:
        self.record(Line(kind, body))

    def want(self, *effects: Effect) -> None:
        self.outcome.effects.extend(effects)

    def say(self, voice: str) -> None:
        """What is heard right now."""
        if voice != self.state.voice:
            self.set(voice=voice)
            self.record(VoiceState(voice))

    def put(self, speech: Speech) -> Speech:
        self.set(speeches=MappingProxyType({**self.state.speeches, speech.item_id: speech}))
        return speech

    def link(self, item_id: str) -> None:
        """Note the provider's chain: what the event says to stand before the item ('' at the beginning)."""
        before = self.body.get("previous_item_id")
        if "previous_item_id" not in self.body or (
            before is None and self.event.type == "conversation.item.done"
        ):
            return  # Some `done` say null where `added` named the real one.
        known = before if isinstance(before, str) else ""
        if item_id and self.state.before.get(item_id) != known and known != item_id:
            self.set(before=MappingProxyType({**self.state.before, item_id: known}))
        speech = self.state.speeches.get(item_id)
        if speech is not None:
            self._move(speech)

    def _move(self, speech: Speech) -> None:
        position = positions.place(self.state, speech)
        if position != speech.position:
            self.put(replace(speech, position=position))
            self.record(TurnMoved(speech.id, position, speech.version))

    def open(
        self, item_id: str, speaker: Literal["caller", "agent"], response_id: str = ""
    ) -> Speech:
        """Reserve the turn of an item; the one that is there where it was reserved before."""
        known = self.state.speeches.get(item_id)
        if known is not None:
            return known
        new = Speech(self.event.id, item_id, speaker, self.state.next_position)
        speech = replace(new, response_id=response_id)
        self.put(speech)
        speech = self.put(replace(speech, position=positions.place(self.state, speech)))
        self.record(TurnOpened(speech.id, item_id, speaker, speech.position, self.event.at_ms))
        return speech

    def hear(self, item_id: str, delta: str) -> None:
        """More text of an open turn; told at once or with the next chunk."""
        speech = self.state.speeches.get(item_id)
        if speech is None or not speech.open or not delta:
            return
        self.put(replace(speech, text=speech.text + delta, grew_ms=self.event.at_ms))
        if self.event.at_ms - speech.parted_ms >= CHUNK_MS:
            self.tell(item_id)

    def tell(self, item_id: str) -> None:
        """Send what watchers do not have yet of an open turn, and may have."""
        speech = self.state.speeches[item_id]
        safe = keeping.safe_length(speech, self.event.at_ms)
        if safe <= speech.parted or not speech.open:
            return
        shown = keeping.keep(self.state, speech, speech.text[:safe]).text
        anew = not shown.startswith(speech.told)
        chunk = shown if anew else shown[len(speech.told) :]
        told = replace(speech, parted=safe, told=shown, parted_ms=self.event.at_ms)
        if not chunk:
            self.put(told)
            return
        told = self.put(replace(told, parts=speech.parts + 1))
        place = (speech.id, speech.speaker, speech.position, told.parts)
        self.record(TurnPart(*place, chunk, shown, anew))

    def change(
        self,
        speech: Speech,
        state: str,
        text: str,
        reason: str,
        *,
        heard_chars: int | None = None,
        cut_at_ms: int | None = None,
        code: str = "",
    ) -> Speech:
        """A new version of a turn: said to its end, cut, repaired, or lost."""
        kept = keeping.keep(self.state, speech, text)
        version = speech.version + 1
        source = keeping.fingerprint(text) if kept.text != text else speech.source
        changed = self.put(
            replace(speech, state=state, text=kept.text, version=version, source=source)
        )
        self.record(
            TurnChanged(
                *(speech.id, speech.speaker, speech.position, state, version, kept.text, reason),
                heard_chars=kept.moved(heard_chars),
                cut_at_ms=cut_at_ms,
                code=code,
            )
        )
        for late in kept.late:
            self._redact(late)
        return changed

    def _redact(self, late: keeping.Late) -> None:
        """Digits of an earlier turn turned out to be part of a number."""
        speech = late.speech
        source = speech.source or keeping.fingerprint(speech.text)
        new = self.put(replace(speech, text=late.text, version=speech.version + 1, source=source))
        self.record(TurnRedacted(new.id, new.position, new.version, new.text, late.hits))
        # Fields and steps may be asked for with the same digits later on.
        parts = [Part(hit.kind, hit.number) for hit in late.hits if hit.number]
        fresh = [part for part in parts if part not in self.state.known]
        self.set(known=(*self.state.known, *fresh))
