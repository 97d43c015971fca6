"""A release is frozen: what a call pinned stays what it was."""

import pytest
from pydantic import ValidationError

from runs import releases, scope
from runs.errors import Invalid, NotAllowed
from runs.models import Release, Workflow
from tests import factories
from tests.people import northwind

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return northwind()


def workflow_of(house):
    return Workflow.objects.create(
        workspace=house.workspace, name="w", title="W", updated_at=scope.now()
    )


def test_publishing_again_without_a_change_keeps_the_release(house):
    with scope.workspace(house.workspace.id):
        publish = {"content": factories.CONTENT, "by": house.actor("adam"), "at": scope.now()}
        workflow = workflow_of(house)
        first = releases.publish(workflow, **publish)
        assert releases.publish(workflow, **publish) == first


def test_a_change_is_the_next_number_and_the_old_release_stays(house):
    with scope.workspace(house.workspace.id):
        workflow, adam = workflow_of(house), house.actor("adam")
        old = releases.publish(workflow, content=factories.CONTENT, by=adam, at=scope.now())
        stricter = factories.CONTENT.model_copy(
            update={"policy": releases.Policy(approve_by_minutes=5)}
        )
        new = releases.publish(workflow, content=stricter, by=adam, at=scope.now())
        assert (new.number, releases.content_of(old)) == (2, factories.CONTENT)


def test_olive_may_not_publish(house):
    with scope.workspace(house.workspace.id), pytest.raises(NotAllowed):
        releases.publish(
            workflow_of(house),
            content=factories.CONTENT,
            by=house.actor("olive"),
            at=scope.now(),
        )


def test_a_release_that_was_altered_is_refused(house):
    with scope.workspace(house.workspace.id):
        release = factories.make_release(house.workspace, scope.now())
        Release.objects.filter(id=release.id).update(
            content=release.content.replace("SMS", "x") + " "
        )
        release.refresh_from_db()
        with pytest.raises(Invalid, match="release_altered"):
            releases.content_of(release)


def test_an_objective_needs_a_required_field():
    with pytest.raises(ValidationError, match="at least one required field"):
        releases.Objective(title="x", fields=(releases.Field(key="a", label="A", required=False),))


def test_an_external_action_needs_a_configuration():
    with pytest.raises(ValidationError, match="no configuration for sms"):
        releases.Content(
            workflow=releases.WorkflowSpec(
                name="w", title="W", capabilities=(), external_actions=("sms",)
            ),
            objective=factories.OBJECTIVE,
            agent=factories.CONTENT.agent,
        )


def test_a_pattern_that_re2_cannot_run_is_refused():
    with pytest.raises(ValidationError, match="is not a pattern"):
        releases.Trigger(key="k", label="L", patterns=(r"(?<=a)b",))


NOBODY = releases.RiskRule(key="r", words="R", action="*", risk="high", role="director")


@pytest.mark.parametrize(
    "policy",
    [
        releases.Policy(rules=(NOBODY,)),
        releases.Policy(default_role=""),
        releases.Policy(roles={"high": "director"}),
        releases.Policy(approve_by_minutes=1, execute_by_minutes=2),
    ],
)
def test_a_policy_that_can_never_be_satisfied_is_not_published(house, policy):
    actions = tuple(
        one.model_copy(update={"hold_seconds": 120}) for one in factories.CONTENT.actions
    )
    content = factories.CONTENT.model_copy(update={"policy": policy, "actions": actions})
    with scope.workspace(house.workspace.id):
        with pytest.raises(Invalid, match="policy_never_satisfied"):
            releases.publish(
                workflow_of(house), content=content, by=house.actor("adam"), at=scope.now()
            )
        assert not Release.objects.exists()
