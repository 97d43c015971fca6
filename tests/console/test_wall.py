"""The wall of live calls."""


def test_a_call_that_needs_somebody_is_in_the_first_group(scene, olive):
    html = olive.get(scene.path("live/")).content.decode()
    attention, progress = html.split('id="wall-progress"')
    assert "Dana Whitfield" in attention
    assert "Pricing commitment asked, open since" in attention
    assert "Dana Whitfield" not in progress


def test_the_list_view_and_an_odd_address_work(scene, olive):
    assert olive.get(scene.path("live/?view=list")).status_code == 200
    assert olive.get(scene.path("live/?after=minus")).status_code == 200


def test_the_button_of_the_filters_says_how_many_are_on(scene, olive):
    html = olive.get(scene.path("live/?attention=1&mine=1&state=nothing")).content.decode()
    assert "2 filters on" in html
    assert "Clear filters" in html
    assert "filters on" not in olive.get(scene.path("live/")).content.decode()


def test_the_list_beside_a_call_says_why_without_the_time(scene, olive):
    html = olive.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    listed = html.split('id="calls-attention"')[1].split("</ul>")[0]
    assert "Pricing commitment asked" in listed
    assert "open since" not in listed


def test_without_calls_it_says_what_will_come(ended):
    html = ended.client("olive").get(ended.path("live/")).content.decode()
    assert "No calls right now" in html
    assert "The last one ended at" in html


def test_a_number_without_a_name_is_masked_for_operators(scene, olive):
    from voice.models import Call

    with scene.scope():
        Call.objects.filter(id=scene.call.id).update(customer=None, caller_name="")
    html = olive.get(scene.path("live/")).content.decode()
    assert "+44 •••• ••• 118" in html
    assert "7700" not in html


def test_a_caller_who_asks_for_a_person_is_counted(scene, olive):
    from console.builders import wall
    from console.builders.look import Look
    from runs import scope
    from voice.models import Call

    with scene.scope():
        Call.objects.filter(id=scene.call.id).update(attention="asks_for_person")
        cells = wall.metrics(Look(workspace=scene.house.workspace, now=scope.now(), masked=True))
    assert cells.cells[2].value == "1"


def test_what_stops_sending_stands_above_the_calls_for_everybody(scene, olive):
    from approvals import pauses
    from console import list_panels
    from console.builders.look import Look
    from console.frames import Topical
    from runs import scope

    with scene.scope():
        pauses.begin("pause", reason="CRM moves", by=scene.actor("adam"), at=scope.now())
        look = Look(workspace=scene.house.workspace, now=scope.now())
        told = list_panels.frames(Topical("wall"), "wall", [{"kind": "pause.changed"}], look)
    pushed = next(one for one in told if one.get("key") == "wall-stops")
    page = olive.get(scene.path("live/")).content.decode()
    assert "Sending is stopped." in page
    assert pushed["html"] in page
    assert pushed["say"] == "Sending is stopped."


def test_a_call_that_needs_somebody_is_on_the_first_page_however_new_it_is(scene, olive):
    from datetime import timedelta

    from runs import scope
    from tests import factories
    from voice.models import Call

    with scene.scope():
        at, release = scope.now(), scene.run.release
        for number in range(44):
            rang = at - timedelta(seconds=900 - number)
            run = factories.make_run(scene.house.workspace, at, release=release)
            factories.make_call(run, scene.call.connection, at, rang_at=rang, state="live")
        Call.objects.filter(id=scene.call.id).update(rang_at=at)
    html = olive.get(scene.path("live/")).content.decode()
    assert f'id="tile-{scene.call.public_id}"' in html.split('id="wall-progress"')[0]
    assert "1 to 40 of 45" in html
    beside = olive.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    assert '<span class="count end">45</span>' in beside
    assert 'data-only-page="1"' in html
