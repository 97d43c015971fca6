"""The outbox: every state in words, by what it needs."""

import pytest
from django.utils import timezone

from approvals import notices
from approvals.models import Attempt, Breaker, OutboxEntry, Pause
from console.builders import outbox
from console.builders.look import Look


@pytest.fixture
def approved(scene, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/decide/")
    assert lena.post(path, scene.decision()).status_code == 303
    return scene


def set_entries(scene, **changes):
    with scene.scope():
        for entry in OutboxEntry.objects.all():
            if changes["state"] in ("succeeded", "reconcile"):
                until = timezone.now() + timezone.timedelta(minutes=1)
                entry.state, entry.lease, entry.lease_until = "sending", entry.id, until
                entry.save()
            OutboxEntry.objects.filter(id=entry.id).update(**changes)


def test_what_was_approved_waits_here(approved, lena):
    html = lena.get(approved.path("outbox/")).content.decode()
    assert "Update contact in CRM" in html
    assert "May be undone until" in html
    assert "Held and queued" in html


def test_an_address_is_masked_without_the_role(approved, olive):
    html = olive.get(approved.path("outbox/")).content.decode()
    assert "d•••@whitfield.example" in html
    assert "dana@whitfield.example" not in html


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({"state": "succeeded", "result": {"reference": "crm_1"}, "attempts": 1}, "confirmed"),
        ({"state": "failed", "reason": "status_422", "attempts": 1}, "needs_you"),
        ({"state": "unknown", "reason": "timeout", "attempts": 2}, "needs_you"),
        ({"state": "pending", "reason": "status_503", "attempts": 2}, "retrying"),
        ({"state": "pending", "held": True}, "held"),
        ({"state": "cancelled", "reason": "undone"}, "cancelled"),
    ],
)
def test_each_state_has_its_place_and_its_delivery(approved, lena, changes, group):
    set_entries(approved, finished_at=timezone.now(), **changes)
    page = lena.get(approved.path("outbox/")).context["page"]
    assert {one.key: len(one.rows) for one in page.groups}[group] == 2
    step = f"effect-{page.groups[[g.key for g in page.groups].index(group)].rows[0].key}"
    assert lena.get(approved.path(f"runs/{approved.run.public_id}/?step={step}")).status_code == 200


def test_a_doubt_is_a_notice_until_its_effect_is_opened(approved, lena, olive):
    set_entries(approved, state="unknown", reason="timeout", attempts=2)
    with approved.scope():
        entry = OutboxEntry.objects.order_by("id").first()
        notices.tell_of_doubts([entry], at=timezone.now())
    words = f"{entry.public_id} was sent, and nobody knows whether it arrived"
    html = lena.get(approved.path("notices/")).content.decode()
    assert words in html
    assert f'href="{approved.path(f"outbox/{entry.public_id}/")}"' in html
    assert words not in olive.get(approved.path("notices/")).content.decode()
    lena.get(approved.path(f"outbox/{entry.public_id}/"))
    assert words not in lena.get(approved.path("notices/")).content.decode()


def test_nothing_on_its_way_is_said(scene, lena):
    assert "Nothing on its way" in lena.get(scene.path("outbox/")).content.decode()


def test_it_needs_the_role(scene):
    answer = scene.client("ines").get(scene.path("outbox/"))
    assert answer.status_code == 403
    assert "Needs the role" in answer.content.decode()


def act(scene, client, verb):
    with scene.scope():
        entry = OutboxEntry.objects.order_by("id").first()
    return entry, client.post(scene.path(f"outbox/{entry.public_id}/{verb}/"))


def test_a_lead_cancels_what_was_not_sent(approved, lena):
    entry, answer = act(approved, lena, "cancel")
    assert answer.status_code == 303
    with approved.scope():
        entry.refresh_from_db()
        assert entry.state == "cancelled"
    assert "A person cancelled it" in lena.get(answer["Location"]).content.decode()
    assert act(approved, lena, "cancel")[1].status_code == 409


def test_the_run_page_offers_only_verbs_that_are_open(approved, lena, olive):
    entry, _answer = act(approved, olive, "cancel")
    path = approved.path(f"runs/{approved.run.public_id}/?step=effect-{entry.public_id}")
    html = lena.get(path).content.decode()
    assert f"/outbox/{entry.public_id}/cancel/" in html
    assert f"/outbox/{entry.public_id}/retry/" not in html
    assert f"/outbox/{entry.public_id}/" not in olive.get(path).content.decode()


def test_effects_are_touched_by_post_role_and_known_verbs_only(approved, lena, olive):
    entry, answer = act(approved, olive, "cancel")
    assert answer.status_code == 403
    assert act(approved, lena, "explode")[1].status_code == 404
    assert lena.get(approved.path(f"outbox/{entry.public_id}/cancel/")).status_code == 405
    assert lena.post(approved.path("outbox/OBX-00000000/cancel/")).status_code == 404
    with approved.scope():
        assert {one.state for one in OutboxEntry.objects.all()} == {"pending"}


@pytest.fixture
def adam(scene):
    return scene.client("adam")


@pytest.fixture
def doubtful(approved):
    """Sent, and no answer came back."""
    set_entries(approved, state="unknown", reason="timeout", attempts=1)
    return approved


def first(scene):
    with scene.scope():
        return OutboxEntry.objects.select_related("run").order_by("id").first()


def resolve(scene, client, verb, **form):
    return client.post(scene.path(f"outbox/{first(scene).public_id}/{verb}/"), form)


def test_a_doubt_shows_its_evidence_and_three_ways_out(doubtful, lena):
    with doubtful.scope():
        entry = OutboxEntry.objects.order_by("id").first()
        Attempt.objects.create(
            workspace_id=entry.workspace_id, entry=entry, number=1, lease=entry.id, worker="w1",
            started_at=timezone.now(), wired_at=timezone.now(), verdict="ambiguous",
            error="timeout", answer="<b>half an ans",
        )  # fmt: skip
    html = lena.get(doubtful.path(f"outbox/{entry.public_id}/")).content.decode()
    for words in ("Nobody knows whether this happened", "Send again as new", "What proves it"):
        assert words in html
    assert "&lt;b&gt;half an ans" in html
    assert "c-1001" in html


def test_it_happened_needs_the_words_that_prove_it(doubtful, lena):
    answer = resolve(doubtful, lena, "happened", evidence="  ")
    assert answer.status_code == 422
    assert first(doubtful).state == "unknown"
    assert resolve(doubtful, lena, "happened", evidence="Seen in the CRM").status_code == 303
    assert first(doubtful).result["evidence"] == "Seen in the CRM"
    assert resolve(doubtful, lena, "happened", evidence="Again").status_code == 409


def test_who_approved_does_not_say_that_it_goes_again(doubtful, lena):
    page = lena.get(doubtful.path(f"outbox/{first(doubtful).public_id}/")).context["page"]
    again = next(way for way in page.resolutions if way.href.endswith("/again/"))
    assert again.off_reason
    assert resolve(doubtful, lena, "again").status_code == 403
    assert resolve(doubtful, doubtful.client("mei"), "again").status_code == 303


def test_an_operator_reads_the_doubt_and_cannot_end_it(doubtful, olive):
    page = olive.get(doubtful.path(f"outbox/{first(doubtful).public_id}/")).context["page"]
    assert all("Lena Fischer" in way.off_reason for way in page.resolutions)


def test_an_effect_that_is_not_ours_is_not_there(approved, other, lena):
    assert lena.get(approved.path(f"outbox/{other.entry_id()}/")).status_code == 404
    assert lena.post(approved.path(f"outbox/{first(approved).public_id}/")).status_code == 405


def stop(scene, client, **form):
    told = {"mode": "pause", "action": "", "reason": "The CRM doubles records", **form}
    return client.post(scene.path("outbox/stop/"), told)


def test_a_stop_is_seen_with_its_reason_on_page_and_rows(approved, adam, olive):
    assert stop(approved, adam).status_code == 303
    page = olive.get(approved.path("outbox/")).context["page"]
    (banner,) = page.stops.banners
    assert "The CRM doubles records" in banner.text
    assert "2 effects wait" in banner.text
    (held,) = [group for group in page.groups if group.rows]
    assert all("Adam Reyes stopped sending" in row.text for row in held.rows)
    assert (banner.links, page.stops.form) == ((), None)


def test_it_goes_on_when_an_admin_says_so(approved, adam):
    stop(approved, adam)
    (link,) = adam.get(approved.path("outbox/")).context["page"].stops.banners[0].links
    assert adam.post(link.href).status_code == 303
    assert adam.get(approved.path("outbox/")).context["page"].stops.banners == ()
    assert adam.post(link.href).status_code == 409


def test_only_an_admin_stops_and_says_why(approved, lena, adam):
    assert stop(approved, lena).status_code == 403
    assert stop(approved, adam, reason=" ").status_code == 422
    assert stop(approved, adam, mode="explode").status_code == 422
    assert adam.get(approved.path("outbox/stop/")).status_code == 405
    with approved.scope():
        assert not Pause.objects.exists()


@pytest.fixture
def silent(approved):
    """The CRM did not answer five times."""
    with approved.scope():
        Breaker.objects.create(
            workspace_id=approved.house.workspace.id, connection_id=first(approved).connection_id,
            failures=5, opened=1, opened_at=timezone.now(), reason="unreachable",
            open_until=timezone.now() + timezone.timedelta(seconds=40),
            changed_at=timezone.now(),
        )  # fmt: skip
    return approved


def test_a_connection_that_does_not_answer_is_named(silent, olive):
    (banner,) = olive.get(silent.path("outbox/")).context["page"].stops.banners
    assert banner.title.startswith("crm does not answer since")
    assert "could not be reached" in banner.text
    assert "1 effect waits" in banner.text
    assert "Next probe in" in banner.text


def test_an_admin_lets_it_be_tried_now(silent, adam, lena):
    path = silent.path(f"outbox/probe/{first(silent).connection_id}/")
    assert lena.post(path).status_code == 403
    assert adam.post(path).status_code == 303
    assert adam.get(silent.path("outbox/")).context["page"].stops.banners == ()
    assert adam.post(path).status_code == 409


def test_what_still_moves_stays_on_the_first_page(approved, lena, monkeypatch):
    """However much is over since: what needs somebody is never on page seven."""
    monkeypatch.setattr(outbox, "PAGE", 1)
    with approved.scope():
        oldest = OutboxEntry.objects.order_by("created_at", "id").first()
        OutboxEntry.objects.filter(id=oldest.id).update(state="failed", reason="status_422")
        OutboxEntry.objects.exclude(id=oldest.id).update(state="cancelled", reason="undone")
    page = lena.get(approved.path("outbox/")).context["page"]
    assert {group.key: len(group.rows) for group in page.groups if group.rows} == {
        "needs_you": 1,
        "cancelled": 1,
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [("?action=crm.update_contact", 1), ("?state=held", 2), ("?state=failed", 2), ("?q=Whit", 2)],
)
def test_the_outbox_is_narrowed(approved, lena, query, count):
    page = lena.get(approved.path(f"outbox/{query}")).context["page"]
    assert sum(len(group.rows) for group in page.groups) == count


def test_a_narrowed_outbox_is_not_told_what_is_not_narrowed(approved, lena):
    assert lena.get(approved.path("outbox/?state=held")).context["page"].topic is None
    assert lena.get(approved.path("outbox/")).context["page"].topic.name == "outbox"


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "failed"}, {"state": "unknown"}, {"state": "reconcile"}, {"state": "cancelled"},
        {"attempts": 2}, {"held": True}, {"held": True, "attempts": 1}, {"state": "succeeded"},
    ],
)  # fmt: skip
def test_every_group_finds_what_its_word_says(approved, changes):
    """The words of a row and the question to the database are the same rule."""
    set_entries(approved, **{"state": "pending", **changes})
    with approved.scope():
        look = Look(workspace=approved.house.workspace, now=timezone.now())
        entry = OutboxEntry.objects.order_by("id").first()
        of_it = OutboxEntry.objects.filter(id=entry.id)
        found = [key for key in outbox.GROUPS if of_it.filter(outbox.in_group(key)).exists()]
        assert found == [outbox.group_of(entry, look)]
