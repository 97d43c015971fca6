"""The wall: two calls that need attention and seven that do not."""

from datetime import timedelta
from typing import Literal

from console.gallery_samples import frame
from console.pictures import times
from console.pictures.pieces import Handle, Link, Segments, Slot, Stat, Topic, VoiceState
from console.pictures.wall import Group, Reason, Tile, TileGroup, Wall, WallMetrics

_SLOTS: dict[str, Slot] = {"c": "captured", "u": "unsure", "m": "missing"}


def segments(letters: str) -> Segments:
    slots = tuple(_SLOTS[letter] for letter in letters)
    done = sum(slot == "captured" for slot in slots)
    return Segments(slots=slots, words=f"{done} of {len(slots)} required fields")


def tile(
    number: int,
    name: str,
    workflow: str,
    seconds: int,
    line: str,
    state: VoiceState,
    letters: str,
    *,
    reason: Reason | None = None,
    watched: bool = False,
    current: bool = False,
) -> Tile:
    group: Group = "attention" if reason else "progress"
    started = frame.NOW - timedelta(seconds=seconds)
    return Tile(
        key=f"CALL-{number}",
        order=f"{started:%H%M%S}",
        group=group,
        href="/dev/ui/live/",
        name=name,
        workflow=workflow,
        handle=Handle(short=f"CALL-{number}", full=f"agent-run://northwind/CALL-{number}"),
        timer=times.timer(started, now=frame.NOW, ended_at=frame.NOW),
        state=state,
        segments=segments(letters),
        last_line=line,
        reason=reason,
        watchers=(frame.OLIVE,) if watched else (),
        current=current,
    )


def attention(*, current: bool = False) -> TileGroup:
    trigger = Reason(text="Pricing commitment asked 31 s ago")
    silent = Reason(text="Caller silent for 11 s", tone="warn", icon="hourglass")
    price = "“Look, before I go any further — can you just confirm it’ll be under eight thousand?”"
    still = "Agent: “Are you still there? I can call you back if that’s easier.”"
    project = "Project intake"
    return TileGroup(
        key="attention",
        title="Needs attention",
        tiles=(
            tile(7001, "Dana Whitfield", project, 252, price, frame.AGENT_SPEAKING, "ccccum",
                 reason=trigger, watched=True, current=current),
            tile(7009, "+1 415 555 0147", project, 156, still, frame.WAITING, "ccmmmm",
                 reason=silent),
        ),
    )  # fmt: skip


def progress() -> TileGroup:
    return TileGroup(
        key="progress",
        title="In progress",
        tiles=(
            tile(7003, "Marcus Oyelaran", "Service booking", 408,
                 "“It’s the upstairs unit, the one we replaced in 2019. It trips the breaker.”",
                 frame.CALLER_SPEAKING, "cccccm"),
            tile(7004, "Lindqvist Property AB", "Project intake", 65,
                 "Agent: “Which address is this for?”", frame.WAITING, "cmmmmm"),
            tile(7005, "Teresa Amaya", "Service booking", 207,
                 "Agent: “Let me look at Thursday for you.”", frame.TOOL, "cccccc"),
            tile(7006, "+44 20 7946 0812", "Project intake", 22,
                 "Agent: “Thanks for calling Northwind. This call is recorded…”",
                 frame.AGENT_SPEAKING, "mmmmmm"),
            tile(7007, "Hollis & Daughters", "Project intake", 531,
                 "“No, sorry — I meant the twenty-third, not the twentieth.”",
                 frame.INTERRUPTED, "ccccuu"),
            tile(7008, "June Park", "Billing question", 314,
                 "Taken over by Olive B. at 04:40 · agent paused", frame.PERSON, "cccccc",
                 watched=True),
            tile(7010, "Ravi Menon", "Billing question", 48,
                 "Collecting customer number by keypad", frame.KEYPAD, "cmmmmm"),
        ),
    )  # fmt: skip


def wall(view: Literal["wall", "list"] = "wall") -> Wall:
    return Wall(
        metrics=WallMetrics(
            cells=(
                Stat(label="Live now", value="9", note="of 40 lines"),
                Stat(label="Need attention", value="2", tone="bad"),
                Stat(label="Waiting for a person", value="1", note="longest 00:31"),
                Stat(label="Complete intake today", value="86%", note="74 of 86"),
                Stat(label="Agent first response, median", value="780", note="ms, last hour"),
            )
        ),
        attention=attention(),
        progress=progress(),
        topic=Topic(name="wall", after=12),
        as_of=frame.clock(seconds=1),
        view=view,
        views=(
            Link(text="Wall", href="?", icon="layout-grid", current=view == "wall"),
            Link(text="List", href="?view=list", icon="list-tree", current=view == "list"),
        ),
    )
