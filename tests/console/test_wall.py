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
