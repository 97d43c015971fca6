"""One live call: turns in every state, the intake record, the caller."""

from datetime import timedelta

from console.gallery_samples import frame, tiles
from console.pictures import times
from console.pictures.intake import (
    ActionRow,
    CallerCard,
    FieldRow,
    FieldStatus,
    Intake,
    IntakeStatus,
)
from console.pictures.live import (
    CallBar,
    Escalation,
    EventRow,
    Line,
    LiveCall,
    Segment,
    Speaker,
    StateBar,
    TurnRow,
)
from console.pictures.pieces import Link, Pill, Stat, Tone, Topic

DANA = "Dana Whitfield"


def turn(
    clock: str, speaker: Speaker, *parts: str | tuple[str, str], cut: str = "", note: str = ""
) -> TurnRow:
    """A tuple is a marked stretch: the words and what they prove."""
    key = clock.replace(":", "")
    return TurnRow(
        key=key,
        order=key,
        clock=clock,
        speaker=speaker,
        name=DANA if speaker == "caller" else "Agent",
        segments=tuple(
            Segment(text=part)
            if isinstance(part, str)
            else Segment(text=part[0], mark="evidence", label=part[1], anchor=f"m{key}")
            for part in parts
        ),
        cut_text=cut,
        cut_title="Not spoken: the caller interrupted" if cut else "",
        state="cut" if cut else "final",
        note=note,
    )


def event(clock: str, title: str, text: str, icon: str, tone: Tone = "neutral") -> EventRow:
    key = clock.replace(":", "") + "-e"
    return EventRow(key=key, order=key, title=title, text=text, icon=icon, tone=tone, clock=clock)


def lines() -> tuple[Line, ...]:
    return (
        turn("02:31", "agent", "Thanks, Dana. And roughly when would you need the work finished?"),
        turn("02:36", "caller", "Well the inspection is on the fourth of December, so — before "
             "that. ", ("The second at the latest", "Deadline"), "."),
        event("02:43", "Barge-in", "Caller interrupted the agent after 1.2 s", "hand"),
        turn("02:44", "agent", "Understood, by the second of December. Is there a budget range "
             "you", cut="have in mind for the project?"),
        turn("02:46", "caller", "We haven’t got sign-off for anything fancy. Somewhere ",
             ("around seven, eight thousand I’d guess", "Budget"), "."),
        event("02:58", "Noise", "Background noise for 3 s · confidence on this turn 0.71",
              "volume-2"),
        turn("03:10", "agent", "Got it — I’ll note a range of seven to eight thousand, not "
             "confirmed. Who would be making the final decision?"),
        turn("03:18", "caller", "That’d be ", ("me and my brother Owen", "Decision maker"),
             ". He owns the building, I run it."),
        event("03:30", "Tool", "crm.lookup_contact returned 1 match in 240 ms", "zap"),
        turn("03:41", "caller", "Look, before I go any further — ",
             ("can you just confirm it’ll be under eight thousand", "Escalation"),
             "? I need that in writing."),
        event("03:44", "Escalation",
              "Trigger “pricing commitment” matched · agent may not quote prices",
              "shield-alert", "bad"),
        turn("03:52", "agent", "I can’t commit to a price on this call, Dana. I can have a "
             "colleague join us now, or send you a written estimate tomorrow. "
             "Which would you prefer?"),
        turn("04:03", "caller", "Someone now, if that’s possible."),
        TurnRow(key="0408", order="0408", clock="04:08", speaker="agent", name="Agent",
                segments=(Segment(text="Of course. I’m bringing in a colleague from"),),
                state="partial"),
    )  # fmt: skip


TURN_STATES: tuple[TurnRow, ...] = (
    TurnRow(key="s1", order="1", clock="04:10", speaker="caller", name=DANA, state="reserved",
            waiting_text="Dana is speaking"),
    TurnRow(key="s2", order="2", clock="04:11", speaker="caller", name=DANA, state="gap",
            segments=(Segment(text="4 s were lost while the connection was taken over."),)),
    TurnRow(key="s3", order="3", clock="04:12", speaker="caller", name=DANA,
            segments=(Segment(text="My card is "), Segment(text="•••• 4421", mark="redacted"),
                      Segment(text=".")), note="Redacted"),
    TurnRow(key="s4", order="4", clock="04:13", speaker="person", name="Olive Brandt",
            segments=(Segment(text="Hello Dana, Olive here."),)),
)  # fmt: skip


def field(
    key: str,
    label: str,
    status: FieldStatus,
    value: str,
    quote: str = "",
    clock: str = "",
    *,
    grade: str = "",
    note: str = "",
    links: tuple[Link, ...] = (),
) -> FieldRow:
    words = {
        "captured": "Captured",
        "unsure": "To confirm",
        "missing": "Missing",
        "optional": "Optional, not captured",
        "declined": "Declined by the caller",
    }
    return FieldRow(
        key=key,
        order=key,
        label=label,
        status=status,
        status_words=words[status],
        value=value,
        quote=quote,
        quote_clock=clock,
        quote_href=f"#turn-{clock.replace(':', '')}" if clock else "",
        grade_words=grade,
        note=note,
        links=links,
    )


def intake() -> Intake:
    return Intake(
        status=IntakeStatus(
            pill=Pill(text="1 missing, 1 to confirm", tone="warn"),
            open_count=2,
            open_words="2 open",
        ),
        fields=(
            field("problem", "Problem", "captured",
                  "Boiler failing inspection, second unit leaking",
                  "…it failed the inspection and the second one’s started leaking", "00:48"),
            field("location", "Location", "captured", "118 Calder St, Unit B, Leeds LS10",
                  "One one eight Calder Street, the back unit", "01:22", grade="Read back"),
            field("deadline", "Deadline", "captured", "2 Dec 2026", "The second at the latest",
                  "02:36"),
            field("decision", "Decision maker", "captured", "Dana Whitfield and Owen Whitfield",
                  "That’d be me and my brother Owen", "03:18"),
            field("budget", "Budget range", "unsure", "7,000 – 8,000 (unconfirmed)",
                  "around seven, eight thousand I’d guess", "02:46",
                  note="Low confidence 0.71 · noise", links=(Link(text="Confirm", href="#",
                                                                  method="post"),)),
            field("followup", "Preferred follow-up", "missing", "Not captured yet",
                  note="Agent will ask next"),
            field("reference", "Order reference", "declined", "Declined by the caller"),
            field("company", "Company", "optional", "Not captured"),
        ),
    )  # fmt: skip


def live() -> LiveCall:
    started = frame.NOW - timedelta(seconds=252)
    levels = tuple((7 * i * i + 13 * i) % 80 + 8 for i in range(37))
    return LiveCall(
        bar=CallBar(
            name=DANA,
            workflow="Project intake v12",
            handle=frame.CALL,
            timer=times.timer(started, now=frame.NOW, ended_at=frame.NOW),
            number_masked="+44 •••• ••• 181",
            watchers=(frame.OLIVE, frame.LENA),
            watching_words="2 watching",
            back_href="/dev/ui/wall/",
            run_href="/dev/ui/run/",
            summary_href="/dev/ui/call/",
            can_end=True,
            end_href="#",
            end_asks="The agent says goodbye and the line closes. This cannot be undone.",
        ),
        state=StateBar(
            state=frame.AGENT_SPEAKING,
            levels=levels,
            stats=(
                Stat(label="First response", value="740 ms"),
                Stat(label="Interruptions", value="2"),
                Stat(label="Longest silence", value="3.4 s"),
            ),
        ),
        lines=lines(),
        intake=intake(),
        topic=Topic(name="run:4821", after=41),
        as_of=frame.clock(seconds=1),
        caller=CallerCard(
            rows=(
                Stat(label="Matched", value="Dana Whitfield, by phone"),
                Stat(label="Account", value="Whitfield Holdings"),
                Stat(label="Last call", value="12 Nov, 6 min, resolved"),
                Stat(label="Open items", value="1 proposal waiting", href="/dev/ui/approvals/"),
            ),
            crm_href="#",
        ),
        forbidden=("Quote or commit to a price", "Promise a date for the visit"),
        actions=(
            ActionRow(key="a1", order="1", title="Look up contact",
                      api_name="crm.lookup_contact", note="1 match in 240 ms",
                      status=Pill(text="Done", tone="ok", icon="circle-check"), icon="database"),
        ),
        escalations=(
            Escalation(
                key="e1",
                title="Dana asked for a price commitment at 03:41.",
                text="The agent may not quote prices. She wants to speak to someone now.",
            ),
        ),
        groups=(tiles.attention(current=True), tiles.progress()),
        calls_count=9,
        wall_topic=Topic(name="wall", after=12),
    )  # fmt: skip
