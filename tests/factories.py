"""Rows that tests begin with. Each makes the least that the rules accept, in the caller's scope."""

from datetime import datetime
from typing import Any

from runs import customers, executions, people, releases, scope
from runs.ids import uuid7
from runs.models import Customer, Release, Run, Workflow
from runs.models.workspace import Workspace
from voice.models import Call, Connection, Number, Turn

OBJECTIVE = releases.Objective(
    title="Project intake",
    fields=(
        releases.Field(key="problem", label="Problem", question="What is wrong?"),
        releases.Field(key="location", label="Location", question="Which address is this for?"),
        releases.Field(key="deadline", label="Deadline", type="date"),
        releases.Field(
            key="budget_signal",
            label="Budget",
            type="enum",
            options=("unknown", "low", "medium", "high"),
        ),
        releases.Field(
            key="preferred_follow_up",
            label="Preferred follow-up",
            type="enum",
            options=("phone", "sms", "email"),
            read_back=True,
        ),
        releases.Field(key="company", label="Company", required=False),
    ),
    disallowed=(releases.Topic(key="price", label="Quote or commit to a price"),),
    triggers=(
        releases.Trigger(
            key="pricing_commitment",
            label="Pricing commitment asked",
            patterns=(r"(?i)\b(confirm|promise|guarantee)\b.*\b(price|under|cost)\b",),
        ),
    ),
)

CONTENT = releases.Content(
    workflow=releases.WorkflowSpec(
        name="voice.customer_call_flow",
        title="Project intake",
        capabilities=(
            "voice.answer_account_question",
            "voice.summarize_call",
            "support.create_followup_task",
            "crm.propose_customer_update",
        ),
        external_actions=("crm.update_contact", "resend.send_followup_email"),
    ),
    objective=OBJECTIVE,
    agent=releases.AgentProfile(
        name="Northwind intake", instructions="Take the details.", greeting="Northwind Heating."
    ),
    actions=(
        releases.ActionConfig(key="crm.update_contact", type="update_contact", connection="crm"),
        releases.ActionConfig(
            key="resend.send_followup_email",
            type="send_email",
            connection="mail",
            config={"from": "Northwind <hello@northwind.example>"},
            hold_seconds=30,
        ),
    ),
    destinations=(
        releases.Destination(key="desk", label="Service desk", target="tel:+441134960190"),
    ),
    policy=releases.Policy(
        rules=(
            releases.RiskRule(
                key="contact_data",
                words="A phone number or address changes",
                action="crm.update_contact",
                field="mobile",
                risk="medium",
            ),
        )
    ),
)


def make_release(
    workspace: Workspace, at: datetime, content: releases.Content = CONTENT
) -> Release:
    workflow = Workflow.objects.create(
        workspace=workspace, name=content.workflow.name, title=content.workflow.title, updated_at=at
    )
    admin = people.Actor("system:tests", "tests", workspace.id, frozenset({"admin"}))
    return releases.publish(workflow, content=content, by=admin, at=at)


def make_customer(workspace: Workspace, at: datetime, **fields: Any) -> Customer:
    known = {
        "system": "crm",
        "external_id": "c-1001",
        "name": "Dana Whitfield",
        "email": "dana@whitfield.example",
        "phones": ("+447700900118",),
        **fields,
    }
    return customers.upsert(workspace.id, at=at, **known)


def make_run(workspace: Workspace, at: datetime | None = None, **fields: Any) -> Run:
    at = at or scope.now()
    release = fields.pop("release", None) or make_release(workspace, at)
    by = people.system("tests", workspace.id)
    known = {"title": "Project intake, Dana Whitfield", **fields}
    return executions.start(release, by=by, at=at, **known)


def make_connection(workspace: Workspace, kind: str = "realtime", **fields: Any) -> Connection:
    return Connection.objects.create(
        workspace=workspace, kind=kind, name=kind, created_at=scope.now(), **fields
    )


def make_number(workspace: Workspace, release: Release, connection: Connection) -> Number:
    return Number.objects.create(
        workspace=workspace,
        e164="+441134960000",
        description="Main line",
        workflow=release.workflow,
        connection=connection,
    )


def make_call(run: Run, connection: Connection, at: datetime | None = None, **fields: Any) -> Call:
    at = at or scope.now()
    known = {
        "provider_call_id": f"rtc_u0_{uuid7().hex[:21]}",
        "caller_number": "+447700900118",
        "caller_name": "Dana Whitfield",
        "called_number": "+441134960000",
        "rang_at": at,
        "customer": run.customer,
        **fields,
    }
    return Call.objects.create(workspace=run.workspace, run=run, connection=connection, **known)


def make_turn(call: Call, speaker: str, text: str, **fields: Any) -> Turn:
    at = fields.pop("at", None) or scope.now()
    last = Turn.objects.filter(call=call).order_by("-position").first()
    known = {
        "item_id": f"item_{uuid7().hex[:21]}",
        "position": (last.position if last else 0) + 1024,
        "state": "final",
        "version": 1,
        "started_at": at,
        "finished_at": at,
        **fields,
    }
    return Turn.objects.create(
        workspace=call.workspace, run=call.run, call=call, speaker=speaker, text=text, **known
    )
