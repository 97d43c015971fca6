"""Harbor Dental: another business on the same installation, whose calls nobody at Northwind can see."""

from typing import Any

from runs.releases import (
    ActionConfig,
    AgentProfile,
    Content,
    Field,
    Objective,
    Policy,
    Topic,
    Trigger,
    WorkflowSpec,
)

SLUG = "harbor"
NAME = "Harbor Dental"
LINE = "+441174960200"

CONTENT = Content(
    workflow=WorkflowSpec(
        name="voice.appointment_request",
        title="Appointment request",
        capabilities=("support.create_followup_task", "voice.summarize_call"),
        external_actions=("crm.update_contact",),
    ),
    objective=Objective(
        title="Appointment request",
        fields=(
            Field(key="concern", label="Concern", question="What is it about?"),
            Field(key="wished_time", label="Wished time", question="When would suit you?"),
            Field(key="new_patient", label="New patient", type="boolean", required=False),
        ),
        disallowed=(Topic(key="diagnosis", label="Give a diagnosis"),),
        triggers=(
            Trigger(
                key="severe_pain",
                label="Severe pain",
                patterns=(r"(?i)\b(terrible|unbearable|severe) pain\b",),
            ),
        ),
    ),
    agent=AgentProfile(
        name="Harbor reception",
        instructions="You take appointment requests for Harbor Dental. You give no advice.",
        greeting="Harbor Dental, this is the automated reception. How can we help?",
        voice="cedar",
    ),
    actions=(ActionConfig(key="crm.update_contact", type="update_contact", connection="crm"),),
    policy=Policy(),
)

CUSTOMERS: tuple[dict[str, Any], ...] = ()

SCRIPT: dict[str, Any] = {
    "script": "appointment_request",
    "title": "A crown came loose",
    "caller": {"name": "Ines Moreau", "number": "+447700900814"},
    "steps": [
        {
            "do": "agent_says",
            "text": "Harbor Dental, this is the automated reception. How can we help?",
        },
        {
            "do": "caller_says",
            "text": "Good morning, a crown came loose on the left side, it does not hurt much.",
            "ms": 4800,
        },
        {
            "do": "agent_calls",
            "calls": [
                {
                    "name": "record_field",
                    "arguments": {
                        "field": "concern",
                        "value": "Loose crown on the left side",
                        "quote": "a crown came loose on the left side",
                        "grade": "stated",
                    },
                }
            ],
        },
        {"do": "agent_says", "text": "I have noted that. When would suit you?"},
        {"do": "caller_says", "text": "Thursday after four, or any time on Friday.", "ms": 3000},
        {
            "do": "agent_calls",
            "calls": [
                {
                    "name": "record_field",
                    "arguments": {
                        "field": "wished_time",
                        "value": "Thursday after four, or Friday",
                        "quote": "Thursday after four, or any time on Friday",
                        "grade": "stated",
                    },
                }
            ],
        },
        {"do": "agent_says", "text": "Thank you. A colleague rings you to agree on a time."},
        {"do": "caller_says", "text": "Lovely, bye.", "ms": 1200},
        {
            "do": "agent_calls",
            "calls": [{"name": "end_dialog", "arguments": {"reason": "completed"}}],
        },
        {"do": "agent_says", "text": "Goodbye."},
        {
            "do": "annotations",
            "outcome": {
                "fields": [],
                "escalation_reason": None,
                "recommended_next_action": "schedule_call",
                "promises": [
                    {
                        "text": "Ring to agree on a time",
                        "quote": "A colleague rings you to agree on a time",
                        "due": None,
                        "kind": "call",
                    }
                ],
            },
            "summary": [
                {
                    "key": "reason",
                    "sentences": [
                        {
                            "text": "A crown on the left side came loose; it hardly hurts.",
                            "quote": "a crown came loose on the left side, it does not hurt much",
                        }
                    ],
                },
                {
                    "key": "next_step",
                    "sentences": [
                        {
                            "text": "A colleague rings to agree on Thursday after four or Friday.",
                            "quote": "Thursday after four, or any time on Friday",
                        }
                    ],
                },
            ],
            "verdict": {"verdict": "qualified", "reasons": ["A patient with a clear request."]},
        },
    ],
}
