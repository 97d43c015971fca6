"""What a person sets for themselves: kept, applied at once, theirs alone."""

import pytest

from approvals import outbox
from approvals.models import OutboxEntry
from runs import preferences
from runs.models import AuditEntry, User

FORM = {
    "theme": "dark",
    "density": "comfortable",
    "hours": "12",
    "hold": "60",
    "announce": "triggers",
    "sounds": "on",
    "shortcuts": "off",
    "follow": "off",
    "language": "de",
    "zone": "Asia/Tokyo",
}


@pytest.fixture
def path(scene):
    return scene.path("settings/preferences/")


def test_every_role_has_the_page(scene, path):
    for name in scene.house.users:
        assert scene.client(name).get(path).status_code == 200, name


def test_what_is_saved_holds_from_the_next_page_on(scene, lena, path):
    answer = lena.post(path, FORM, follow=True)
    html = answer.content.decode()
    assert answer.redirect_chain[-1][0].endswith("?saved=1")
    assert 'lang="de"' in html
    assert 'data-theme="dark"' in html
    assert 'data-density="comfortable"' in html
    for name in ("announce", "sounds", "shortcuts", "follow"):
        assert f'data-{name}="{FORM[name]}"' in html
    assert "JST" in html


def test_it_is_kept_for_this_person_alone(scene, lena, olive, path):
    lena.post(path, FORM)
    assert 'data-theme="dark"' not in olive.get(path).content.decode()


def test_a_change_is_in_the_audit_once_with_what_changed(scene, lena, path):
    for _again in range(2):
        lena.post(path, FORM)
    with scene.scope():
        entries = AuditEntry.objects.filter(action="preferences.changed")
        assert len(entries) == 1
        assert '"theme"' in entries[0].payload
        assert "dark" not in entries[0].payload


@pytest.mark.parametrize(
    ("field", "value"), [("zone", "Mars/Olympus"), ("theme", "pink"), ("language", "xx")]
)
def test_what_is_no_choice_is_refused_and_nothing_is_lost(scene, lena, path, field, value):
    answer = lena.post(path, {**FORM, field: value})
    assert answer.status_code == 422
    if field == "zone":
        assert 'value="Mars/Olympus"' in answer.content.decode()
    assert User.objects.get(id=scene.house.users["lena"].id).preferences == {}


def test_another_workspace_and_another_method_are_refused(scene, other, lena, path):
    assert lena.get(other.path("settings/preferences/")).status_code == 404
    assert lena.put(path).status_code == 405


def test_stored_nonsense_reads_as_the_default(scene):
    user = scene.house.users["lena"]
    user.preferences = {"theme": ["dark"], "hold": "soon", "sounds": "on"}
    found = preferences.of(user)
    assert (found.theme, found.hold_seconds, found.sounds) == ("", 0, "on")


def test_a_longer_time_to_undo_holds_what_this_person_approves(scene, lena, path):
    lena.post(path, {**FORM, "hold": "300"})
    lena.post(scene.path(f"approvals/{scene.proposal.public_id}/decide/"), scene.decision())
    with scene.scope():
        held = OutboxEntry.objects.filter(proposal=scene.proposal).first()
        assert (held.hold_until - held.created_at).total_seconds() >= 300


def test_the_review_says_the_time_that_this_person_will_have(scene, lena, path):
    lena.post(path, {**FORM, "hold": "300", "language": "en"})
    html = lena.get(scene.path(f"approvals/{scene.proposal.public_id}/")).content.decode()
    assert "Held 5 min. You can undo." in html


def test_a_shorter_one_never_goes_below_the_workspace(scene):
    with scene.scope():
        plain = outbox.hold_time(scene.run, "crm.update_contact")
        assert outbox.hold_time(scene.run, "crm.update_contact", at_least=1) == plain


def test_the_browsers_language_is_learned_at_sign_in_unless_one_was_chosen(scene):
    user = scene.house.users["lena"]
    preferences.learn_language(user, "de")
    assert user.locale == "de"
    user.preferences = {"language": "en"}
    preferences.learn_language(user, "de")
    assert user.locale == "de"
    user.locale = "en"
    preferences.learn_language(user, "de")
    assert user.locale == "en"
