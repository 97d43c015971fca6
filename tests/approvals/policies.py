"""Policies that tests of decisions publish."""

from runs import people, releases, scope
from tests.approvals import support
from tests.factories import CONTENT


def policy_of(risk):
    rule = CONTENT.policy.rules[0].model_copy(update={"risk": risk})
    changed = CONTENT.policy.model_copy(update={"rules": (rule,)})
    return CONTENT.model_copy(update={"policy": changed})


def publish(office, content):
    admin = people.Actor("system:t", "t", office.workspace.id, frozenset({"admin"}))
    return releases.publish(
        office.release.workflow, content=support.at_once(content), by=admin, at=scope.now()
    )
