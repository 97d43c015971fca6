"""Recipients: to whom a content writes. Somebody else than was wished for is a risk with a name of its own,
and an address that is not the customer's needs a rule that allows it.
"""

from collections.abc import Iterator, Mapping

from approvals import action_types, contents, disclosure, policy, versions
from approvals.conditions import Fact
from approvals.contents import Content
from approvals.models import Proposal
from runs import releases
from runs.errors import NotAllowed
from runs.models import Run

# What rules call it: `field` of a rule about a recipient is exactly this.
FIELD = "recipient"
RULE = "recipient_changed"


def of(run: Run, content: Content) -> dict[str, str]:
    """Each address that the effects would write to, in small letters, with the action that does."""
    return {address.casefold(): action for action, address in _written_to(run, content)}


def changed(proposal: Proposal, content: Content) -> dict[str, str]:
    """The addresses that the first version did not write to. Where that wrote to nobody, a later mail to the
    customer's own address changes nothing."""
    wished = of(proposal.run, contents.load(versions.of(proposal, 1))) or {_own(proposal.run): ""}
    return {one: action for one, action in of(proposal.run, content).items() if one not in wished}


def judge(
    rules: releases.Policy, verdict: policy.Verdict, moved: Mapping[str, str], tier: str
) -> policy.Verdict:
    """With what the rules say of each address that was not wished for; a high risk where none says anything."""
    for address, action in moved.items():
        verdict = policy.named(
            rules, verdict, action=action, fact=Fact(FIELD, after=address), tier=tier
        ) or policy.raised(rules, verdict, RULE)
    return verdict


def check(proposal: Proposal, content: Content, rules: releases.Policy) -> None:
    """Raise NotAllowed for an address that nobody wished for, that is not the customer's, and that no rule
    allows."""
    customer = proposal.run.customer
    known = {_own(proposal.run), *_corrected(proposal.run, content)}
    for address, action in changed(proposal, content).items():
        fact, tier = Fact(FIELD, after=address), customer.tier if customer else ""
        if address not in known and not policy.names(rules, action=action, fact=fact, tier=tier):
            raise NotAllowed("recipient_not_known")


def strangers(run: Run, content: Content) -> list[str]:
    """Addresses that are not the customer's."""
    return [one for one in of(run, content) if one != _own(run)]


def _own(run: Run) -> str:
    return run.customer.email.casefold() if run.customer else ""


def _corrected(run: Run, content: Content) -> set[str]:
    """What this very content writes into the customer's record: who is told of it is told there."""
    written = disclosure.fields(run, content).values()
    return {one.casefold() for one in written if isinstance(one, str) and "@" in one}


def _written_to(run: Run, content: Content) -> Iterator[tuple[str, str]]:
    frozen = releases.content_of(run.release)
    for effect in content.effects:
        action = releases.action_of(frozen, effect.action)
        if action is None:
            continue
        kind = action_types.get(action.type)
        arguments = action_types.parse(kind.Arguments, effect.arguments)
        yield from ((effect.action, one) for one in kind.recipients(arguments))
