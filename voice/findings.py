"""Findings: what a model answered about a finished call becomes rows, each entry checked by itself.

Call facts come first. A wrong turn label is repaired by looking for the quote; a quote that nobody heard
marks its entry as unsupported; nothing of the rest is lost.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runs import outcomes, quotes, summaries, values
from runs.errors import Invalid
from runs.models import FieldValue, Run
from runs.models.evidence import Grade
from runs.people import Actor
from runs.releases import Content, Field, field_of
from runs.summaries import SECTIONS, Section, Sentence
from voice import citing, promises, questions
from voice.citing import Heard
from voice.questions import FoundField, FoundPromise, WrittenSection, WrittenSentence

# Kinds of fields whose values can be compared; words are left to people.
FEWEST_WORDS = 3
_COMPARABLE = frozenset({"number", "date", "phone", "email", "enum", "boolean"})


@dataclass(frozen=True, slots=True)
class Writer:
    """Where findings go and in whose name."""

    run: Run
    content: Content
    heard: Heard
    by: Actor
    at: datetime


@dataclass(slots=True)
class Report:
    """What became of the entries; kept in the step's result. Keys and counts, no values."""

    captured: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    unsupported: list[str] = field(default_factory=list)
    disagrees: list[str] = field(default_factory=list)
    malformed: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "captured": self.captured,
            "repaired": self.repaired,
            "unsupported": self.unsupported,
            "disagrees": self.disagrees,
            "malformed": self.malformed,
        }


def take_fields(writer: Writer, value: Any, report: Report) -> None:
    """Fill what the call itself left open; what was captured in the call is never overwritten."""
    found, bad = questions.entries(FoundField, value)
    report.malformed += bad
    known = outcomes.current([writer.run.id])[writer.run.id]
    for one in found:
        spec = field_of(writer.content, one.key)
        if spec is None or one.value in (None, ""):
            continue
        _take_field(writer, spec, one, known.get(one.key), report)


def _take_field(
    writer: Writer, spec: Field, one: FoundField, known: FieldValue | None, report: Report
) -> None:
    place = writer.heard.find(one.quote, one.turn, citing.CALLER)
    try:
        value = values.normalise(spec, one.value)
    except Invalid:
        place = None
    if place is None:
        report.unsupported.append(spec.key)
        return
    if place.repaired:
        report.repaired.append(spec.key)
    if known is not None and known.grade != Grade.UNVERIFIED:
        if spec.type in _COMPARABLE and known.value is not None and known.value != value:
            report.disagrees.append(spec.key)
        return
    grade = _grade_of(value, one.quote)
    proof = citing.cite(writer.run, place, quote=one.quote, grade=grade, by=writer.by, at=writer.at)
    outcomes.capture(
        writer.run,
        objective=writer.content.objective,
        key=spec.key,
        value=value,
        grade=proof.grade,
        evidence=proof,
        by=writer.by,
        at=writer.at,
        note="after_call",
    )
    report.captured.append(spec.key)


def _grade_of(value: Any, quote: str) -> str:
    """Stated only where the words of the value are the caller's words; else a model's reading of them."""
    said = isinstance(value, str) and quotes.find(quote, value) is not None
    return str(Grade.STATED if said else Grade.INFERRED)


def take_promises(writer: Writer, value: Any, report: Report) -> None:
    """A promise counts where the caller heard it from our side."""
    found, bad = questions.entries(FoundPromise, value)
    report.malformed += bad
    for one in found:
        place = writer.heard.find(one.quote, one.turn, citing.OUR_SIDE)
        # "We will." promises nothing that anybody could keep.
        if place is None or len(one.text.split()) < FEWEST_WORDS:
            report.unsupported.append("promise")
            continue
        proof = citing.cite(
            writer.run, place, quote=one.quote, grade=Grade.STATED, by=writer.by, at=writer.at
        )
        promises.add(
            writer.run,
            text=one.text,
            kind=one.kind,
            due=one.due or "",
            evidence=proof,
            by=writer.by,
            at=writer.at,
        )


def take_summary(writer: Writer, value: Any, report: Report) -> list[Section]:
    """The agent's draft. A sentence without heard words behind it stays, and is marked by having none."""
    written, bad = questions.entries(WrittenSection, value)
    report.malformed += bad
    sections: dict[str, list[Sentence]] = {key: [] for key in SECTIONS}
    for section in written:
        listed, bad = questions.entries(WrittenSentence, section.sentences)
        report.malformed += bad
        for one in listed:
            text = one.text.strip()[: summaries.MAX_SENTENCE]
            if text:
                sections[section.key].append(_sentence(writer, section.key, text, one, report))
    return [
        Section(key=key, source=writer.by.id, sentences=sentences)
        for key, sentences in sections.items()
    ]


def _sentence(
    writer: Writer, key: str, text: str, one: WrittenSentence, report: Report
) -> Sentence:
    place = writer.heard.find(one.quote, one.turn, citing.ANYBODY)
    if place is None:
        report.unsupported.append(key)
        return Sentence(text=text)
    if place.repaired:
        report.repaired.append(key)
    proof = citing.cite(
        writer.run, place, quote=one.quote, grade=Grade.STATED, by=writer.by, at=writer.at
    )
    return Sentence(text=text, evidence=[proof.public_id])
