"""Who minds a call, in words: watchers, the claim, flags, and whether whispers arrived."""

import uuid
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.builders.look import Look
from console.pictures import times
from console.pictures.live import EventRow, FlagRow, Minding, TransferRow
from console.pictures.pieces import Avatar, Option, Tone
from console.words import minding as words
from runs.releases import Content
from voice import assignments, commands, minding
from voice.calls import OPEN
from voice.models import Call, CallClaim, Command


def avatars(people: Iterable[tuple[uuid.UUID, str]]) -> tuple[Avatar, ...]:
    return tuple(
        Avatar(
            initials="".join(part[0] for part in name.split()[:2]).upper(),
            name=name,
            key=str(person),
        )
        for person, name in people
    )


def watching_words(people: tuple[Avatar, ...]) -> str:
    if not people:
        return ""
    text = ngettext("%(n)d watching: %(names)s", "%(n)d watching: %(names)s", len(people))
    return text % {"n": len(people), "names": ", ".join(one.name for one in people)}


def watchers(call: Call, look: Look) -> tuple[Avatar, ...]:
    return avatars(minding.watchers([call.id], look.now).get(call.id, []))


def of_call(call: Call, content: Content, look: Look) -> Minding:
    held = minding.claims([call.id], look.now).get(call.id)
    return Minding(
        action=look.href("call-mind", call.public_id),
        claimed_by=str(held.person_id) if held else "",
        claimed_text=claim_words(held) if held else "",
        given_by=str(held.given_by) if held and held.given_by else "",
        people=tuple(
            Option(value=str(person), text=name)
            for person, name in assignments.candidates(look.workspace.id)
        )
        if look.minds and call.state in OPEN
        else (),
        flags=tuple(
            FlagRow(
                code=one.code,
                text=words.flag(one.code),
                note=one.note,
                by=_("%(name)s, %(clock)s") % {"name": one.name, "clock": times.clock(one.at)},
            )
            for one in minding.flags([call.id]).get(call.id, [])
        ),
        reasons=tuple(Option(value=key, text=word()) for key, word in words.FLAGS.items()),
        transfer=transfer_row(call),
        destinations=tuple(Option(value=one.key, text=one.label) for one in content.destinations),
        may=look.minds,
    )


def transfer_row(call: Call) -> TransferRow | None:
    """The newest transfer of a live call, until it is over or somebody has seen to what became of it."""
    if call.state not in OPEN:
        return None
    newest = commands.newest(call, commands.TRANSFER)
    under_way = newest is not None and newest.state in commands.UNDER_WAY
    stuck = call.attention.startswith(commands.UNSETTLED)
    if newest is None or not (under_way or stuck):
        return None
    return TransferRow(
        title=_("To %(label)s.") % {"label": newest.arguments.get("label", "")},
        text=words.transfer(newest.state, newest.answer),
        tone="neutral" if under_way else "warn",
        destination="" if under_way else newest.arguments.get("destination", ""),
        again="" if under_way else f"again-{newest.id.hex}",
        trigger="" if under_way else call.attention,
    )


def comment_words(count: int) -> str:
    if not count:
        return _("Comment on this line")
    return ngettext("%(n)d comment on this line", "%(n)d comments on this line", count) % {
        "n": count
    }


def claim_words(held: CallClaim) -> str:
    if held.given_by_name:
        return _("%(name)s has this call, given by %(giver)s") % {
            "name": held.name,
            "giver": held.given_by_name,
        }
    return _("%(name)s has this call until %(clock)s") % {
        "name": held.name,
        "clock": times.clock(held.until),
    }


def command_row(command: Command, order: str, clock: str) -> EventRow:
    """What a person asked of the line, with what became of it. A whisper is never spoken, never evidence."""
    arguments: Mapping[str, str] = command.arguments
    name = arguments.get("name") or _("a person")
    if command.kind == commands.TRANSFER:
        return _transfer_line(command, name, order, clock)
    state, icon, tone = _STATES[command.state]
    if command.kind != commands.WHISPER:
        reason = words.end_reason(arguments.get("reason", ""))
        ends = _("%(name)s ends the call") % {"name": name}
        done = _("Done") if command.state == "done" else state()
        text = f"{reason}. {done}" if reason else done
        return EventRow(
            key=f"command-{command.id.hex}",
            order=order,
            title=ends,
            text=text,
            icon="phone-off",
            tone=tone,
            clock=clock,
        )
    answer = words.answer(command.answer) if command.state == "refused" else ""
    said = _("“%(words)s”") % {"words": arguments.get("text", "")}
    status = _("%(state)s: %(why)s") % {"state": state(), "why": answer} if answer else state()
    return EventRow(
        key=f"command-{command.id.hex}",
        order=order,
        title=_("%(name)s to the agent") % {"name": name},
        text=_("%(words)s %(status)s") % {"words": said, "status": status},
        icon=icon,
        tone=tone,
        clock=clock,
    )


def _transfer_line(command: Command, name: str, order: str, clock: str) -> EventRow:
    label = command.arguments.get("label", "")
    return EventRow(
        key=f"command-{command.id.hex}",
        order=order,
        title=_("%(name)s hands the call over to %(label)s") % {"name": name, "label": label},
        text=words.transfer(command.state, command.answer),
        icon="phone-forwarded",
        tone=_TRANSFER_TONES.get(command.state, "neutral"),
        clock=clock,
    )


_TRANSFER_TONES: dict[str, Tone] = {"refused": "bad", "unknown": "warn"}
_STATES: dict[str, tuple[words.Words, str, Tone]] = {
    "pending": (lambda: _("Asked for"), "message-square", "neutral"),
    "sent": (lambda: _("Sent, not yet taken"), "send", "neutral"),
    "done": (lambda: _("In effect from the agent's next answer on"), "circle-check", "neutral"),
    "refused": (lambda: _("Failed"), "circle-x", "bad"),
}
