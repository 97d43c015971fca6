"""The approvals queue with one proposal open."""

from dataclasses import replace
from datetime import timedelta

from approvals.decisions import MAX_NOTE
from console.gallery_samples import call, frame
from console.pictures.approvals import ApprovalsPage, Queue, QueueRow
from console.pictures.diffs import diff
from console.pictures.pieces import Handle, Link, Pill, Tone, Topic
from console.pictures.review import (
    ChangeRow,
    Decision,
    EffectRow,
    EvidenceCard,
    ReasonCode,
    Review,
    UndoStrip,
    WhyBox,
)

_MEDIUM = Pill(text="Medium", tone="warn")
_HIGH = Pill(text="High", tone="bad")


def row(
    number: int, title: str, text: str, minutes: int, risk: Pill, due: str, quotes: int
) -> QueueRow:
    return QueueRow(
        key=f"PRO-{number}",
        order=f"{99 - minutes:03d}",
        href="/dev/ui/approvals/",
        title=title,
        text=text,
        age=frame.ago(minutes=minutes),
        risk=risk,
        due_text=due,
        overdue=due.startswith("Overdue"),
        evidence_count=quotes,
        evidence_words=f"{quotes} quotes",
    )


def rows(*, decided: bool) -> tuple[QueueRow, ...]:
    first = row(2214, "Update contact · Dana Whitfield", "4 fields, then a follow-up email", 6,
                _MEDIUM, "24 min left", 3)  # fmt: skip
    second = row(2213, "Mark follow-up needed · Owen Burke", "1 field", 11, _MEDIUM,
                 "19 min left", 1)  # fmt: skip
    third = row(2212, "Change phone · Sato Interiors", "1 field, newer edit in the CRM", 18, _HIGH,
                "12 min left", 2)  # fmt: skip
    rest = (
        row(2211, "Create lead · Lindqvist Property AB", "New record, 7 fields, 2 unconfirmed", 22,
            _MEDIUM, "8 min left", 5),
        row(2210, "Update contact · Teresa Amaya", "2 fields", 31, _MEDIUM, "Overdue 1 min", 2),
        row(2209, "Set budget range · Hollis & Daughters", "1 field", 34, _MEDIUM,
            "Overdue 4 min", 1),
        row(2208, "Send estimate · Marcus Oyelaran", "Email to customer", 40, _HIGH,
            "Overdue 10 min", 2),
    )  # fmt: skip
    third = replace(third, conflict="Conflict", viewer=frame.OLIVE)
    if decided:
        first = replace(first, decided_text="Approved by you", decided_tone="ok",
                        progress_text="Sends in 6 s")  # fmt: skip
        second = replace(second, current=True)
    else:
        first = replace(first, current=True)
    return (first, second, third, *rest)


def changes() -> tuple[ChangeRow, ...]:
    values = (
        ("followup", "Follow-up needed", "contact.followup_needed", "No", "Yes", (1,)),
        ("channel", "Preferred channel", "contact.preferred_channel", "", "SMS", (2,)),
        ("mobile", "Mobile phone", "contact.mobile", "+44 7700 900118", "+44 7700 900181", (2,)),
        ("notes", "Notes", "contact.notes", "Prefers mornings.",
         "Prefers mornings. Inspection on 4 Dec; work must finish by 2 Dec.", (3,)),
    )  # fmt: skip
    return tuple(
        ChangeRow(key=key, label=label, api_name=name, before=diff(old, new)[0],
                  after=diff(old, new)[1], evidence=proof)
        for key, label, name, old, new, proof in values
    )  # fmt: skip


def quote(number: int, text: str, clock: str, grade: str, tail: str) -> EvidenceCard:
    return EvidenceCard(
        number=number,
        speaker=call.DANA,
        quote=text,
        clock=clock,
        grade_words=grade,
        handle=Handle(short=f"CALL-6993/{tail}", full=f"evidence://northwind/CALL-6993/{tail}"),
        moment_href="/dev/ui/call/",
    )


DECISION = Decision(
    action="#",
    digest="9f2c77a1",
    version=1,
    can_approve=True,
    can_reject=True,
    hold_text="Held 10 s. You can undo.",
    edit_href="?edit=1",
    note_limit=MAX_NOTE,
    reasons=(
        ReasonCode(code="wrong_value", text="Wrong value"),
        ReasonCode(code="no_evidence", text="No evidence"),
        ReasonCode(code="wrong_person", text="Wrong person"),
        ReasonCode(code="not_wanted", text="Not wanted"),
        ReasonCode(code="other", text="Other"),
    ),
)
DECISIONS = (
    replace(DECISION, reject_open=True),
    replace(DECISION, can_approve=False, can_reject=False,
            approve_off_reason="Needs a support lead. Ask Lena Fischer.",
            reject_off_reason="Needs a support lead. Ask Lena Fischer."),
    replace(DECISION, errors=("The CRM changed since this was shown. Look again, then decide.",)),
    replace(DECISION, decided=Pill(text="Approved", tone="ok", icon="check"),
            decided_text="By Lena Fischer at 14:02. Version 1."),
)  # fmt: skip

UNDO = UndoStrip(
    key="PRO-2214",
    title="PRO-2214 approved.",
    text="Sends in 6 s.",
    state="running",
    undo_href="#",
    hold_href="#",
    until=frame.NOW + timedelta(seconds=6),
    seconds_left=6,
    sent_text="Queued.",
)
UNDOS = (
    UNDO,
    replace(UNDO, state="held", text="Held until you release it."),
    replace(UNDO, state="sent", title="Already sent at 14:08:02.", text="Propose a correction."),
    replace(UNDO, state="undone", title="Approval undone.", text="Nothing was sent."),
)


def review() -> Review:
    handle = Handle(short="PRO-2214", full="wrp://northwind/PRO-2214")
    source = Handle(short="CALL-6993", full="agent-run://northwind/CALL-6993", href="/dev/ui/call/")
    warn: Tone = "warn"
    return Review(
        handle=handle,
        source=source,
        title="Update contact Dana Whitfield",
        reason="Dana asked for a call back before 2 December and gave a new mobile number.",
        risk=Pill(text="Medium risk", tone=warn, icon="gauge"),
        due=Pill(text="24 min left", icon="clock"),
        proposed_text="Proposed 6 min ago by voice.customer_call_flow v12",
        decision=DECISION,
        changes=changes(),
        changes_count="4 fields",
        read_text="CRM values read 14:06, unchanged since. Re-checked when you approve.",
        why=WhyBox(
            title="Medium-risk changes need a yes: support lead.",
            rule_code="ON RISK medium REQUIRE APPROVAL ROLE support_lead",
            fact="Risk is medium because a phone number changes.",
        ),
        effects=(
            EffectRow(title="Update contact in CRM", api_name="crm.update_contact",
                      icon="database", timing="after 10 s"),
            EffectRow(title="Email “Your inspection on 4 December”",
                      api_name="resend.send_followup_email", icon="mail",
                      text="to d.•••@whitfieldholdings.example, once only",
                      preview_title="Your inspection on 4 December",
                      preview="Hello Dana,\n\nwe call you back before 2 December."),
        ),
        evidence=(
            quote(1, "Yes please, have somebody ring me back about it — don’t leave it with me.",
                  "03:02", "Confidence 0.96", "014"),
            quote(2, "Text me on this number. It ends one eight one, not one one eight.",
                  "03:21", "Confidence 0.93", "016"),
            quote(3, "The inspection is on the fourth of December, so the second at the latest.",
                  "02:36", "Confidence 0.95", "011"),
        ),
        context=(
            call.turn("03:15", "agent", "What’s the best way to reach you with the details?"),
            call.turn("03:21", "caller", ("Text me on this number. It ends one eight one, not one "
                                          "one eight.", "")),
            call.turn("03:29", "agent", "Thank you. That’s plus four four, seven seven double oh, "
                                        "nine double oh, one eight one?"),
            call.turn("03:36", "caller", "That’s it."),
        ),
        transcript_href="/dev/ui/call/",
        position_text="1 of 7",
        previous_href="/dev/ui/approvals/",
        next_href="/dev/ui/approvals/",
        back_href="?list",
        run_href="/dev/ui/run/",
    )  # fmt: skip


def page(*, decided: bool = False, chosen: bool = True) -> ApprovalsPage:
    return ApprovalsPage(
        queue=Queue(
            rows=rows(decided=decided),
            tabs=(
                Link(text="To review", href="?", count=7, current=True),
                Link(text="Mine", href="?queue=mine", count=2),
                Link(text="Decided", href="?queue=decided"),
            ),
        ),
        topic=Topic(name="approvals", after=3),
        as_of=frame.clock(seconds=1),
        review=review(),
        undo=UNDO if decided else None,
        chosen=chosen,
    )
