"""The page of one call, the calls list, the runs list and the outbox."""

from dataclasses import replace

from console.gallery_samples import call, frame, steps
from console.pictures.calls import (
    CallList,
    CallListRow,
    CallPage,
    Citation,
    OutcomeCard,
    ProposalLink,
    Sentence,
    SummaryForm,
    SummarySection,
    SummaryVersion,
)
from console.pictures.diffs import merged
from console.pictures.outbox import OutboxGroup, OutboxPage, OutboxRow
from console.pictures.pieces import Cursor, Handle, Link, Pill, Stat, Topic
from console.pictures.promises import PromiseForms, PromiseRow, PromisesOfCall
from console.pictures.runs import RunList, RunListRow


def cite(number: int) -> tuple[Citation, ...]:
    return (Citation(number=number, href="#turn-0236", title="Dana Whitfield at 02:36"),)


def sections() -> tuple[SummarySection, ...]:
    return (
        SummarySection(
            key="reason", title="Reason for the call", edit_href="?edit=reason",
            source=Pill(text="From the agent", tone="agent"),
            sentences=(
                Sentence(text="Boiler failed its inspection and a second unit is leaking.",
                         citations=cite(1)),
                Sentence(text="Work is at 118 Calder St, Unit B, Leeds.", citations=cite(2)),
            ),
        ),
        SummarySection(
            key="agreed", title="What was agreed", editing=True,
            text="Call back before 2 December to arrange a visit. Written estimate by text to the "
            "number ending 181. No price was quoted.",
        ),
        SummarySection(
            key="budget", title="Budget", source=Pill(text="Edited by Olive B.", tone="info"),
            sentences=(Sentence(text="Around 7,000 to 8,000, not approved yet.",
                                citations=cite(3)),),
            changes=merged("Around 8,000, approved.", "Around 7,000 to 8,000, not approved yet."),
        ),
        SummarySection(
            key="next", title="Next step", edit_href="?edit=next",
            sentences=(Sentence(text="Estimates to text a written estimate.", citations=cite(4)),
                       Sentence(text="Dana prefers mornings.", needs_quote=True)),
            note="Last sentence has no quote behind it. Add a quote or remove it.",
        ),
    )  # fmt: skip


def promise() -> PromiseRow:
    return PromiseRow(
        key="0352", order="0", text="A written estimate tomorrow", by="Agent", channel="E-mail",
        channel_icon="mail", type="At a set time", due="tomorrow", due_at=frame.clock(minutes=-600),
        sla=Pill(text="10 h left", tone="ok", icon="clock"), clock="03:52", href="#turn-0352",
        quote="or send you a written estimate tomorrow",
        status=Pill(text="Nothing backs this", tone="bad", icon="circle-alert"),
        forms=PromiseForms(action="#", page="call", propose="Propose the e-mail", settle=True,
                           take=True),
    )  # fmt: skip


def call_page() -> CallPage:
    intake = call.intake()
    return CallPage(
        name=call.DANA,
        handle=Handle(short="CALL-6993", full="agent-run://northwind/CALL-6993"),
        facts=("21 Nov 2026, 13:58 GMT", "4 min 12 s"),
        lines=call.lines()[:-1],
        sections=sections(),
        intake=replace(intake, fields=intake.fields[:4]),
        as_of=frame.clock(seconds=1),
        summary_status=Pill(text="Draft, version 2", tone="warn", icon="pencil"),
        form=SummaryForm(
            edit_action="#", approve_action="#", base_version=2, can_edit=True,
            approve_off_reason="1 sentence needs a quote", discard_href="?", compare_href="?v=1",
        ),
        outcome=OutcomeCard(
            status=Pill(text="Complete", tone="ok", icon="circle-check"),
            rows=(
                Stat(label="Result", value="Callback requested"),
                Stat(label="Department", value="Estimates"),
                Stat(label="Satisfaction", value="Not stated"),
                Stat(label="Escalation", value="Pricing, offered a person"),
                Stat(label="Next action", value="Send follow-up"),
            ),
        ),
        versions=(
            SummaryVersion(text="Version 2, draft", note="Olive B., 2 sections", icon="pencil",
                           at=frame.clock(seconds=30), href="?v=2", current=True),
            SummaryVersion(text="Version 1", note="voice.summarize_call", href="?v=1",
                           at=frame.clock(minutes=10)),
        ),
        promised=PromisesOfCall(rows=(promise(),), blocked="1 promise keeps this call from being "
                                "complete: nothing backs it, or it is broken."),
        proposals=(
            ProposalLink(handle=frame.PROPOSAL, title="Update contact Dana Whitfield",
                         status=Pill(text="Waiting", tone="warn"), href="/dev/ui/approvals/"),
        ),
        audio_text="This workspace keeps no recording. Transcript and evidence are kept until "
        "20 Nov 2028.",
        run_href="/dev/ui/run/",
        back_href="/dev/ui/calls/",
    )  # fmt: skip


def calls() -> CallList:
    row = CallListRow(
        key="CALL-6993", href="/dev/ui/call/", when=frame.clock(minutes=14), caller=call.DANA,
        direction="Inbound", line="+44 20 7946 0812", workflow="Project intake v12",
        outcome=Pill(text="Callback requested", tone="ok"), record_text="6 of 6",
        summary=Pill(text="Draft", tone="warn"), proposals_text="1 waiting", length="4 min 12 s",
    )  # fmt: skip
    other = replace(row, key="CALL-6992", caller="Teresa Amaya", record_text="4 of 6",
                    outcome=Pill(text="Ended by caller"), proposals_text="",
                    summary=Pill(text="Approved", tone="ok"), length="1 min 3 s")  # fmt: skip
    return CallList(
        rows=(row, other, *(replace(other, key=f"CALL-{n}") for n in range(6980, 6990))),
        as_of=frame.clock(seconds=1),
        filters=(Link(text="All", href="?", current=True),
                 Link(text="Needs summary", href="?state=needs_summary", count=3)),
        count_text="86 calls",
        cursor=Cursor(more_href="?after=x", more_text="Load 50 more"),
    )  # fmt: skip


def runs() -> RunList:
    row = RunListRow(
        key="RUN-4821", href="/dev/ui/run/", title="Project intake, Dana Whitfield",
        handle=frame.RUN, status=Pill(text="1 action retrying", tone="warn", icon="repeat"),
        started=frame.clock(minutes=14), length="4 min 12 s", outcome="6 of 6 fields",
        steps_text="10", actions_text="1 confirmed, 1 retrying",
    )  # fmt: skip
    done = replace(row, key="RUN-4820", title="Service booking, Teresa Amaya",
                   status=Pill(text="Done", tone="ok", icon="circle-check"))  # fmt: skip
    return RunList(rows=(row, done), as_of=frame.clock(seconds=1), count_text="412 runs")


def outbox() -> OutboxPage:
    row = OutboxRow(
        key="OBX-1", order="1", href="/dev/ui/run/", title="Follow-up email",
        api_name="resend.send_followup_email", recipient="d.•••@whitfieldholdings.example",
        status=Pill(text="Retrying", tone="warn", icon="repeat"),
        text="503 from provider. It is sent again with the same key and the same bytes.",
        at=frame.clock(minutes=4), attempts_text="Attempt 2 of 6, next in 38 s", icon="mail",
        handle=Handle(short="OBX-9f2c77a1", full="agent-run://northwind/OBX-9f2c77a1"),
        proposal=frame.PROPOSAL, run=frame.RUN,
        links=(Link(text="Retry now", href="#", icon="refresh-cw", method="post"),
               Link(text="Cancel action", href="#", look="reject", method="post")),
        delivery=steps.delivery(),
    )  # fmt: skip
    needs = replace(row, key="OBX-0", status=Pill(text="Needs you", tone="bad", icon="circle-x"),
                    text="The mail provider refused the address", attempts_text="6 attempts")  # fmt: skip
    done = replace(row, key="OBX-2", title="Update contact in CRM", api_name="crm.update_contact",
                   recipient="Northwind CRM", text="Accepted", icon="database", links=(),
                   status=Pill(text="Confirmed", tone="ok", icon="circle-check"),
                   attempts_text="1 attempt", external_id="crm_8812")  # fmt: skip
    return OutboxPage(
        groups=(
            OutboxGroup(key="needs_you", title="Needs you", rows=(needs,)),
            OutboxGroup(key="retrying", title="Retrying", rows=(row,)),
            OutboxGroup(key="confirmed", title="Recently confirmed", rows=(done,)),
        ),
        topic=Topic(name="outbox", after=0),
        as_of=frame.clock(seconds=1),
    )
