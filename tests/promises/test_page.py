"""The queue of promises and the tab of a call: what is owed, and what a person does about it."""

from datetime import timedelta

import pytest

from approvals.models import Proposal
from console.builders import promise_list
from runs import scope
from runs.models import Membership, Outcome, Promise, Run
from tests.promises.owing import WORDS, fresh, owe


def queue(client, scene, query=""):
    return client.get(scene.path(f"promises/{query}")).context["page"]


def act(client, scene, promise, verb, **data):
    return client.post(scene.path(f"promises/{promise.id}/{verb}/"), data)


def texts(page):
    return [row.text for row in page.rows]


def whole(scene):
    """Every required field is there: by the record alone the call would be complete."""
    with scene.scope():
        Outcome.objects.filter(run=scene.run).update(complete=True, missing=[])
        Run.objects.filter(id=scene.run.id).update(complete=True)


def test_the_queue_shows_what_is_owed_with_its_words(scene, olive):
    owe(scene, due="tomorrow", quoted=True)
    (row,) = queue(olive, scene).rows
    assert (row.text, row.status.text, row.channel) == (WORDS, "Nothing backs this", "E-mail")
    assert (row.due, row.quote, row.caller) == ("tomorrow", WORDS, "Dana Whitfield")
    assert row.sla.tone == "ok"
    assert row.due_at.text


def test_what_is_due_first_stands_first(scene, olive):
    owe(scene, "The papers", due="next week")
    owe(scene, "The drawing", due="tomorrow")
    assert texts(queue(olive, scene)) == ["The drawing", "The papers"]


def test_pages_lead_on_and_back(scene, olive, monkeypatch):
    monkeypatch.setattr(promise_list, "PAGE", 2)
    for day in (1, 2, 3, 4, 5):
        owe(scene, f"Letter number {day}", due=f"in {day} days")
    first = queue(olive, scene)
    second = olive.get(first.cursor.more_href).context["page"]
    back = olive.get(second.cursor.newer_href).context["page"]
    assert texts(second) == ["Letter number 3", "Letter number 4"]
    assert texts(back) == texts(first) == ["Letter number 1", "Letter number 2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=Whitfield", True),
        ("?q=Nobody", False),
        ("?kind=email", True),
        ("?kind=call", False),
        ("?type=scheduled", True),
        ("?type=callback", False),
        ("?due=week", True),
        ("?due=overdue", False),
        ("?due=none", False),
        ("?whose=nobody", True),
        ("?whose=mine", False),
        ("?state=needs", True),
        ("?state=under_way", False),
        ("?state=kept", False),
        ("?state=settled", False),
        ("?state=any", True),
    ],
)
def test_the_queue_is_narrowed_by_its_address(scene, olive, query, found):
    owe(scene, due="in 3 days")
    page = queue(olive, scene, query)
    assert texts(page) == ([WORDS] if found else [])
    assert page.count_text == ("1 promise" if found else "0 promises")


def test_nothing_owed_is_said(scene, olive):
    assert queue(olive, scene).empty.title == "Nothing is owed"
    assert queue(olive, scene, "?kind=sms").empty.title == "No promises match these filters"


def test_overdue_is_said_beside_the_colour(scene, olive):
    promise = owe(scene, due="tomorrow")
    with scene.scope():
        Promise.objects.filter(id=promise.id).update(due_at=scope.now() - timedelta(minutes=4))
    (row,) = queue(olive, scene, "?due=overdue").rows
    assert (row.status.text, row.sla.text, row.sla.tone) == (
        "Broken: its time is over",
        "Overdue 4 min",
        "bad",
    )


def test_done_by_hand_with_words_and_undone(scene, olive):
    promise = owe(scene)
    answer = act(olive, scene, promise, "done", note="Sent it from my own mail", query="kind=email")
    assert answer.status_code == 303
    page = olive.get(answer["Location"]).context["page"]
    assert (page.rows, page.banner.title) == ((), "Done by hand:")
    (row,) = queue(olive, scene, "?state=settled").rows
    assert row.status.text == "Done by hand"
    assert "Olive Brandt" in row.settled
    assert "Sent it from my own mail" in row.settled
    assert olive.post(page.banner.links[0].href).status_code == 303
    assert texts(queue(olive, scene)) == [WORDS]


def test_done_a_second_time_is_told_so(scene, olive, lena):
    promise = owe(scene)
    act(olive, scene, promise, "done", note="Sent it")
    answer = act(lena, scene, promise, "done", note="Me too")
    assert answer.status_code == 409
    assert "Look again" in answer.content.decode()
    assert fresh(scene, promise).settled_name == "Olive Brandt"


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("done", {"note": " "}),
        ("done", {"note": "x" * 301}),
        ("withdraw", {"code": "no_such_reason"}),
        ("withdraw", {"code": "other", "note": ""}),
    ],
)
def test_words_that_are_missing_are_asked_for(scene, olive, verb, data):
    promise = owe(scene)
    assert act(olive, scene, promise, verb, **data).status_code == 422
    assert fresh(scene, promise).state == "unbacked"


def test_withdrawn_with_a_reason(scene, olive):
    promise = owe(scene)
    act(olive, scene, promise, "withdraw", code="not_wanted", note="Dana rang again")
    (row,) = queue(olive, scene, "?state=settled").rows
    assert row.status.text == "Withdrawn"
    assert "does not want it any more: Dana rang again" in row.settled


def test_taken_into_ones_own_queue_and_let_go(scene, olive, lena):
    promise = owe(scene)
    act(olive, scene, promise, "take")
    assert texts(queue(olive, scene, "?whose=mine")) == [WORDS]
    assert queue(lena, scene, "?whose=mine").rows == ()
    assert act(lena, scene, promise, "take").status_code == 409
    act(lena, scene, promise, "let-go")
    assert fresh(scene, promise).owner_id == scene.house.users["olive"].id
    act(olive, scene, promise, "let-go")
    assert fresh(scene, promise).owner_id is None


def test_a_follow_up_is_proposed_once(scene, olive):
    promise = owe(scene)
    assert act(olive, scene, promise, "propose").status_code == 303
    now = fresh(scene, promise)
    assert now.state == "under_way"
    assert act(olive, scene, promise, "propose").status_code == 409
    with scene.scope():
        made = Proposal.objects.get(public_id=now.backing)
        assert made.action == "resend.send_followup_email"
        assert Proposal.objects.filter(run=scene.run).count() == 2
    (row,) = queue(olive, scene, "?whose=mine").rows
    assert (row.status.text, row.backing.short) == ("Waits for approval", now.backing)


def test_without_an_action_that_could_keep_it_nothing_is_offered(scene, olive):
    promise = owe(scene, "We'll call you back", kind="call")
    (row,) = queue(olive, scene).rows
    assert row.forms.propose == ""
    assert "no action" in row.forms.propose_off
    assert act(olive, scene, promise, "propose").status_code == 409


def test_an_editor_sees_promises_and_does_nothing_about_them(scene):
    promise = owe(scene)
    Membership.objects.filter(user=scene.house.users["mei"]).update(roles=["editor"])
    mei = scene.client("mei")
    mei.raise_request_exception = False
    (row,) = queue(mei, scene).rows
    assert row.forms is None
    assert act(mei, scene, promise, "done", note="x").status_code == 403
    assert fresh(scene, promise).state == "unbacked"


def test_another_workspace_has_no_such_promise(scene, other):
    promise = owe(other)
    olive = scene.client("olive")
    assert act(olive, scene, promise, "done", note="x").status_code == 404
    assert queue(olive, scene, "?state=any").rows == ()
    assert fresh(other, promise).state == "unbacked"


def test_other_methods_and_verbs_are_refused(scene, olive):
    promise = owe(scene)
    assert olive.post(scene.path("promises/")).status_code == 405
    assert olive.get(scene.path(f"promises/{promise.id}/done/")).status_code == 405
    assert act(olive, scene, promise, "dance").status_code == 404
    assert act(olive, scene, type("No", (), {"id": "none"}), "done").status_code == 404


def test_the_rail_counts_what_needs_somebody(scene, olive):
    owe(scene)
    owe(scene, "We write to you about the inspection")
    page = olive.get(scene.path("promises/"))
    item = next(one for one in page.context["shell"].nav if one.key == "promises")
    assert (item.badge, item.badge_words, item.current) == (1, "1 needs somebody", True)


def test_the_command_menu_finds_the_page(scene, olive):
    found = olive.get(scene.path("search/?q=promis")).context["page"]
    assert [one.title for one in found.groups[0].items] == ["Promises"]


def test_a_whole_record_is_not_complete_while_nothing_backs_a_promise(ended):
    promise, lena = owe(ended), ended.client("lena")
    whole(ended)
    page = lena.get(ended.path(f"calls/{ended.call.public_id}/")).context["page"]
    assert page.outcome.status.text == "1 promise not backed"
    owed = next(one for one in page.outcome.rows if one.label == "Still owed")
    assert (owed.value, owed.note) == (WORDS, "Nothing backs this")
    assert owed.href.endswith(f"?tab=promised#promise-{promise.id.hex}")
    act(lena, ended, promise, "done", note="Sent it", page="call")
    page = lena.get(ended.path(f"calls/{ended.call.public_id}/")).context["page"]
    assert page.outcome.status.text == "Complete"


def test_lists_of_calls_and_runs_do_not_call_it_complete_either(ended):
    promise, lena = owe(ended), ended.client("lena")
    whole(ended)
    with ended.scope():
        ended.run.state, ended.run.ended_at = "completed", scope.now()
        ended.run.save(update_fields=["state", "ended_at"])

    def shown():
        calls = lena.get(ended.path("calls/?outcome=complete")).context["page"].rows
        (call,) = lena.get(ended.path("calls/")).context["page"].rows
        (run,) = lena.get(ended.path("runs/")).context["page"].rows
        return len(calls), call.outcome.text, run.status.text

    assert shown() == (0, "1 promise not backed", "1 promise not backed")
    act(lena, ended, promise, "withdraw", code="twice")
    assert shown() == (1, "Complete", "Done")


def test_the_tab_says_which_and_what_can_be_done(ended):
    promise, olive = owe(ended, quoted=True), ended.client("olive")
    html = olive.get(ended.path(f"calls/{ended.call.public_id}/?tab=promised")).content.decode()
    assert "1 promise keeps this call from being complete" in html
    for word in ("Propose the e-mail", "Done by hand", "Dismiss", "Nothing backs this"):
        assert word in html
    answer = act(olive, ended, promise, "propose", page="call")
    assert answer["Location"].endswith(f"?tab=promised#promise-{promise.id.hex}")


def test_a_promise_belongs_to_who_has_the_call(scene, olive):
    olive.post(scene.path(f"live/{scene.call.public_id}/mind/"), {"verb": "claim"})
    owe(scene)
    assert texts(queue(olive, scene, "?whose=mine")) == [WORDS]


def test_queries_do_not_grow_with_the_rows(scene, olive, django_assert_max_num_queries):
    owe(scene, quoted=True)
    queue(olive, scene)
    with django_assert_max_num_queries(200) as few:
        queue(olive, scene)
    for number in range(12):
        owe(scene, f"Letter number {number}", quoted=True)
    with django_assert_max_num_queries(len(few)):
        queue(olive, scene)


def test_german_words(scene, olive):
    owe(scene, due="morgen")
    user = scene.house.users["olive"]
    user.locale = "de"
    user.save()
    html = olive.get(scene.path("promises/")).content.decode()
    assert "Nichts steht dahinter" in html
