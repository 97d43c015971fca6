"""Answers and bodies about proposals and effects, as models: what the OpenAPI document says of them."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from runs.api.answers import Answer, CustomerRef, EvidenceAnswer, Handle, Moment


class Verb(Answer):
    """Whether this key may do it now; `code` says why not."""

    allowed: bool
    code: str | None


class ChangeAnswer(Answer):
    field: str
    label: str
    before: Any = Field(description="The value that the far side held when it was read.")
    after: Any
    evidence: list[Handle]


class EffectAnswer(Answer):
    action: str = Field(examples=["crm.update_contact"])
    arguments: dict[str, Any]
    follows: bool = Field(description="Not sent before the effect above it is confirmed.")


class VersionAnswer(Answer):
    version: int
    digest: str = Field(description="What a decision has to name: SHA-256, hex.")
    title: str
    reason: str
    changes: list[ChangeAnswer]
    effects: list[EffectAnswer]
    before: dict[str, Any]
    before_read_at: Moment | None
    author: str
    at: Moment


class DecisionAnswer(Answer):
    decision: str
    version: int
    by: str
    role: str
    reason_code: str | None
    note: str | None
    at: Moment
    undone_at: Moment | None


class ProposalHead(Answer):
    id: str = Field(examples=["PRO-7K2M9Q4T"])
    handle: Handle = Field(examples=["wrp://northwind/PRO-7K2M9Q4T"])
    state: str
    action: str
    risk: Literal["low", "medium", "high"]
    rule: str = Field(description="The rule of the policy that fired.")
    role: str = Field(description="Who decides first.")
    given: int = Field(description="How many have said yes to this version.")
    needed: int = Field(description="How many different people have to.")
    version: int
    customer: CustomerRef | None
    run: Handle
    proposed_at: Moment
    approve_by: Moment = Field(description="Undecided until then: it expires.")
    execute_by: Moment = Field(description="Not begun until then: it is not sent any more.")
    decided_at: Moment | None
    decided_by: str | None


class ProposalPage(Answer):
    data: list[ProposalHead]
    next_cursor: str | None


class EntryHead(Answer):
    id: str = Field(examples=["OBX-7K2M9Q4T"])
    handle: Handle = Field(examples=["outbox://northwind/OBX-7K2M9Q4T"])
    state: str
    reason: str | None
    action: str
    action_type: str
    idempotency: str = Field(description="What the receiver offers: key, natural, lookup, none.")
    idempotency_key: str = Field(description="Sent on every try.")
    target: str
    run: Handle
    proposal: Handle | None
    after: Handle | None = Field(description="The effect that has to be confirmed first.")
    policy_rule: str | None = Field(description="What allowed it where no person did.")
    held: bool
    hold_until: Moment
    available_at: Moment
    execute_by: Moment
    attempts: int
    created_at: Moment
    finished_at: Moment | None


class EntryPage(Answer):
    data: list[EntryHead]
    next_cursor: str | None


class AttemptAnswer(Answer):
    number: int
    started_at: Moment
    wired_at: Moment | None = Field(description="From here on it may have had its effect.")
    ended_at: Moment | None
    verdict: str | None
    status: int | None = Field(description="HTTP status of the receiver.")
    answer: str | None = Field(description="What came back: redacted, at most 4,096 characters.")
    error: str | None


class ReversalAnswer(Answer):
    """What would take a confirmed effect back; prepared when it was confirmed."""

    reversible: bool
    why: str | None = Field(description="Why not.")
    changes: list[ChangeAnswer]
    proposal: Handle | None = Field(description="What was proposed of it already.")


class EntryAnswer(EntryHead):
    arguments: dict[str, Any] | None = Field(
        description="Frozen when it was allowed; null: purged."
    )
    request_digest: str
    result: Any
    tries: list[AttemptAnswer]
    reversal: ReversalAnswer
    verbs: dict[str, Verb]


class RemarkAnswer(Answer):
    kind: Literal["comment", "question", "answer", "taken"]
    text: str
    taken_from: str | None = Field(description="Kind `taken`: who had the review before.")
    by: str
    at: Moment


class DifferenceAnswer(Answer):
    field: str
    shown: Any
    now: Any
    wanted: Any


class CurrentAnswer(Answer):
    """`failed` says why nothing could be read; then nothing is known about the values."""

    values: dict[str, Any]
    read_at: Moment | None
    failed: str | None
    differences: list[DifferenceAnswer] = Field(description="Changed since it was shown.")
    unread: list[DifferenceAnswer] = Field(
        description="Not known when it was proposed: to be taken over before anybody approves."
    )


class PauseAnswer(Answer):
    action: str | None = Field(description="Null: all actions.")
    mode: Literal["pause", "drain"]
    reason: str
    by: str
    at: Moment
    in_flight: int
    waiting: int


class PauseList(Answer):
    data: list[PauseAnswer]


class ProofAnswer(EvidenceAnswer):
    """What speaks for a change; what was said later, in another run, may have joined."""

    run: Handle = Field(description="Where it was said.")
    quote: str | None = Field(
        description="The caller's words; null: nobody's words, or not in the record any more."
    )


class ProposalAnswer(ProposalHead):
    snoozed_until: Moment | None
    reviewer: str | None = Field(description="Who says to be reviewing it now.")
    remarks: list[RemarkAnswer]
    versions: list[VersionAnswer]
    evidence: list[ProofAnswer]
    decisions: list[DecisionAnswer]
    outbox: list[EntryHead]
    verbs: dict[str, Verb]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Nothing(Body):
    """No body, or an empty object."""


class Words(Body):
    text: str = Field(min_length=1, max_length=2000)


class Until(Body):
    until: str = Field(max_length=40, examples=["2026-11-25T15:00:00Z"])


class PauseBody(Body):
    mode: Literal["pause", "drain"]
    action: str = Field("", max_length=80, description="Empty: all actions.")
    reason: str = Field(min_length=1, max_length=300)


class Shown(Body):
    """What was on the screen: a decision about anything else is refused."""

    version: int = Field(ge=1)
    digest: str = Field(pattern=r"^[0-9a-fA-F]{64}$")


class Rejection(Shown):
    reason_code: Literal["wrong_value", "no_evidence", "wrong_person", "not_wanted", "other"]
    note: str = Field("", max_length=500)


class ChangeBody(Body):
    field: str
    label: str
    before: Any = None
    after: Any = None
    evidence: list[str] = Field([], description="Handles or public ids (EVD-…).")


class EffectBody(Body):
    action: str
    arguments: dict[str, Any]
    follows: bool = False


class EditBody(Body):
    """A whole new version in the place of `base_version`; JSON types are kept."""

    base_version: int = Field(ge=1)
    title: str = Field(min_length=1, max_length=200)
    reason: str = Field("", max_length=1000)
    changes: list[ChangeBody] = []
    effects: list[EffectBody] = Field(min_length=1)


class Resolution(Body):
    """What is known about an effect in doubt. `send_again` needs a person."""

    resolution: Literal["it_happened", "drop", "send_again"]
    evidence: str = Field("", max_length=500, description="it_happened: what proves it.")
