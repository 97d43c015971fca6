"""The rules page: everybody reads, admins change, and nobody publishes what was not looked at."""

import re

import pytest

from console.demo import harbor, northwind, people
from runs import policy_text, releases, satisfiable
from runs.models import AuditEntry, Release, User, Workflow
from runs.policies import Policy
from tests.people import make_person, make_workspace

LOOSE = "RULE mobile 'A mobile number' ON 'crm.*' FIELD 'mobile' RISK high ROLE 'admin' WITHOUT FOUR EYES"
SUMMED = """\
RULE desk 'D' ON 'crm.*' FIELD 'a' RISK medium ROLE 'support_lead'
  REQUIRE APPROVALS 3 ROLE 'support_lead', 'operator'
RULE house 'H' ON 'crm.*' FIELD 'b' RISK medium ROLE 'support_lead'
  REQUIRE APPROVALS 3 ROLE 'support_lead', 'admin'
"""
STUCK = LOOSE.replace("WITHOUT FOUR EYES", "REQUIRE APPROVALS 9 ROLE 'admin'")


@pytest.fixture
def path(scene):
    return scene.path("settings/rules/")


@pytest.fixture
def adam(scene):
    return scene.client("adam")


def text_of(scene):
    with scene.scope():
        return policy_text.write(policy_of(scene))


def policy_of(scene):
    return releases.content_of(Workflow.objects.get().current).policy


def base_of(scene):
    with scene.scope():
        return Workflow.objects.get().current.number


def look(scene, client, path, text=LOOSE):
    return client.post(path, {"verb": "look", "text": text, "days": "7", "base": base_of(scene)})


def publish(scene, client, path, answer, text=LOOSE):
    found = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    sent = {"verb": "publish", "text": text, "base": base_of(scene), "seen": found and found[1]}
    return client.post(path, sent, follow=True)


def test_who_sees_proposals_reads_the_rules(scene, path):
    for name in ("lena", "olive", "adam"):
        html = scene.client(name).get(path).content.decode()
        assert "contact_data" in html
        assert ("readonly" in html) is (name != "adam")
        assert ('value="look"' in html) is (name == "adam")


def test_only_admins_look_and_publish(scene, path):
    for name in ("lena", "olive"):
        assert look(scene, scene.client(name), path).status_code == 403
    with scene.scope():
        assert Release.objects.count() == 1


def test_a_look_counts_and_lists_and_changes_nothing(scene, adam, path):
    html = look(scene, adam, path).content.decode()
    assert 'href="#look-other"' in html
    assert f'href="{scene.path("approvals/")}{scene.proposal.public_id}/"' in html
    assert "1 of 1" in html
    with scene.scope():
        assert Release.objects.count() == 1
        assert not AuditEntry.objects.filter(action="release.published").exclude(
            by__startswith="system:"
        ).exists()  # fmt: skip


def test_a_look_says_what_other_times_do_to_what_waits(scene, adam, path):
    text = text_of(scene).replace("APPROVE BY 240", "APPROVE BY 10")
    html = look(scene, adam, path, text=text).content.decode()
    assert 'href="#look-times"' in html
    assert "Of what waits now, 1 would be shown anew" in html
    assert "decide within 10 minutes, send within" in html


def test_who_is_alone_with_a_rule_is_named_before_and_after_publishing(scene, adam, path):
    words = "Rule risk high asks for four eyes: what the only support lead edits, nobody here may"
    assert words not in adam.get(path).content.decode()
    User.objects.exclude(name__in=["Lena Fischer", "Adam Reyes"]).update(is_active=False)
    assert words in adam.get(path).content.decode()
    assert words in look(scene, adam, path).content.decode()


def test_what_was_looked_at_is_published_with_its_digests_in_the_audit(scene, adam, path):
    answer = publish(scene, adam, path, look(scene, adam, path))
    assert "Published." in answer.content.decode()
    with scene.scope():
        assert policy_of(scene) == policy_text.read(LOOSE)
        entry = AuditEntry.objects.get(action="release.published", by_name="Adam Reyes")
        assert '"was":' in entry.payload
        assert '"became":' in entry.payload


def test_what_was_not_looked_at_is_not_published(scene, adam, path):
    answer = publish(scene, adam, path, look(scene, adam, path), text=LOOSE.replace("high", "low"))
    assert answer.status_code == 422
    with scene.scope():
        assert Release.objects.count() == 1


def test_published_twice_it_is_told_that_there_is_a_newer_one(scene, adam, path):
    old = base_of(scene)
    answer = look(scene, adam, path)
    publish(scene, adam, path, answer)
    found = re.search(r'name="seen" value="(\w+)"', answer.content.decode())[1]
    again = adam.post(path, {"verb": "publish", "text": LOOSE, "base": old, "seen": found})
    assert again.status_code == 409
    assert "Version 2 was published meanwhile" in again.content.decode()
    assert LOOSE.split("'")[1] in again.content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("RULE x", "line 1, column 7: expected what the rule means"),
        (STUCK, "it asks 9 people, and fewer could say yes"),
        (SUMMED, "together: they ask 6 people, and fewer could say yes"),
        ("AUTONOMY crm.nothing NEVER", "crm.nothing is not configured"),
    ],
)
def test_a_wrong_text_says_why_and_is_not_lost(scene, adam, path, text, words):
    answer = look(scene, adam, path, text)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert text.split(" ")[1] in html


def test_another_workspace_has_its_own_rules(scene, other, adam, path):
    assert adam.get(path.replace(scene.slug, other.slug)).status_code == 404
    assert adam.get(f"{path}?workflow=nothing").status_code == 404
    with other.scope():
        assert Release.objects.count() == 1


def test_the_same_rules_are_not_published_again(scene, adam, path):
    html = look(scene, adam, path, text_of(scene)).content.decode()
    assert "These are the rules that hold already." in html
    assert 'value="publish"' not in html
    with scene.scope():
        assert policy_of(scene) != Policy()


def test_it_is_not_deleted(adam, path):
    assert adam.delete(path).status_code == 405


@pytest.mark.parametrize("business", [northwind, harbor])
def test_an_admin_of_the_demo_could_save_what_the_demo_begins_with(db, business):
    """Set-up does not ask who works there; the businesses that it makes hold nevertheless."""
    workspace = make_workspace(business.SLUG, business.NAME)
    for one in people.PEOPLE:
        if one.slug == business.SLUG:
            make_person(workspace, one.name, one.role)
    satisfiable.check_people(business.CONTENT.policy, workspace.id)
    assert policy_text.read(policy_text.write(business.CONTENT.policy)) == business.CONTENT.policy
