"""Calls from the first ring to the last word. Owners of live calls come through `voice.switchboard.claims`."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce

from runs import customers, executions, ledger, people, scope
from runs.errors import Invalid
from runs.models import Customer, Release, Run, Workflow
from runs.people import Actor
from runs.releases import content_of
from voice import bell, call_variables, search_documents, sip
from voice.models import Call, Connection, Number
from voice.models.call import CallState

AFTER_CALL_TASK = "voice.after_call"
UNKNOWN_NUMBER = "number_unknown"
# The provider ends a session after 60 minutes; nobody lets it ring for three.
LONGEST_CALL = timedelta(minutes=65)
LONGEST_RING = timedelta(minutes=3)
OPEN = (CallState.RINGING, CallState.LIVE)


def begin(
    connection: Connection,
    *,
    provider_call_id: str,
    headers: Sequence[object],
    by: Actor,
    at: datetime,
    test: bool = False,
) -> Call:
    """Call and run exist from the first ring on. The same call announced again is the same row."""
    known = Call.objects.filter(connection=connection, provider_call_id=provider_call_id).first()
    if known is not None:
        return known
    invitation = sip.read(headers)
    release, reason = _release_for(connection, invitation)
    customer = customers.find_by_phone(invitation.caller_number)
    variables, refused = call_variables.typed(content_of(release).variables, invitation.variables)
    call = Call(
        workspace_id=connection.workspace_id,
        connection=connection,
        customer=customer,
        provider_call_id=provider_call_id,
        external_id=invitation.external_id,
        caller_number=invitation.caller_number,
        caller_name=customer.name if customer else invitation.caller_name,
        called_number=invitation.called_number,
        variables=variables,
        header_notes=[*invitation.notes, *refused],
        attention=reason,
        attention_at=at if reason else None,
        test=test,
        rang_at=at,
    )
    repeated = _give_up_repeated_id(call)
    call.run = _start_run(call, release, customer, by=by, at=at)
    call.save(force_insert=True)
    ledger.append(call.run_id, "call.rang", by=by, at=at, call=call.public_id)
    for code in filter(None, (repeated, reason)):
        ledger.append(call.run_id, "call.flagged", by=by, at=at, call=call.public_id, code=code)
    return call


def miss(call: Call, *, reason: str, by: Actor, at: datetime) -> bool:
    """Nobody answered: the caller was gone, or it could not be accepted."""
    ended = {"state": CallState.MISSED, "ended_at": at, "end_reason": reason}
    if not _close(call, ended, voice_state="ended"):
        return False
    ledger.append(call.run_id, "call.missed", by=by, at=at, call=call.public_id, reason=reason)
    executions.fail(call.run, code=f"call_missed_{reason}", by=by, at=at)
    return True


def end(
    call: Call, *, reason: str, by: Actor, at: datetime, state: CallState = CallState.ENDED
) -> bool:
    """The last word was said: the work after the call is due. False where the call was over already."""
    ended = {"state": state, "ended_at": at, "end_reason": reason, "after_call_at": at}
    if not _close(call, ended, voice_state="ended"):
        return False
    executions.finish_call(call.run_id)
    ledger.append(call.run_id, "call.ended", by=by, at=at, call=call.public_id, reason=reason)
    bell.ring_task(AFTER_CALL_TASK, call.workspace_id, call.id)
    return True


def reap(at: datetime, *, limit: int = 50) -> int:
    """End calls that no switchboard owns and that cannot be going on any more."""
    with scope.every_workspace():
        gone = Q(state=CallState.LIVE, begun__lt=at - LONGEST_CALL) | Q(
            state=CallState.RINGING, rang_at__lt=at - LONGEST_RING
        )
        lost = (
            Call.objects.annotate(begun=Coalesce("answered_at", "rang_at"))
            .filter(Q(lease_until=None) | Q(lease_until__lt=at), gone)
            .values_list("workspace_id", "id")[:limit]
        )
        found = list(lost)
    return sum(_reap_one(workspace_id, id, at) for workspace_id, id in found)


def _reap_one(workspace_id: uuid.UUID, id: uuid.UUID, at: datetime) -> bool:
    by = people.system("reaper", workspace_id)
    with scope.workspace(workspace_id):
        free = Call.objects.select_for_update(skip_locked=True, of=("self",)).select_related("run")
        call = free.filter(Q(lease_until=None) | Q(lease_until__lt=at), id=id, state__in=OPEN)
        row = call.first()
        if row is None:
            return False
        # Whoever still believes to own it writes nothing from now on.
        row.epoch += 1
        row.save(update_fields=["epoch"])
        Run.objects.filter(id=row.run_id).update(fence=row.epoch)
        if row.state == CallState.RINGING:
            return miss(row, reason="not_answered", by=by, at=at)
        return end(row, reason="lost", by=by, at=at)


def _close(call: Call, changes: dict[str, object], *, voice_state: str) -> bool:
    changed = Call.objects.filter(id=call.id, state__in=OPEN).update(
        **changes, voice_state=voice_state, voice_state_at=changes["ended_at"], lease_until=None
    )
    for name, value in changes.items():
        setattr(call, name, value)
    if changed:
        search_documents.keep(call.id)
    return bool(changed)


def _release_for(connection: Connection, invitation: sip.Invitation) -> tuple[Release, str]:
    """The release that answers, and why it must not answer after all, if so."""
    published = Workflow.objects.filter(current__isnull=False).select_related("current")
    if invitation.workflow:
        named = published.filter(name=invitation.workflow).first()
        if named is not None and named.current is not None:
            return named.current, ""
    number = Number.objects.filter(connection=connection, e164=invitation.called_number).first()
    if number is not None:
        published = published.filter(id=number.workflow_id)
    workflows = list(published.order_by("id")[:2])
    if not workflows or workflows[0].current is None:
        raise Invalid("nothing_published", number=invitation.called_number)
    return workflows[0].current, UNKNOWN_NUMBER if len(workflows) > 1 else ""


def _give_up_repeated_id(call: Call) -> str:
    """An id that another call has is kept beside, never taken over."""
    if not call.external_id or not Call.objects.filter(external_id=call.external_id).exists():
        return ""
    call.variables = {**call.variables, "uid_conflict": call.external_id}
    call.external_id = ""
    return "uid_repeated"


def _start_run(
    call: Call, release: Release, customer: Customer | None, *, by: Actor, at: datetime
) -> Run:
    who = call.caller_name or call.caller_number or "unknown caller"
    return executions.start(
        release,
        title=f"{content_of(release).workflow.title}, {who}"[:200],
        input={
            "caller": call.caller_number,
            "called": call.called_number,
            "variables": call.variables,
        },
        customer=customer,
        call=call.public_id,
        by=by,
        at=at,
    )
