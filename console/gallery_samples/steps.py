"""One run with its graph, its steps and the life of one outbox entry."""

from console.gallery_samples import frame
from console.pictures import json_lines
from console.pictures.pieces import Handle, Link, Pill, Stat, Tone, Topic
from console.pictures.runs import (
    Delivery,
    DeliveryEvent,
    GraphEdge,
    GraphNode,
    RunGraph,
    RunPage,
    Span,
    StepDetail,
    StepKind,
    StepRow,
)


def delivery() -> Delivery:
    return Delivery(
        status=Pill(text="Retrying", tone="warn"),
        events=(
            DeliveryEvent(title="Held for undo", text="10 s window, not used",
                          icon="circle-check", tone="ok", at="14:07:52"),
            DeliveryEvent(title="Queued", text="Worker crm-2", icon="circle-check", tone="ok",
                          at="14:08:02"),
            DeliveryEvent(title="Attempt 1 failed",
                          text="503 from provider. It is sent again with the same key and the same bytes.",
                          icon="circle-x", tone="bad", at="14:08:03"),
            DeliveryEvent(title="Retry scheduled", text="Attempt 2 of 6, backoff 40 s",
                          icon="loader-circle", tone="warn", at="14:08:43"),
            DeliveryEvent(title="Confirmation", text="Waiting for provider message id",
                          icon="circle-dashed"),
        ),
        idempotency_key=Handle(short="obx_9f2c…77a1", full="obx_9f2c0000000077a1"),
        links=(Link(text="Retry now", href="#", icon="refresh-cw", method="post"),
               Link(text="Cancel action", href="#", look="reject", method="post")),
    )  # fmt: skip


def graph() -> RunGraph:
    done = (
        ("call", "Call", "4 min 12 s"),
        ("evidence", "Evidence", "9 items"),
        ("summary", "Summary", "Edited, version 2"),
        ("handoff", "Handoff", "Declined by caller"),
        ("proposal", "Proposal", "PRO-2214"),
        ("approval", "Approval", "Lena F., 6 min"),
        ("crm", "CRM update", "Confirmed 14:08:03"),
    )
    pairs = ("call evidence", "evidence summary", "evidence handoff", "summary proposal",
             "handoff proposal", "proposal approval", "approval crm")  # fmt: skip
    edges = tuple(
        GraphEdge(source=pair.split()[0], target=pair.split()[1], done=True) for pair in pairs
    )
    return RunGraph(
        nodes=(
            *(GraphNode(key=k, title=t, note=n, state="done", href=f"?step={k}") for k, t, n in done),
            GraphNode(key="mail", title="Follow-up email", note="Retrying, attempt 2 of 6",
                      state="waiting", href="?step=mail", selected=True),
        ),
        edges=(*edges, GraphEdge(source="approval", target="mail")),
        words="The run as a graph. The steps table below says the same in words.",
    )  # fmt: skip


def row(
    number: int, title: str, icon: str, kind: StepKind, start: float, length: float, took: str,
    result: str, *, depth: bool = True, tone: Tone = "ok", glyph: str = "circle-check",
) -> StepRow:  # fmt: skip
    return StepRow(
        key=f"s{number}", order=f"{number:03d}", title=title, icon=icon, href=f"?step=s{number}",
        took=took, result=result, result_tone=tone, result_icon=glyph, depth=1 if depth else 0,
        handle=Handle(short=f"RUN-4821/{number}", full=f"agent-run://northwind/RUN-4821/{number}"),
        span=Span(zone="after" if start >= 1 else "call", start=start % 1, length=length, kind=kind),
        api_name=title if "." in title else "", current=number == 10,
    )  # fmt: skip


def rows() -> tuple[StepRow, ...]:
    return (
        row(1, "Call connected", "phone", "call", 0, 0.99, "252 s", "Complete", depth=False),
        row(2, "Look up contact", "database", "tool", 0.02, 0.001, "240 ms", "1 match"),
        row(3, "voice.answer_account_question", "sparkles", "agent", 0.16, 0.02, "3.1 s",
            "Answered"),
        row(4, "Escalation · pricing commitment", "shield-alert", "human", 0.6, 0.001, "0 ms",
            "Offered a person", tone="warn", glyph="circle-alert"),
        row(5, "Handoff declined by caller", "user", "human", 0.65, 0.05, "12 s", "Call back"),
        row(6, "voice.summarize_call", "file-text", "agent", 1, 0.16, "4.6 s",
            "Edited by Olive B.", depth=False),
        row(7, "crm.propose_customer_update", "package-check", "agent", 1.18, 0.16, "1.4 s",
            "PRO-2214, medium risk", depth=False),
        row(8, "Approval by support_lead", "user-check", "human", 1.36, 0.26, "6 min 12 s",
            "Approved by Lena F."),
        row(9, "crm.update_contact", "send", "outbox", 1.64, 0.16, "810 ms", "Confirmed"),
        row(10, "resend.send_followup_email", "mail", "outbox", 1.82, 0.16, "attempt 2 of 6",
            "Retrying in 38 s", tone="warn", glyph="loader-circle"),
    )  # fmt: skip


def run(*, chosen: bool = False) -> RunPage:
    return RunPage(
        title="Project intake, Dana Whitfield",
        handle=Handle(short="agent-run://nw/RUN-4821", full="agent-run://northwind/RUN-4821"),
        status=Pill(text="1 action retrying", tone="warn", icon="repeat"),
        strip=(
            Stat(label="Started", value="21 Nov 2026, 13:58:40 GMT"),
            Stat(label="Call", value="4 min 12 s"),
            Stat(label="Outcome", value="6 of 6 fields", tone="ok", icon="circle-check"),
            Stat(label="Evidence", value="9 items"),
            Stat(label="Approval", value="Lena F., support lead"),
            Stat(label="Actions", value="1 confirmed", tone="ok", icon="circle-check",
                 also=(Stat(label="", value="1 retrying", tone="warn", icon="loader-circle"),)),
            Stat(label="Kept until", value="20 Nov 2028"),
        ),
        steps=rows(),
        topic=Topic(name="run:4821", after=64),
        as_of=frame.clock(seconds=1),
        graph=graph(),
        links=(Link(text="Call", href="/dev/ui/call/", icon="phone"),),
        detail_chosen=chosen,
        detail=StepDetail(
            title="resend.send_followup_email",
            delivery=delivery(),
            arguments=json_lines.lines({
                "to": "d.•••@whitfieldholdings.example",
                "template": "inspection_followup",
                "proposal": "PRO-2214",
                "evidence": ["evidence://nw/CALL-6993/016"],
            }),
            checkpoint=(
                Stat(label="Sequence", value="10 of 10"),
                Stat(label="Recorded", value="14:08:03.114 GMT"),
                Stat(label="Payload hash", value="9f2c…77a1"),
            ),
            close_href="?",
        ),
    )  # fmt: skip
