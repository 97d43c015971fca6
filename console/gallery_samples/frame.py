"""The clock, the people and the shell of the gallery."""

from datetime import UTC, datetime, timedelta

from console.pictures import times
from console.pictures.pieces import Avatar, Banner, Empty, Handle, Link, Pill, VoiceState, When
from console.pictures.shell import NavItem, Shell

NOW = datetime(2026, 11, 21, 14, 12, 4, tzinfo=UTC)
LENA = Avatar(initials="LF", name="Lena Fischer")
OLIVE = Avatar(initials="OB", name="Olive Brandt")

AGENT_SPEAKING = VoiceState(key="agent", text="Agent speaking", tone="agent", speaking=True)
CALLER_SPEAKING = VoiceState(key="caller", text="Caller speaking", speaking=True)
WAITING = VoiceState(key="waiting", text="Waiting for caller", icon="ear")
TOOL = VoiceState(key="tool", text="Checking calendar", icon="loader-circle")
INTERRUPTED = VoiceState(key="interrupted", text="Interrupted", icon="hand")
KEYPAD = VoiceState(key="keypad", text="Keypad 4 of 9", icon="grip")
SILENT = VoiceState(key="silent", text="Silent for 11 s", tone="warn", icon="hourglass")
NOISY = VoiceState(key="noise", text="Noisy line", icon="volume-2")
PERSON = VoiceState(key="person", text="Olive B. on line", tone="info", icon="headphones")
ENDED = VoiceState(key="ended", text="Ended by caller", icon="phone-off")
VOICE_STATES = (
    AGENT_SPEAKING,
    CALLER_SPEAKING,
    WAITING,
    TOOL,
    INTERRUPTED,
    KEYPAD,
    SILENT,
    NOISY,
    PERSON,
    ENDED,
)

CALL = Handle(short="CALL-7001", full="agent-run://northwind/CALL-7001", href="#")
RUN = Handle(short="RUN-4821", full="agent-run://northwind/RUN-4821", href="#")
PROPOSAL = Handle(short="PRO-7K2M9Q4T", full="wrp://northwind/PRO-7K2M9Q4T", href="#")

BANNERS = (
    Banner(
        tone="warn",
        icon="wifi-off",
        title="Live updates paused.",
        text="Reconnecting in 4 s. The transcript below is complete up to 14:11:52.",
        links=(Link(text="Reconnect now", href="#"),),
    ),
    Banner(
        tone="info",
        icon="refresh-cw",
        title="Back online.",
        text="14 lines that arrived while you were away are loaded.",
    ),
    Banner(
        tone="bad",
        icon="circle-x",
        title="The CRM did not accept this change.",
        text="“Mobile” was edited there at 14:09 by A. Brandt. "
        "Review the new value, then approve again.",
        links=(Link(text="Review change", href="#"),),
    ),
    Banner(
        tone="ok",
        icon="circle-check",
        title="Lena F. approved this 20 s ago.",
        text="Nothing left for you to do here.",
        links=(Link(text="Next proposal", href="#"),),
    ),
)
EMPTIES = (
    (
        "Empty",
        "check-check",
        Empty(
            title="All caught up",
            text="New proposals appear here when a call ends. The last one was decided at 13:47.",
            link=Link(text="See decided", href="#"),
        ),
    ),
    (
        "No match",
        "search",
        Empty(
            title="No proposals match these filters",
            text="High risk, my team, last 24 hours",
            link=Link(text="Clear filters", href="#"),
        ),
    ),
    (
        "Error in one panel",
        "circle-alert",
        Empty(
            title="Evidence did not load",
            text="The rest of this page works. Reference err_7Q2K",
            link=Link(text="Try again", href="#"),
        ),
    ),
    (
        "No access",
        "lock",
        Empty(
            title="Recordings need the reviewer role",
            text="You can read the transcript. Ask an admin for access to audio.",
        ),
    ),
    (
        "Retention",
        "hourglass",
        Empty(
            title="Recording deleted on 20 Nov 2026",
            text="30-day audio retention. Transcript and evidence are kept until 20 Nov 2028.",
        ),
    ),
)
PILLS = (
    Pill(text="Medium risk", tone="warn", icon="gauge"),
    Pill(text="High", tone="bad"),
    Pill(text="Confirmed", tone="ok", icon="circle-check"),
    Pill(text="Edited by Olive B.", tone="info"),
    Pill(text="From the agent", tone="agent", icon="bot"),
    Pill(text="24 min left", icon="clock"),
)


def ago(**parts: float) -> When:
    return times.when(NOW - timedelta(**parts), now=NOW, style="relative")


def clock(**parts: float) -> When:
    return times.when(NOW - timedelta(**parts), now=NOW, style="seconds")


def shell(current: str, title: str) -> Shell:
    items = (
        ("live", "Live", "radio", "wall/", 2, "need attention"),
        ("approvals", "Approvals", "inbox", "approvals/", 7, "to review"),
        ("calls", "Calls", "phone", "calls/", 0, ""),
        ("runs", "Runs", "workflow", "runs/", 0, ""),
        ("outbox", "Outbox", "send", "outbox/", 0, ""),
    )
    return Shell(
        title=title,
        workspace_name="Northwind Heating",
        workspace_slug="northwind",
        workspace_initial="N",
        person=LENA,
        person_roles="Support lead",
        person_email="lena@northwind.example",
        zone="GMT",
        clock="14:12",
        now=NOW,
        test_line=True,
        search_href="/dev/ui/calls/",
        nav=tuple(
            NavItem(
                key=key,
                text=text,
                icon=icon,
                href=f"/dev/ui/{path}",
                badge=badge,
                badge_words=words,
                badge_tone="bad" if key == "live" else "neutral",
                current=key == current,
            )
            for key, text, icon, path, badge, words in items
        ),
    )
