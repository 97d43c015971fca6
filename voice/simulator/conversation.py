"""The items of a conversation and what was said, for frames and for a judge."""

from dataclasses import asdict, dataclass
from typing import Any

from voice.simulator.wire import Frame


@dataclass
class Turn:
    """What was really said; `heard` is what reached the other ear."""

    speaker: str
    text: str
    item_id: str
    started_ms: int
    heard: str = ""
    interrupted: bool = False
    final: bool = False
    transcribed: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Conversation:
    def __init__(self, conversation_id: str) -> None:
        self.id = conversation_id
        self.order: list[str] = []
        self.items: dict[str, Frame] = {}
        self.turns: list[Turn] = []

    def add(self, item: Frame, previous: str | None = None) -> str | None:
        """Put an item at its place; answer the id of the item before it."""
        item_id = item["id"]
        if previous == "root":
            place = 0
        elif previous is not None:
            place = self.order.index(previous) + 1
        else:
            place = len(self.order)
        self.order.insert(place, item_id)
        self.items[item_id] = item
        return self.order[place - 1] if place else None

    def last_id(self) -> str | None:
        return self.order[-1] if self.order else None

    def remove(self, item_id: str) -> bool:
        if item_id not in self.items:
            return False
        del self.items[item_id]
        self.order.remove(item_id)
        return True

    def say(self, turn: Turn) -> Turn:
        self.turns.append(turn)
        return turn
