"""Northwind Heating: a heating service that takes project enquiries by telephone."""

from typing import Any

from console.demo.northwind_rules import DISPATCH, MAIL, POLICY, UPDATE
from runs.releases import (
    ActionConfig,
    AgentProfile,
    Content,
    Destination,
    Field,
    Objective,
    Topic,
    Trigger,
    WorkflowSpec,
)

SLUG = "northwind"
NAME = "Northwind Heating"
LINE = "+441614960100"

_TASK = "desk.create_task"
_WAYS = ("phone", "sms", "email")

_INSTRUCTIONS = """\
You take enquiries for Northwind Heating, a heating service near Manchester. Be warm, brief and plain. \
Your job is a complete record: what is wrong, where, by when, who decides, how tight the money is, and \
how the caller wants to hear back. You do not diagnose, you do not quote, you do not promise a visit."""

OBJECTIVE = Objective(
    title="Project intake",
    fields=(
        Field(key="problem", label="Problem", question="What is wrong?"),
        Field(key="location", label="Location", question="Which address is this for?"),
        Field(key="deadline", label="Deadline", type="date", question="By when must it be done?"),
        Field(
            key="budget_signal",
            label="Budget",
            type="enum",
            options=("unknown", "low", "medium", "high"),
            question="Is there a budget in mind?",
        ),
        Field(key="decision_maker", label="Decision maker", question="Who decides about this?"),
        Field(
            key="preferred_follow_up",
            label="Preferred follow-up",
            type="enum",
            options=_WAYS,
            read_back=True,
            question="Should we ring, text or e-mail you?",
        ),
        Field(key="company", label="Company", required=False, question="Are you with a company?"),
    ),
    disallowed=(
        Topic(
            key="price",
            label="Quote or commit to a price",
            patterns=(
                r"(?i)[£$€]\s?\d",
                r"(?i)\b(it|that|this) (will|would) (cost|be) (you )?(about |around |under )?"
                r"(\d|a hundred|two hundred|a thousand)",
            ),
        ),
        Topic(
            key="legal",
            label="Make a legal commitment",
            patterns=(r"(?i)\bwe (accept|admit) (full )?(liability|responsibility)\b",),
        ),
        Topic(
            key="arrival",
            label="Promise an arrival time",
            patterns=(
                r"(?i)\b(engineer|technician|somebody|someone) will (be|arrive|come) "
                r"(there |with you )?(at|by|before) \w+",
            ),
        ),
    ),
    triggers=(
        Trigger(
            key="pricing_commitment",
            label="Wants a price commitment",
            patterns=(
                r"(?i)\b(fixed|exact|final|guaranteed) price\b",
                r"(?i)\b(confirm|promise|guarantee|commit)\b.{0,60}\b(price|cost|under|pounds|£)",
            ),
        ),
        Trigger(
            key="asks_for_person",
            label="Asks for a person",
            patterns=(
                r"(?i)\b(real|actual) (person|human)\b",
                r"(?i)\b(speak|talk) (to|with) (a |an |your )?(person|human|someone|somebody|manager)",
                r"(?i)\bput me through\b",
            ),
        ),
        Trigger(
            key="safety",
            label="Gas or carbon monoxide",
            patterns=(
                r"(?i)\bsmell(s|ing)? (of )?gas\b",
                r"(?i)\bgas leak\b",
                r"(?i)\bcarbon monoxide\b",
            ),
        ),
    ),
)

CONTENT = Content(
    workflow=WorkflowSpec(
        name="voice.customer_call_flow",
        title="Project intake",
        capabilities=(
            "voice.answer_account_question",
            "voice.summarize_call",
            "support.create_followup_task",
            "crm.propose_customer_update",
        ),
        external_actions=(UPDATE, MAIL, _TASK, DISPATCH),
        retention_days=730,
    ),
    objective=OBJECTIVE,
    agent=AgentProfile(
        name="Northwind intake",
        instructions=_INSTRUCTIONS,
        greeting="Good morning, Northwind Heating, you are speaking with the automated assistant."
        " What can we do for you today?",
    ),
    actions=(
        ActionConfig(
            key=UPDATE,
            type="update_contact",
            connection="crm",
            config={"receipt_property": "readback_receipt"},
            hold_seconds=10,
        ),
        ActionConfig(
            key=MAIL,
            type="send_email",
            connection="mail",
            config={"from": "Northwind Heating <hello@northwind.example>"},
            hold_seconds=30,
        ),
        ActionConfig(
            key=_TASK,
            type="create_task",
            connection="tasks",
            config={"queue": "callbacks"},
            hold_seconds=10,
        ),
        ActionConfig(
            key=DISPATCH,
            type="http_request",
            connection="http",
            config={
                "method": "PUT",
                "path": "/jobs/{{contact}}/wish",
                "headers": {"Authorization": "Bearer {{secret}}"},
                "body": '{"wish": "{{wish}}", "urgent": "{{urgent}}"}',
                "values": {
                    "contact": {"from": "session.customer"},
                    "wish": {"max_length": 500},
                    "urgent": {"type": "boolean", "required": False, "default": False},
                },
            },
            hold_seconds=10,
        ),
    ),
    policy=POLICY,
    destinations=(
        Destination(key="emergency_desk", label="Emergency desk", target="tel:+441614960190"),
        Destination(key="office", label="Northwind office", target="sip:office@northwind.example"),
    ),
)

# As the CRM knows them: a caller is recognised by the number.
CUSTOMERS: tuple[dict[str, Any], ...] = (
    {
        "external_id": "c-1001",
        "name": "Dana Whitfield",
        "company": "Brightwater Lettings",
        "email": "dana.whitfield@brightwater.example",
        "phones": ("+447700900118",),
    },
    {
        "external_id": "c-1002",
        "name": "Marcus Oyelaran",
        "email": "marcus@oyelaran.example",
        "phones": ("+447700900231",),
    },
    {
        "external_id": "c-1003",
        "name": "Teresa Amaya",
        "company": "Millgate Nursery",
        "email": "t.amaya@millgate.example",
        "phones": ("+447700900347",),
    },
    {
        "external_id": "c-1004",
        "name": "Priya Raman",
        "email": "priya.raman@larchclose.example",
        "phones": ("+447700900562",),
    },
    {
        "external_id": "c-1005",
        "name": "Gareth Pugh",
        "email": "gareth@pugh.example",
        "phones": ("+447700900671",),
    },
)

# What the CRM goes back to when a colleague has followed up: the next call of the same script has
# something to propose again.
FOLLOWED_UP: dict[str, dict[str, Any]] = {
    "complete_intake": {
        "id": "c-1001",
        "mobile": "+44 7700 900118",
        "preferred_channel": "",
        "followup_needed": False,
    },
    "booking_question": {"id": "c-1004", "followup_needed": False},
    "billing_question": {"id": "c-1005", "followup_needed": False},
}

# The first two begin at once: a complete record, and one that needs a person.
SCRIPTS = (
    "complete_intake",
    "missing_field_escalation",
    "booking_question",
    "caller_hangs_up",
    "billing_question",
    "noisy_line",
)
