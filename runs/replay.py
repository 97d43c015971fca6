"""The digest of a run's graph: two plays of the same call must lead to the same record.

What only a play has (ids, times, positions on the audio, how often a socket was attached) is left out.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from runs import canonical, outcomes, summaries
from runs.models import Event, Outcome, Run, Step

# How the record came about, not what it says: these depend on the moment.
PASSING = frozenset(
    {
        "sideband.attached",
        "sideband.lost",
        "sideband.taken_over",
        "silence.noted",
        "turn.amended",
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """A turn as whoever keeps the turns hands it in, in the order of speech."""

    speaker: str
    state: str
    text: str


def digest(run: Run, said: Sequence[Said]) -> str:
    return canonical.digest(graph(run, said)).hex()


def graph(run: Run, said: Sequence[Said]) -> dict[str, Any]:
    """Plain values only, so that two graphs can be compared line by line where their digests differ."""
    kinds = Event.objects.filter(run=run).values_list("kind", flat=True)
    return {
        "kinds": sorted(set(kinds) - PASSING),
        "said": [[one.speaker, one.state, one.text] for one in said],
        "steps": sorted(_step(step) for step in Step.objects.filter(run=run)),
        "fields": _fields(run),
        "escalations": _escalations(run),
        "outcome": _outcome(Outcome.objects.filter(run=run).order_by("version")),
        "summary": _summary(run),
    }


def _step(step: Step) -> list[str]:
    """What a model asked for is part of the graph; what a step of ours was given are ids."""
    asked = canonical.dumps(step.arguments) if step.kind in ("tool", "proposal") else ""
    return [step.kind, step.name, step.state, asked]


def _fields(run: Run) -> dict[str, list[Any]]:
    known = outcomes.current([run.id])[run.id]
    return {key: [one.value, one.state, one.grade] for key, one in known.items()}


def _escalations(run: Run) -> list[str]:
    lines = Event.objects.filter(run=run, kind="escalation.raised", payload__isnull=False)
    payloads = lines.order_by("number").values_list("payload", flat=True)
    return [json.loads(payload or "{}")["body"]["trigger"] for payload in payloads]


def _outcome(versions: Iterable[Outcome]) -> list[list[Any]]:
    return [
        [one.complete, one.missing, one.end_reason, one.next_action, one.verdict]
        for one in versions
    ]


def _summary(run: Run) -> list[list[Any]]:
    draft = summaries.latest(run)
    sections = summaries.sections_of(draft) if draft is not None else []
    return [
        [section.key, [[each.text, len(each.evidence)] for each in section.sentences]]
        for section in sections
    ]
