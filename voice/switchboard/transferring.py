"""Handing a call over: sent once, watched until the line leaves or nothing happens. A 200 proves nothing."""

from dataclasses import replace

from voice.switchboard.draft import Draft
from voice.switchboard.results import Alarm, Attention, Commanded, Refer
from voice.switchboard.state import Transfer

# The agent ends its sentence first; one that talks on must not keep the caller from a person.
PATIENCE_S = 10.0
# A transfer that happens takes the line away within seconds.
WATCH_S = 20.0
NOW, OVER = "transfer_now", "transfer_over"
# How a line ends by itself.
_LEFT = frozenset(["caller_hung_up", "ended_unobserved"])


def asked(draft: Draft) -> None:
    """A person wants the call handed over. Told again every round until it is marked as sent."""
    command, state = str(draft.body["command"]), draft.state
    if state.hanging_up or command in state.handed:
        return
    transfer = Transfer(command, str(draft.body["target"]))
    draft.set(transfer=transfer, handed=state.handed | {command})
    draft.want(Alarm(NOW, PATIENCE_S))


def settle(draft: Draft) -> None:
    """After each event: nobody speaks any more, so it can go."""
    transfer, state = draft.state.transfer, draft.state
    if transfer is not None and transfer.phase == "waiting":
        quiet = state.slot.state == "free" and not state.playing and not state.wanted
        if quiet and not state.hanging_up:
            _send(draft, transfer)


def now(draft: Draft) -> None:
    """It has waited long enough."""
    transfer = draft.state.transfer
    if transfer is not None and transfer.phase == "waiting" and not draft.state.hanging_up:
        _send(draft, transfer)


def _send(draft: Draft, transfer: Transfer) -> None:
    """The mark stands in the record before the request goes out: whoever comes after us does not repeat it."""
    draft.record(Commanded(transfer.command, "sent"))
    draft.set(transfer=replace(transfer, phase="sent"))
    draft.want(Refer(transfer.command, transfer.target))


def answered(draft: Draft) -> None:
    """What the provider said to it."""
    transfer, state = draft.state.transfer, str(draft.body["state"])
    if transfer is None or transfer.command != draft.body["command"] or transfer.phase != "sent":
        return
    if state == "accepted":
        draft.record(Commanded(transfer.command, "accepted"))
        draft.set(transfer=replace(transfer, phase="accepted"))
        draft.want(Alarm(OVER, WATCH_S))
    elif state == "refused":
        draft.record(Commanded(transfer.command, "refused", str(draft.body["answer"])))
        draft.record(Attention("transfer_refused", urgent=True))
        draft.set(transfer=None)
    else:
        _doubt(draft, transfer, str(draft.body["answer"]))


def resumed(draft: Draft) -> None:
    """The owner before us did not live to see what came of it: it is watched on, never sent again."""
    transfer = draft.state.transfer
    if transfer is None:
        return
    if transfer.phase == "accepted":
        draft.want(Alarm(OVER, transfer.watch_s))
    elif transfer.phase == "sent":
        _doubt(draft, transfer, "owner_lost")


def _doubt(draft: Draft, transfer: Transfer, answer: str) -> None:
    draft.record(Commanded(transfer.command, "unknown", answer))
    draft.record(Attention("transfer_unknown", urgent=True))
    draft.set(transfer=replace(transfer, phase="doubt"))
    draft.want(Alarm(OVER, WATCH_S))


def over(draft: Draft) -> None:
    """The line is still here. Whether to try again or to end the call, a person decides."""
    transfer = draft.state.transfer
    if transfer is None or transfer.phase not in ("accepted", "doubt"):
        return
    if draft.state.voice == "unobserved":
        # It may be leaving just now: that nothing happened is said by who looks.
        draft.want(Alarm(OVER, WATCH_S))
        return
    if transfer.phase == "accepted":
        draft.record(Commanded(transfer.command, "unknown", "nothing_happened"))
        draft.record(Attention("transfer_silent", urgent=True))
    draft.set(transfer=None)


def close(draft: Draft, reason: str) -> str:
    """How a line ended that was being handed over: nobody tells whether by that."""
    transfer, state = draft.state.transfer, draft.state
    if transfer is None or transfer.phase == "waiting":
        return reason
    draft.set(transfer=None)
    if state.hanging_up or reason not in _LEFT:
        if transfer.phase != "doubt":
            draft.record(Commanded(transfer.command, "unknown", "ended_first"))
        return reason
    if transfer.phase == "accepted":
        draft.record(Commanded(transfer.command, "done", "line_left"))
    elif transfer.phase == "sent":
        draft.record(Commanded(transfer.command, "unknown", "left_unanswered"))
    return "transferred" if transfer.phase == "accepted" else "left_after_transfer"
