"""The answers about calls, as models: what the OpenAPI document says of them."""

from typing import Any, Literal

from pydantic import ConfigDict, Field, RootModel

from runs.api.answers import (
    Answer,
    CustomerRef,
    FieldAnswer,
    Handle,
    Moment,
    OutcomeAnswer,
)


class Caller(Answer):
    number: str | None = Field(
        description="Masked to its last digits unless the key may see numbers.", examples=["…118"]
    )
    name: str | None


class HeaderNote(Answer):
    header: str = Field(examples=["x-vars"])
    code: str = Field(examples=["cut", "redacted", "not_integer"])
    name: str | None = Field(default=None, description="The variable, where it is about one.")
    length: str | None = Field(default=None, description="How long it was before it was cut.")
    value: str | None = Field(default=None, description="What was sent and refused.")


class Match(Answer):
    turn: str
    position: int
    speaker: Literal["caller", "agent", "person"]
    text: str = Field(description="The sentence that was looked for.")


class CallHead(Answer):
    id: str = Field(examples=["CALL-7K2M9Q4T"])
    handle: Handle = Field(examples=["call://northwind/CALL-7K2M9Q4T"])
    external_id: str | None = Field(description="The uid of the caller's own system (x-uid).")
    state: str
    voice_state: str
    direction: Literal["inbound"]
    origin: str
    test: bool
    caller: Caller
    called_number: str | None
    customer: CustomerRef | None
    variables: dict[str, Any]
    header_notes: list[HeaderNote] = Field(
        description="What was cut, refused or taken out of the headers that came with the call."
    )
    run: Handle = Field(examples=["agent-run://northwind/RUN-7K2M9Q4T"])
    workflow: str
    release: int
    attention: str | None = Field(description="Why a person is wanted, if one is.")
    gapped: bool = Field(description="A stretch of the transcript is missing, and is marked.")
    rang_at: Moment
    answered_at: Moment | None
    ended_at: Moment | None
    duration_seconds: int | None
    end_reason: str | None
    outcome: OutcomeAnswer | None
    match: Match | None = Field(description="Where it was said; only with `words`.")


class PromiseAnswer(Answer):
    text: str
    kind: str
    due: str | None
    due_at: Moment | None
    state: str = Field(description="What stands behind it.", examples=["unbacked"])
    backing: Handle | None = Field(description="The effect or proposal that it rests on.")
    evidence: Handle | None
    at: Moment


class SentenceAnswer(Answer):
    text: str
    evidence: list[Handle] = Field(description="Empty: nothing in the call supports it.")


class SectionAnswer(Answer):
    key: str
    sentences: list[SentenceAnswer]


class SummaryAnswer(Answer):
    version: int
    state: str
    by: str
    at: Moment
    sections: list[SectionAnswer]


class CallAnswer(CallHead):
    fields: list[FieldAnswer]
    promises: list[PromiseAnswer]
    summary: SummaryAnswer | None


class CallPage(Answer):
    data: list[CallHead]
    next_cursor: str | None


class TurnAnswer(Answer):
    id: str
    position: int
    speaker: str
    state: str
    version: int
    text: str = Field(description="What was said, or generated to be said.")
    heard: str = Field(description="What the other side heard of it.")
    cut_at_ms: int | None
    started_at: Moment
    finished_at: Moment | None


class Transcript(Answer):
    call: str
    state: str
    gapped: bool
    data: list[TurnAnswer]
    next_after: int | None = Field(description="Null on the last page.")
    last_number: int


class Envelope(Answer):
    """What the gate answered. Which handles are there depends on `status`."""

    status: Literal["done", "queued", "waiting"]
    run: Handle | None = None
    result: dict[str, Any] | None = Field(None, description="done: what the capability gave.")
    entry: Handle | None = Field(None, description="queued: policy allowed it; the effect.")
    proposal: Handle | None = Field(None, description="waiting: a person decides.")
    risk: str | None = None
    rule: str | None = Field(None, description="The rule of the policy that fired.")
    role: str | None = None


class Result(Answer):
    """With `response_envelope: false`: the capability's own result, as it is."""

    model_config = ConfigDict(extra="allow")


class EnvelopeOrResult(RootModel[Envelope | Result]):
    """The envelope, or with `response_envelope: false` the result alone."""


class HandleAnswer(Answer):
    handle: Handle
    kind: Literal["run", "evidence", "proposal", "call", "effect"]
    html_url: str = Field(description="The page for people, after signing in.")
    api_url: str | None = Field(description="Where the API tells more of it.")
    data: dict[str, Any] = Field(description="What `api_url` gives, or the evidence itself.")
