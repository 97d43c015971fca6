"""Summaries: versions of a text for people. The agent's draft stays version 1; an approved version locks."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from runs import audit, ledger, locks
from runs.access import Permission, require
from runs.errors import Conflict, Invalid, NotFound
from runs.models import Evidence, Run, Summary
from runs.models.summary import SummaryState
from runs.people import Actor

SECTIONS = ("reason", "agreed", "next_step", "promises", "open_questions")
MAX_SENTENCE = 800


class Sentence(BaseModel):
    """One sentence and the public ids of the evidence behind it."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_SENTENCE)]
    evidence: list[str] = []


class Section(BaseModel):
    """A part of the summary. `source` is the actor who wrote it last."""

    model_config = ConfigDict(extra="forbid")

    key: str
    source: str
    sentences: list[Sentence]


def draft(run: Run, *, sections: list[Section], by: Actor, at: datetime) -> Summary:
    """Store the agent's draft as version 1. A second draft of the same run is a Conflict."""
    if versions(run):
        raise Conflict("draft_exists", run=run.public_id)
    return _add(run, "summary.drafted", None, sections, by=by, at=at)


def edit(
    run: Run,
    *,
    base_version: int,
    sections: list[Section],
    by: Actor,
    at: datetime,
    reopen: bool = False,
) -> Summary:
    """Add a version on top of the newest. Raise Conflict("newer_version") where somebody saved meanwhile.

    An approved version is locked: only who says `reopen` goes on from it, with a version to be approved anew.
    """
    require(by, Permission.EDIT_SUMMARY)
    newest = _lock(run)
    if newest is None:
        raise NotFound("no_summary", run=run.public_id)
    if newest.version != base_version:
        raise Conflict("newer_version", version=newest.version, by=newest.by)
    if newest.state == SummaryState.APPROVED and not reopen:
        raise Conflict("summary_locked", by=newest.approved_by)
    added = _add(run, "summary.edited", newest, sections, by=by, at=at)
    audit.record(
        "summary.edited", run.public_id, by=by, at=at, version=added.version,
        was=newest.sections, became=added.sections,
    )  # fmt: skip
    return added


def approve(run: Run, *, version: int, by: Actor, at: datetime) -> Summary:
    """Lock the newest version. Every sentence needs evidence; an older version cannot be approved."""
    require(by, Permission.APPROVE_SUMMARY)
    newest = _lock(run)
    if newest is None:
        raise NotFound("no_summary", run=run.public_id)
    if newest.version != version:
        raise Conflict("newer_version", version=newest.version, by=newest.by)
    if newest.state == SummaryState.APPROVED:
        raise Conflict("already_approved", by=newest.approved_by)
    bare = unsupported(sections_of(newest))
    if bare:
        raise Invalid("unsupported_sentences", count=len(bare))
    Summary.objects.filter(id=newest.id).update(
        state=SummaryState.APPROVED, approved_by=by.name, approved_at=at
    )
    Run.objects.filter(id=run.id).update(summary_state=SummaryState.APPROVED)
    ledger.append(run.id, "summary.approved", by=by, at=at, summary=str(newest.id), version=version)
    audit.record("summary.approved", run.public_id, by=by, at=at, version=version)
    newest.refresh_from_db()
    return newest


def restore(
    run: Run,
    *,
    version: int,
    base_version: int,
    by: Actor,
    at: datetime,
    reopen: bool = False,
) -> Summary:
    """Add a version with the text and the quotes of an earlier one; everything between stays."""
    old = Summary.objects.filter(run=run, version=version).first()
    if old is None:
        raise NotFound("no_such_version", version=version)
    return edit(
        run,
        base_version=base_version,
        sections=sections_of(old),
        by=by,
        at=at,
        reopen=reopen,
    )


def cite(
    run: Run, *, base_version: int, section: str, index: int, evidence: str, by: Actor, at: datetime
) -> Summary:
    """Add a version in which a sentence rests on one more quote."""
    newest = latest(run)
    if newest is None:
        raise NotFound("no_summary", run=run.public_id)
    known = sections_of(newest)
    found = next((one for one in known if one.key == section), None)
    if found is None or not 0 <= index < len(found.sentences):
        raise Conflict("newer_version", version=newest.version, by=newest.by)
    sentence = found.sentences[index]
    sentence.evidence = list(dict.fromkeys([*sentence.evidence, evidence]))
    return edit(run, base_version=base_version, sections=known, by=by, at=at)


def untouched(run: Run, section: str, base_version: int, newest: Summary) -> bool:
    """Whether nobody changed this section since a version: then a text made on that one still fits."""
    base = Summary.objects.filter(run=run, version=base_version).first()
    if base is None:
        return False
    return _said(base, section) == _said(newest, section)


def _said(summary: Summary, section: str) -> list[Sentence]:
    found = next((one for one in sections_of(summary) if one.key == section), None)
    return found.sentences if found else []


def latest(run: Run) -> Summary | None:
    return Summary.objects.filter(run=run).order_by("-version").first()


def versions(run: Run) -> list[Summary]:
    """Newest first."""
    return list(Summary.objects.filter(run=run).order_by("-version"))


def sections_of(summary: Summary) -> list[Section]:
    return [Section.model_validate(section) for section in summary.sections]


def unsupported(sections: list[Section]) -> list[tuple[str, int]]:
    """(section key, index) of sentences that no evidence stands behind."""
    return [
        (section.key, index)
        for section in sections
        for index, sentence in enumerate(section.sentences)
        if sentence.text and not sentence.evidence
    ]


def parse(sections: object) -> list[Section]:
    """Validate what a form or a model sent. Raise Invalid with the place of each fault."""
    if not isinstance(sections, list):
        raise Invalid("bad_sections")
    try:
        return [Section.model_validate(section) for section in sections]
    except ValidationError as error:
        raise Invalid(
            "bad_sections", faults=[".".join(map(str, one["loc"])) for one in error.errors()]
        ) from error


def _lock(run: Run) -> Summary | None:
    locks.lock_run(run.id)
    return latest(run)


def _add(
    run: Run, kind: str, base: Summary | None, sections: list[Section], *, by: Actor, at: datetime
) -> Summary:
    known = set(Evidence.objects.filter(run=run).values_list("public_id", flat=True))
    for section in sections:
        if section.key not in SECTIONS:
            raise Invalid("unknown_section", section=section.key)
        for sentence in section.sentences:
            strange = set(sentence.evidence) - known
            if strange:
                raise Invalid("unknown_evidence", evidence=sorted(strange))
    added = Summary.objects.create(
        workspace_id=run.workspace_id,
        run=run,
        version=(base.version if base else 0) + 1,
        sections=[section.model_dump() for section in sections],
        based_on=base.version if base else None,
        by=by.name,
        at=at,
    )
    Run.objects.filter(id=run.id).update(summary_state=added.state)
    ledger.append(run.id, kind, by=by, at=at, summary=str(added.id), version=added.version)
    return added
