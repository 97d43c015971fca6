"""Fields that open proposals would change: one open wish for each field of a record, kept by a unique key."""

from django.db import IntegrityError, transaction

from approvals import action_types, contents, versions
from approvals.contents import Content
from approvals.models import OpenField, Proposal
from runs import releases
from runs.errors import Conflict
from runs.models import Run

Place = tuple[str, str]  # record, field


def places(run: Run, content: Content) -> set[Place]:
    """Which fields of which records the effects would change."""
    frozen = releases.content_of(run.release)
    found: set[Place] = set()
    for effect in content.effects:
        action = releases.action_of(frozen, effect.action)
        kind = action_types.find(action.type) if action else None
        if action is None or kind is None:
            continue
        arguments = action_types.parse(kind.Arguments, effect.arguments)
        record = kind.record(action_types.parse(kind.Config, action.config), arguments)
        target = f"{action.connection}/{record}"[:160]
        found |= {(target, field[:80]) for field in kind.fields(arguments)}
    return found


def holders(wanted: set[Place]) -> dict[Place, Proposal]:
    """The open proposals that hold these places now."""
    rows = OpenField.objects.filter(
        target__in={target for target, _ in wanted}, field__in={field for _, field in wanted}
    ).select_related("proposal", "proposal__run", "proposal__run__release")
    return {
        (row.target, row.field): row.proposal for row in rows if (row.target, row.field) in wanted
    }


def take(proposal: Proposal, content: Content) -> None:
    """Hold what this content changes and let go of the rest. Raise Conflict where another proposal
    holds a field: the unique key decides, whatever was read before."""
    wanted = places(proposal.run, content)
    mine = OpenField.objects.filter(proposal=proposal)
    held = {(row.target, row.field): row.id for row in mine}
    gone = [row_id for place, row_id in held.items() if place not in wanted]
    if gone:
        mine.filter(id__in=gone).delete()
    missing = sorted(wanted - held.keys())
    try:
        with transaction.atomic():
            OpenField.objects.bulk_create(
                OpenField(
                    workspace_id=proposal.workspace_id,
                    proposal=proposal,
                    target=target,
                    field=field,
                )
                for target, field in missing
            )
    except IntegrityError as error:
        if "one_open" not in str(error):
            raise
        other = next(iter(holders(set(missing)).values()), None)
        raise Conflict(
            "open_proposal", proposal=other.public_id if other else "", field=missing[0][1]
        ) from error


def overlapping_conflicts(run: Run, content: Content) -> list[Proposal]:
    """Proposals of the same action that went back to people and are about the same fields."""
    wanted = places(run, content)
    if not wanted or run.customer_id is None:
        return []
    stuck = Proposal.objects.filter(
        state="conflict", action=content.effects[0].action, customer_id=run.customer_id
    ).select_related("run", "run__release", "step")
    return [one for one in stuck if wanted & places(one.run, contents.load(versions.of(one)))]
