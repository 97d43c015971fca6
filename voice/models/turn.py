from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class Speaker(models.TextChoices):
    CALLER = "caller"
    AGENT = "agent"
    PERSON = "person"


class TurnState(models.TextChoices):
    RESERVED = "reserved"
    FINAL = "final"
    CUT = "cut"
    UNHEARD = "unheard"
    UNAVAILABLE = "unavailable"


class Turn(WorkspaceModel):
    """One thing said by one side. The row is reserved when speech begins and filled later; never deleted.

    `position` orders a call by when speech began (never by arrival). `text` is what was said or generated;
    `heard_chars` is how many code points of it the caller can have heard after a cut (an estimate on the
    safe side), NULL when all of it was. `version` counts changes of the text; `TurnVersion` keeps them.
    """

    run = Inside("runs.Run")
    call = Inside("voice.Call")
    item_id = models.CharField(max_length=120)
    speaker = models.CharField(max_length=8, choices=Speaker.choices)
    position = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=TurnState.choices, default=TurnState.RESERVED)
    version = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True)
    heard_chars = models.PositiveIntegerField(null=True)
    cut_at_ms = models.PositiveIntegerField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    retention = "text 365 days (then NULLed to blank), the skeleton with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("run", "call"),
            models.UniqueConstraint(
                fields=["workspace", "call", "item_id"], name="voice_turn_item_unique"
            ),
            models.UniqueConstraint(
                fields=["workspace", "call", "position"],
                name="voice_turn_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            one_of("speaker", Speaker, "speaker"),
            one_of("state", TurnState, "state"),
        ]


class TurnVersion(WorkspaceModel):
    """A text that a turn had, and why it changed: final, cut, redacted, repaired."""

    turn = Inside("voice.Turn")
    version = models.PositiveIntegerField()
    text = models.TextField()
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()

    retention = "with its turn"

    class Meta:
        constraints: ClassVar = [
            *isolated("turn"),
            models.UniqueConstraint(
                fields=["workspace", "turn", "version"], name="voice_turnversion_unique"
            ),
        ]


class TurnPart(WorkspaceModel):
    """A chunk of partial text (at most 250 ms of deltas): unnumbered, unchained, gone when the turn is final."""

    turn = Inside("voice.Turn")
    part = models.PositiveIntegerField()
    text = models.TextField()
    at = models.DateTimeField()

    retention = "until its turn is final"

    class Meta:
        constraints: ClassVar = [
            *isolated("turn"),
            models.UniqueConstraint(
                fields=["workspace", "turn", "part"], name="voice_turnpart_unique"
            ),
        ]
