"""How the records of a batch become rows; all in the transaction of the recorder."""

import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction

from runs import bus, ledger, redaction, topics
from runs.ids import uuid7
from runs.models import Run
from runs.people import Actor
from runs.releases import Content
from voice import calls, intake, keypad_record, transcripts, withdrawal
from voice.models import Call, Turn
from voice.models.call import CallState
from voice.switchboard import commands, results
from voice.switchboard.claims import Claim
from voice.switchboard.inputs import FrameRow

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Subject:
    """The rows of a call that its owner holds in memory while it lives."""

    claim: Claim
    call: Call
    run: Run
    content: Content


@dataclass(slots=True)
class Batch:
    """What one call wants to have kept."""

    subject: Subject
    frames: list[FrameRow]
    records: list[results.Record]
    events: int = 1


@dataclass(slots=True)
class Writing:
    """One transaction in the making. `steady_ms` is the process's own clock at `at`."""

    at: datetime
    steady_ms: int
    by: Actor
    fences: dict[uuid.UUID, int]
    lines: list[ledger.Line] = field(default_factory=list)
    finals: list[tuple[Subject, Turn]] = field(default_factory=list)
    messages: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    parts: list[transcripts.Part] = field(default_factory=list)

    def moment(self, at_ms: int) -> datetime:
        """When it arrived, by the database's clock."""
        return self.at - timedelta(milliseconds=max(0, self.steady_ms - at_ms))

    def write(self, batches: list[Batch]) -> None:
        self._frames(batches)
        for batch in batches:
            for record in batch.records:
                self._record(batch.subject, record)
        self._keep_parts()
        self._append()
        if self.messages:
            bus.publish_after_commit(self.messages)

    def _keep_parts(self) -> None:
        """Of all calls at once, before anything takes the parts of a turn away."""
        parts, self.parts = self.parts, []
        transcripts.add_parts(parts, at=self.at)

    def _append(self) -> None:
        """Number what is waiting, then look into final turns: what follows from a line stands after it."""
        lines, self.lines = self.lines, []
        ledger.append_many(lines, by=self.by, at=self.at, fences=self.fences)
        finals, self.finals = self.finals, []
        for subject, turn in finals:
            self._look_into(subject, turn)

    def _frames(self, batches: list[Batch]) -> None:
        rows = [
            (
                *(uuid7(), batch.subject.claim.workspace_id, batch.subject.claim.call_id),
                *(batch.subject.claim.epoch, row.arrival, row.key, row.type, row.size),
                *(row.frame, self.moment(row.at_ms)),
            )
            for batch in batches
            for row in batch.frames
        ]
        if not rows:
            return
        columns = [list(column) for column in zip(*rows, strict=True)]
        with database.cursor() as cursor:
            cursor.execute(
                "INSERT INTO voice_providerevent (id, workspace_id, call_id, epoch, arrival,"
                " event_key, type, size, frame, at) SELECT * FROM"
                " unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::int8[], %s::int8[], %s::text[], %s::text[],"
                " %s::int4[], %s::jsonb[], %s::timestamptz[])"
                " ON CONFLICT (workspace_id, call_id, event_key) DO NOTHING",
                columns,
            )

    def _line(self, subject: Subject, kind: str, **body: object) -> None:
        self.lines.append(ledger.Line(subject.claim.run_id, kind, body))

    def _record(self, subject: Subject, record: results.Record) -> None:
        match record:
            case results.Line():
                self._line(subject, record.kind, **record.body)
            case results.TurnOpened():
                self._open(subject, record)
            case results.TurnPart():
                self._part(subject, record)
            case results.TurnChanged():
                self._change(subject, record)
            case results.TurnRedacted():
                self._redact(subject, record)
            case results.TurnMoved():
                transcripts.move(record.turn_id, record.position)
                self._amend(subject, record, "position")
            case _:
                self._about_call(subject, record)

    def _about_call(self, subject: Subject, record: results.Record) -> None:
        call = subject.call
        match record:
            case results.VoiceState():
                self._update(call, voice_state=record.state, voice_state_at=self.at)
                self._tell(subject, {"voice_state": record.state})
                wall = topics.listing(call.workspace_id, "wall")
                self.messages.append((wall, {"run": str(call.run_id), "voice": record.state}))
            case results.Attention():
                # What brought a person in before stays the reason.
                calm = Call.objects.filter(id=call.id)
                calm = calm if record.urgent else calm.filter(attention="")
                calm.update(attention=record.code[:40], attention_at=self.at)
                self._line(subject, "call.flagged", call=call.public_id, code=record.code)
            case results.Answered():
                self._update(call, state=CallState.LIVE, answered_at=self.at)
            case results.Gapped():
                self._update(call, gapped=True)
                place = {"position": record.position, "seconds": record.seconds}
                self._line(subject, "gap.noted", call=call.public_id, code=record.code, **place)
            case results.Collected():
                self._append()
                self._collect(subject, record)
            case results.Commanded():
                kind, body = commands.note(record, self.at)
                if kind:
                    self._line(subject, kind, **body)
            case results.Ended():
                self._append()
                state = CallState(record.state)
                calls.end(call, reason=record.reason, by=self.by, at=self.at, state=state)
            case results.Missed():
                self._append()
                calls.miss(call, reason=record.reason, by=self.by, at=self.at)

    def _collect(self, subject: Subject, record: results.Collected) -> None:
        body = {"field": record.field, "count": record.count, "sensitivity": record.sensitivity}
        place = {"position": record.position, "state": record.ended}
        self._line(subject, "keypad.collected", **body, **place)
        self._append()
        typed = keypad_record.Typed(
            *(record.call_id, record.field, record.sensitivity, record.ended),
            *(record.count, record.kept, record.matches),
        )
        keypad_record.keep(subject.run, subject.content, typed, by=self.by, at=self.at)

    def _open(self, subject: Subject, record: results.TurnOpened) -> None:
        transcripts.reserve(
            subject.call,
            record.turn_id,
            item_id=record.item_id,
            speaker=record.speaker,
            position=record.position,
            at=self.moment(record.at_ms),
        )
        place = {"turn": str(record.turn_id), "position": record.position}
        self._line(subject, "turn.opened", speaker=record.speaker, **place)

    def _part(self, subject: Subject, record: results.TurnPart) -> None:
        if record.anew:
            self._keep_parts()
            transcripts.drop_parts(record.turn_id)
        workspace_id = subject.claim.workspace_id
        self.parts.append(transcripts.Part(workspace_id, record.turn_id, record.part, record.text))
        part = {
            "turn": str(record.turn_id),
            "part": record.part,
            "text": record.whole,
            "speaker": record.speaker,
            "position": record.position,
        }
        self._tell(subject, part)

    def _change(self, subject: Subject, record: results.TurnChanged) -> None:
        self._keep_parts()
        turn = transcripts.change(
            record.turn_id,
            state=record.state,
            text=record.text,
            version=record.version,
            reason=record.reason,
            heard_chars=record.heard_chars,
            cut_at_ms=record.cut_at_ms,
            at=self.at,
        )
        place = {"turn": str(record.turn_id), "position": record.position}
        if record.state == "unavailable":
            self._line(subject, "turn.unavailable", code=record.code, **place)
        elif record.reason == "cut":
            self._line(
                subject,
                "turn.cut",
                version=record.version,
                heard_chars=record.heard_chars or 0,
                at_ms=record.cut_at_ms or 0,
                **place,
            )
        elif record.reason == "repaired":
            self._amend(subject, record, "repaired")
        else:
            body = {"version": record.version, "state": record.state, "speaker": record.speaker}
            self._line(subject, "turn.finished", **body, **place)
        if record.state in ("final", "cut"):
            self.finals.append((subject, turn))

    def _redact(self, subject: Subject, record: results.TurnRedacted) -> None:
        transcripts.redact(
            record.turn_id,
            text=record.text,
            version=record.version,
            hits=record.hits,
            at=self.at,
        )
        place = {"turn": str(record.turn_id), "position": record.position}
        self._line(subject, "turn.redacted", version=record.version, **place)
        numbers = {(hit.kind, hit.number) for hit in record.hits if hit.number}
        parts = [redaction.Part(kind, number) for kind, number in sorted(numbers)]
        found = withdrawal.take_out(subject.run, parts)
        self._append()
        found += withdrawal.take_back(subject.run, parts, by=self.by, at=self.at)
        for what, id in found:
            self._line(subject, "record.redacted", what=what, id=id, position=record.position)

    def _amend(
        self, subject: Subject, record: results.TurnMoved | results.TurnChanged, reason: str
    ) -> None:
        place = {"turn": str(record.turn_id), "position": record.position}
        self._line(subject, "turn.amended", version=record.version, reason=reason, **place)

    def _look_into(self, subject: Subject, turn: Turn) -> None:
        """Triggers and waiting quotes. A fault there must not cost the transcript."""
        try:
            with transaction.atomic():
                intake.turn_final(
                    *(subject.run, subject.call, turn, subject.content), by=self.by, at=self.at
                )
        except Exception:
            logger.exception("intake failed in call %s", subject.call.public_id)

    def _tell(self, subject: Subject, part: dict[str, object]) -> None:
        claim = subject.claim
        topic = topics.run(claim.workspace_id, claim.run_id)
        self.messages.append((topic, {"run": str(claim.run_id), "part": part}))

    def _update(self, call: Call, **changes: object) -> None:
        Call.objects.filter(id=call.id).update(**changes)
        for name, value in changes.items():
            setattr(call, name, value)
