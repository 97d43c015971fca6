"""Lists: filters in the address, pages both ways, views that people keep."""

from datetime import UTC, datetime, timedelta

import pytest

from runs import outcomes, scope, summaries
from runs.models import AuditEntry, SavedView
from tests import factories
from voice.models import Call


@pytest.fixture
def adam(scene):
    return scene.client("adam")


def callers(client, scene, query):
    page = client.get(scene.path(f"calls/{query}")).context["page"]
    return [row.caller for row in page.rows], page


def more_calls(scene, count, **fields):
    with scene.scope():
        for hour in range(1, count + 1):
            run = factories.make_run(scene.house.workspace, release=scene.run.release)
            at = scene.call.rang_at - timedelta(hours=hour)
            factories.make_call(
                run, scene.call.connection, at, caller_name=f"Caller {hour}", **fields
            )


def test_pages_lead_there_and_back(scene, lena, monkeypatch):
    from console.builders import calls

    monkeypatch.setattr(calls, "PAGE", 2)
    more_calls(scene, 4)
    first, page = callers(lena, scene, "")
    second = lena.get(page.cursor.more_href).context["page"]
    back = lena.get(second.cursor.newer_href).context["page"]
    assert [row.caller for row in second.rows] == ["Caller 2", "Caller 3"]
    assert [row.caller for row in back.rows] == first == ["Dana Whitfield", "Caller 1"]
    assert page.cursor.newer_href == back.cursor.newer_href == ""


def test_a_page_keeps_the_filters_that_are_on(scene, lena, monkeypatch):
    from console.builders import calls

    monkeypatch.setattr(calls, "PAGE", 1)
    more_calls(scene, 2, state="missed")
    found, page = callers(lena, scene, "?state=missed")
    following = lena.get(page.cursor.more_href).context["page"]
    assert found == ["Caller 1"]
    assert [row.caller for row in following.rows] == ["Caller 2"]
    assert following.count_text == "2 calls"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=Whitfield", True),
        ("?q=Nobody", False),
        ("?agent=Northwind+intake", True),
        ("?agent=Somebody+else", False),
        ("?outcome=missing", True),
        ("?outcome=complete", False),
        ("?verdict=qualified", False),
        ("?state=escalated&outcome=missing&q=Whitfield", True),
        ("?state=live", False),
    ],
)
def test_calls_are_narrowed(ended, query, found):
    names, page = callers(ended.client("lena"), ended, query)
    assert names == (["Dana Whitfield"] if found else [])
    assert page.count_text == ("1 call" if found else "0 calls")


def test_the_newest_verdict_counts(ended):
    lena = ended.client("lena")
    judged = {"objective": factories.OBJECTIVE, "end_reason": "caller_hung_up", "by": ended.agent}
    with ended.scope():
        for verdict in ("unqualified", "qualified"):
            outcomes.record(
                ended.run, **judged, next_action="none", verdict=verdict, at=scope.now()
            )
    assert callers(lena, ended, "?verdict=unqualified")[0] == []
    assert callers(lena, ended, "?verdict=qualified")[0] == ["Dana Whitfield"]
    runs = lena.get(ended.path("runs/?verdict=qualified")).context["page"]
    assert [row.key for row in runs.rows] == [ended.run.public_id]


def test_a_summary_that_is_approved_needs_nobody(ended):
    lena = ended.client("lena")
    assert callers(lena, ended, "?state=needs_summary")[0] == ["Dana Whitfield"]
    with ended.scope():
        summaries.approve(ended.run, version=1, by=ended.actor("lena"), at=scope.now())
    assert callers(lena, ended, "?state=needs_summary")[0] == []


def test_the_audit_finds_a_name_by_any_part_of_it(scene, adam):
    """By the names that occur, one by one: capitals do not matter, and a percent sign is a percent sign."""
    adam.get(scene.path("audit/"))
    found = adam.get(scene.path("audit/?who=DAM+re")).context["page"]
    assert {row.who for row in found.rows} == {"Adam Reyes"}
    assert adam.get(scene.path("audit/?who=%25")).context["page"].rows == ()


def test_a_day_is_a_day_of_the_person(scene, lena):
    """23:30 in New York is half past three of the next day in London."""
    user = scene.house.users["lena"]
    user.zone = "America/New_York"
    user.save()
    more_calls(scene, 1)
    with scene.scope():
        late = datetime(2026, 3, 11, 3, 30, tzinfo=UTC)
        Call.objects.filter(caller_name="Caller 1").update(rang_at=late)
    assert callers(lena, scene, "?from=2026-03-10&to=2026-03-10")[0] == ["Caller 1"]
    assert callers(lena, scene, "?from=2026-03-11&to=2026-03-11")[0] == []


def test_a_day_that_is_none_is_said_beside_it(scene, lena):
    html = lena.get(scene.path("calls/?from=yesterday")).content.decode()
    assert "Not a day" in html
    assert 'aria-invalid="true"' in html


def test_what_finds_nothing_offers_the_way_back(scene, lena):
    page = lena.get(scene.path("runs/?q=Nobody")).context["page"]
    assert page.empty.title == "No runs match these filters"
    assert page.empty.link.href == scene.path("runs/")


def keep(scene, client, screen="calls", **form):
    told = {"name": "Mine to do", "query": "state=needs_summary&after=x", **form}
    return client.post(scene.path(f"views/{screen}/"), told)


def test_a_view_is_kept_for_its_person_alone(scene, lena, olive):
    assert keep(scene, lena)["Location"] == scene.path("calls/?state=needs_summary")
    page = lena.get(scene.path("calls/?state=needs_summary")).context["page"]
    assert [(one.text, one.current) for one in page.views.items] == [("Mine to do", True)]
    assert olive.get(scene.path("calls/")).context["page"].views.items == ()


def test_a_shared_view_is_there_for_all_and_audited(scene, lena, olive):
    keep(scene, lena, shared="1")
    (view,) = olive.get(scene.path("calls/")).context["page"].views.items
    assert (view.text, view.note, view.remove_href) == ("Mine to do", "Shared by Lena Fischer", "")
    with scene.scope():
        assert AuditEntry.objects.filter(action="view.shared").count() == 1


def test_the_same_name_twice_is_refused(scene, lena):
    keep(scene, lena)
    assert keep(scene, lena).status_code == 409
    with scene.scope():
        assert SavedView.objects.count() == 1


@pytest.mark.parametrize("form", [{"name": " "}, {"name": "x" * 61}, {"query": "a=" + "b" * 700}])
def test_a_view_that_cannot_be_kept_is_refused_with_words(scene, lena, form):
    assert keep(scene, lena, **form).status_code == 422


def test_only_its_person_or_an_admin_takes_a_shared_view_away(scene, lena, olive, adam):
    keep(scene, lena, shared="1")
    with scene.scope():
        view = SavedView.objects.get()
    path = scene.path(f"views/calls/{view.id}/remove/")
    assert [olive.post(path).status_code, olive.get(path).status_code] == [403, 405]
    assert adam.post(path).status_code == 303
    assert adam.post(path).status_code == 404


def test_a_view_of_a_list_that_one_may_not_see_is_refused(scene, lena):
    assert keep(scene, scene.client("ines"), screen="outbox").status_code == 403
    assert keep(scene, lena, screen="secrets").status_code == 404
    assert lena.get(scene.path("views/calls/")).status_code == 405
