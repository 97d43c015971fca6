"""Ask now: a person wants a field that is missing to be the agent's next question."""

from collections.abc import Iterable
from datetime import datetime

from runs import outcomes
from runs.errors import Conflict, NotFound
from runs.people import Actor
from runs.releases import Field, content_of
from voice import commands
from voice.models import Call, Command
from voice.models.command import CommandState

SETTLED = (CommandState.DONE, CommandState.REFUSED)


def ask(call: Call, *, field: str, tries: int, by: Actor, at: datetime) -> Command:
    """Tell the agent to ask for the field next. `tries` is how many were settled on the page that was shown:
    who presses twice, or two people at once, ask once."""
    objective = content_of(call.run.release).objective
    wanted = next((one for one in objective.fields if one.key == field), None)
    if wanted is None:
        raise NotFound("unknown_field")
    values = outcomes.current([call.run_id])[call.run_id]
    rows = {one.field.key: one for one in outcomes.panel(objective, values)}
    if rows[field].status not in ("missing", "optional"):
        raise Conflict("nothing_to_ask", field=field)
    key = f"ask:{call.public_id}:{tries}:{field}"
    words = _words(wanted)
    return commands.give(call, commands.ASK, key=key, by=by, at=at, text=words, field=field)


def _words(field: Field) -> str:
    """For the agent, in the language of its instructions."""
    told = f"As soon as it fits, ask the caller for this before anything else: {field.label}."
    question = f" {field.question}" if field.question else ""
    return f"{told}{question}"[: commands.MAX_WHISPER]


def newest(given: Iterable[Command]) -> dict[str, Command]:
    """The last time that each field was asked for."""
    asks = (one for one in given if one.kind == commands.ASK)
    return {one.arguments.get("field", ""): one for one in sorted(asks, key=lambda one: one.at)}


def tries(given: Iterable[Command], field: str) -> int:
    """How often it was asked for and settled: names the next try."""
    asks = (one for one in given if one.kind == commands.ASK)
    return sum(one.arguments.get("field") == field and one.state in SETTLED for one in asks)
