"""The wall and a live call with several people at them: who is here, what is stopped, what is asked."""

import pytest
from playwright.sync_api import expect

from approvals import notices, pauses
from approvals.models.attention import NoticeKind
from runs import scope
from runs.models import User
from runs.people import person
from tests.journeys import browsing
from tests.journeys.house import wait_until
from tests.wall import load
from tests.wall.talk import make_room
from voice import minding

pytestmark = pytest.mark.browser


def acting(email, workspace):
    found = person(User.objects.get(email=email), workspace.id)
    assert found is not None
    return found


def actor(house, name):
    return acting(house.people[name]["email"], house.workspace)


@pytest.fixture
def room(stack):
    """Nine calls, two of which ask for a person."""
    made = make_room(9)
    yield made
    made.end()


def at_the_wall(page, house, name="lena"):
    browsing.sign_in(page, house, name)
    page.goto("/w/northwind/live/")
    browsing.connected(page)
    return browsing.never_reloaded(page)


def at_the_call(page, house, call, name):
    browsing.sign_in(page, house, name)
    page.goto(f"/w/northwind/live/{call.public_id}/")
    browsing.connected(page)


def test_two_people_at_one_call_see_each_other_come_and_go(house, open_page):
    call = browsing.placed(house, "complete_intake", speed=1.0)
    lena, olive = open_page(), open_page()
    at_the_call(lena, house, call, "lena")
    same = browsing.never_reloaded(lena)
    expect(lena.locator("#call-bar")).to_contain_text("1 watching: Lena Fischer")
    at_the_call(olive, house, call, "olive")
    both = "2 watching: Lena Fischer, Olive Brandt"
    for page in (lena, olive):
        expect(page.locator("#call-bar")).to_contain_text(both)
    olive.goto("/w/northwind/live/")
    expect(lena.locator("#call-bar")).to_contain_text("1 watching: Lena Fischer")
    expect(olive.locator(f"#tile-{call.public_id} .tile-watchers")).to_have_attribute(
        "title", "1 watching: Lena Fischer"
    )
    assert same()


def test_what_stops_sending_stands_on_the_open_wall(house, page):
    same = at_the_wall(page, house)
    stops = page.locator("#wall-stops")
    expect(stops).to_be_empty()
    adam = actor(house, "adam")
    with scope.workspace(house.workspace.id):
        pauses.begin("pause", reason="The CRM is being moved", by=adam, at=scope.now())
    expect(stops).to_contain_text("Sending is stopped.")
    expect(stops).to_contain_text("The CRM is being moved")
    with scope.workspace(house.workspace.id):
        pauses.end(by=adam, at=scope.now())
    expect(stops).to_be_empty()
    assert same()


def test_the_bell_counts_without_a_reload(house, page):
    call = browsing.finished(house)
    same = at_the_wall(page, house)
    bell = page.locator(".bell [data-badge]")
    lena = actor(house, "lena")
    with scope.workspace(house.workspace.id):
        notices.tell_of_call(
            call.run, call.public_id, [lena.user_id], NoticeKind.ASSIGNED, about=call.public_id,
            at=scope.now(),
        )  # fmt: skip
        unread = notices.unread(lena).count()
    expect(bell).to_contain_text(str(unread))
    expect(bell).to_be_visible()
    assert same()


def test_a_field_is_asked_for_and_the_provider_has_it(house, page):
    call = browsing.placed(house, "complete_intake", speed=1.0)
    browsing.far_enough(house, call, turns=1)
    at_the_call(page, house, call, "olive")
    told = house.judge(f"calls/{call.provider_call_id}")["client_frame_types"]
    row = page.locator("#field-deadline")
    row.get_by_role("button", name="Ask now").click()
    expect(row.locator("[data-asked]")).to_contain_text(
        "The agent asks for it next (Olive Brandt)", timeout=15_000
    )
    expect(page.locator("#transcript")).to_contain_text("wants “Deadline” asked")
    item = "conversation.item.create"
    now = house.judge(f"calls/{call.provider_call_id}")["client_frame_types"]
    assert now.get(item, 0) > told.get(item, 0)


def test_a_browser_that_is_offline_says_so_at_once_and_takes_it_back(house, page):
    at_the_wall(page, house)
    page.context.set_offline(True)
    expect(page.locator("#notices")).to_contain_text("Live updates paused", timeout=2_000)
    expect(page.locator("body.offline")).to_have_count(1)
    page.context.set_offline(False)
    browsing.connected(page)
    expect(page.locator("body.offline")).to_have_count(0)
    wait_until(
        "the banner is taken back",
        lambda: not page.locator(".banner").count() or page.wait_for_timeout(100),
        within=12,
    )


def test_a_tile_changes_its_group_only_when_nobody_is_near(room, page):
    load.sign_in(page, room, "live/")
    calm = room.talks[1].call
    page.locator(f"#tile-{calm.public_id}").hover()
    with scope.workspace(room.workspace.id):
        by = acting(room.email, room.workspace)
        minding.flag(calm, code="caller_upset", note="", by=by, at=scope.now())
    stays = page.locator(f"#wall-progress > #tile-{calm.public_id}")
    expect(stays).to_contain_text("flagged by Lena Fischer")
    page.wait_for_timeout(3_000)
    expect(stays).to_have_count(1)
    page.mouse.move(2, 2)
    moved = page.locator(f"#wall-attention > #tile-{calm.public_id}")
    expect(moved).to_have_count(1, timeout=10_000)


def test_the_wall_is_walked_and_folded_by_keyboard(room, page):
    load.sign_in(page, room, "live/")
    names = page.locator(".tile-name")
    names.first.focus()
    for number in range(1, 9):
        page.keyboard.press("j")
        expect(names.nth(number)).to_be_focused()
    page.locator("[data-group=progress] summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#wall-progress")).to_be_hidden()
    expect(page.locator("[data-group=progress] [data-count]")).to_have_text("7")
    names.nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/live/{room.talks[8].call.public_id}/")
