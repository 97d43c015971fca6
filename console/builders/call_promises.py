"""The promises of a call: its rows, what they keep from being complete, the outcome that says so."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from approvals import promised
from console.builders import calls, promise_rows
from console.builders.context import Context
from console.builders.promise_rows import Place
from console.pictures.pieces import Pill, Stat
from console.pictures.promises import PromisesOfCall
from console.words import promises as words
from runs.models import Outcome, Promise


def of_call(context: Context) -> PromisesOfCall:
    blocked = len(_blocking(context))
    text = ngettext(
        "%(n)d promise keeps this call from being complete: nothing backs it, or it is broken.",
        "%(n)d promises keep this call from being complete: nothing backs them, or they are broken.",
        blocked,
    ) % {"n": blocked}
    rows = promise_rows.rows(context.promises, context.look, Place(page="call"))
    return PromisesOfCall(rows=tuple(rows), blocked=text if blocked else "")


def outcome_pill(outcome: Outcome, blocked: int) -> Pill:
    """A record that is whole makes no call complete while something is owed that nobody does."""
    if not outcome.complete:
        return Pill(text=pgettext("outcome", "Incomplete"), tone="warn", icon="circle-alert")
    if blocked:
        return calls.owed_pill(blocked)
    return Pill(text=pgettext("outcome", "Complete"), tone="ok", icon="circle-check")


def stats(context: Context) -> list[Stat]:
    """Which promises they are, each with the way to what can be done."""
    here = context.look.href("call", context.call.public_id)
    return [
        Stat(
            label=_("Still owed"),
            value=context.look.text(one.text),
            tone="bad",
            note=words.state(one, context.look.now).text,
            href=f"{here}?tab=promised#promise-{one.id.hex}",
        )
        for one in _blocking(context)
    ]


def _blocking(context: Context) -> list[Promise]:
    now = context.look.now
    return [one for one in context.promises if promised.is_in_need(one, now)]
