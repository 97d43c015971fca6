"""The answers about runs, as models: what the OpenAPI document says of them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Closed: a field that is not described here fails the contract test."""

    model_config = ConfigDict(extra="forbid")


Handle = str
Moment = str


class Me(Answer):
    """Whose key this is."""

    key: str = Field(examples=["key:01981f6e-7a51-7c30-9a55-4d1f4b1b2a11"])
    name: str
    workspace: str = Field(description="Slug: the first part of every handle.")
    workspace_name: str
    roles: list[str] = Field(examples=[["integrator"]])
    scopes: list[str] = Field(description="What the roles allow.", examples=[["see_calls"]])
    expires_at: Moment | None


class CustomerRef(Answer):
    system: str = Field(examples=["crm"])
    external_id: str = Field(examples=["c-1001"])
    name: str = Field(examples=["Dana Whitfield"])


class RunHead(Answer):
    id: str = Field(examples=["RUN-7K2M9Q4T"])
    handle: Handle = Field(examples=["agent-run://northwind/RUN-7K2M9Q4T"])
    state: str
    title: str
    workflow: str = Field(examples=["voice.customer_call_flow"])
    release: int
    propose_only: bool
    customer: CustomerRef | None
    started_at: Moment
    ended_at: Moment | None
    last_number: int = Field(description="Number of the newest line of its ledger.")


class StepAnswer(Answer):
    key: str
    kind: str
    name: str
    parent: str | None
    state: str
    arguments: Any
    result: Any
    number: int | None
    started_at: Moment
    ended_at: Moment | None


class EvidenceAnswer(Answer):
    handle: Handle = Field(examples=["evidence://northwind/EVD-4T9Q2K7M"])
    source: str
    grade: str
    turn: str | None
    turn_version: int | None
    start: int | None = Field(description="First code point of the quote in the turn's text.")
    end: int | None
    system: str | None
    reference: str | None
    at: Moment


class FieldAnswer(Answer):
    key: str
    version: int
    state: str
    value: Any
    grade: str
    evidence: Handle | None
    by: str
    at: Moment


class OutcomeAnswer(Answer):
    version: int
    complete: bool
    missing: list[Any]
    end_reason: str
    escalation_reason: str | None
    recommended_next_action: str
    verdict: str | None
    record: Any
    at: Moment


class FollowedProposal(Answer):
    """As the ledger tells it: the last line about it says its state."""

    handle: Handle
    state: str
    at: Moment
    version: int | None = None
    risk: str | None = None
    rule: str | None = None
    action: str | None = None
    reference: str | None = None


class RunAnswer(RunHead):
    input: Any
    steps: list[StepAnswer]
    evidence: list[EvidenceAnswer]
    fields: list[FieldAnswer]
    outcome: OutcomeAnswer | None
    proposals: list[FollowedProposal]
    outbox: list[FollowedProposal]


class RunPage(Answer):
    data: list[RunHead]
    next_cursor: str | None = Field(description="Opaque; null on the last page.")


class EventAnswer(Answer):
    run: str = Field(examples=["RUN-7K2M9Q4T"])
    number: int
    kind: str = Field(examples=["field.recorded"])
    at: Moment
    by: str
    body: dict[str, Any] | None = Field(description="Null where it was purged.")


class EventPage(Answer):
    data: list[EventAnswer]
    last_number: int = Field(description="The newest there is: ask `after` it next.")
