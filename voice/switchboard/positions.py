"""Where a turn stands: by when speech began; the provider's chain of items repairs what came late."""

from collections.abc import Mapping

from voice.switchboard.state import Speech, State

_FARTHEST = 64


def of_predecessor(state: State, item_id: str) -> int | None:
    """The position of the nearest turn before this item in the provider's chain (0 at its beginning)."""
    seen = item_id
    for _ in range(_FARTHEST):
        before = state.before.get(seen)
        if before is None:
            return None
        if before == "":
            return 0
        if before in state.speeches and before != item_id:
            return state.speeches[before].position
        seen = before
    return None


def of_successor(state: State, item_id: str) -> int | None:
    """The first turn that the chain puts after this item, whatever stands between them."""
    after = [
        speech.position
        for other, speech in state.speeches.items()
        if other != item_id and _leads_to(state.before, other, item_id, state.speeches)
    ]
    return min(after, default=None)


def place(state: State, speech: Speech) -> int:
    """The position that agrees with the chain; the one it has where the chain does not object."""
    low = of_predecessor(state, speech.item_id)
    high = of_successor(state, speech.item_id)
    right = (low is None or low < speech.position) and (high is None or speech.position < high)
    if right:
        return speech.position
    taken = sorted(s.position for s in state.speeches.values() if s is not speech)
    if high is None or (low is not None and high <= low):
        high = next((one for one in taken if one > (low or 0)), None)
        if high is None:
            return max(state.next_position, (low or 0) + 1)
    if low is None:
        low = max((one for one in taken if one < high), default=0)
    between = (low + high) // 2
    return between if between > low and between not in taken else speech.position


def _leads_to(
    before: Mapping[str, str], item_id: str, wanted: str, speeches: Mapping[str, Speech]
) -> bool:
    """True where walking back from the item meets the wanted one before any other turn."""
    seen = item_id
    for _ in range(_FARTHEST):
        previous = before.get(seen)
        if not previous:
            return False
        if previous == wanted:
            return True
        if previous in speeches:
            return False
        seen = previous
    return False
