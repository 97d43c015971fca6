"""Targets: a run touches the record of its own customer, whoever asks: a model, a person or a key."""

from approvals import action_types
from approvals.contents import Content
from runs import releases
from runs.errors import NotAllowed
from runs.models import Customer, Run


def check(run: Run, content: Content) -> None:
    """Whose record it is comes from our side, not from who asks. Raise NotAllowed for another customer's."""
    frozen = releases.content_of(run.release)
    for effect in content.effects:
        action = releases.action_of(frozen, effect.action)
        kind = action_types.get(action.type if action else "")
        arguments = action_types.parse(kind.Arguments, effect.arguments)
        _check_mentioned(run, kind.mentions(arguments))
        about = kind.customer(arguments)
        if about is None:
            continue
        if run.customer is None:
            raise NotAllowed("customer_unknown")
        if about != run.customer.external_id:
            raise NotAllowed("record_of_another_customer")


def _check_mentioned(run: Run, values: tuple[str, ...]) -> None:
    """An admin's own request names its record in any of its values: whoever is named, it is not another."""
    named = [value for value in values if value]
    if not named:
        return
    others = Customer.objects.filter(external_id__in=named)
    if run.customer is not None:
        others = others.exclude(external_id=run.customer.external_id)
    if others.exists():
        raise NotAllowed("record_of_another_customer")
