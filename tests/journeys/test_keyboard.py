"""Who never takes the hands off the keyboard: small forms, rows that are answered, a summary from edit to approval."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import browsing
from tests.wall import load
from tests.wall.talk import make_room

pytestmark = pytest.mark.browser


@pytest.fixture
def room(stack):
    """Nine calls, two of which ask for a person."""
    made = make_room(9)
    yield made
    made.end()


@pytest.fixture
def lena(house, page):
    return browsing.sign_in(page, house, "lena")


def tops(page: Page, css: str) -> set[int]:
    """At which heights the boxes that are seen begin."""
    boxes = [one.bounding_box() for one in page.locator(css).all()]
    return {round(box["y"]) for box in boxes if box and box["width"] > 1}


def pressed(page: Page, button) -> None:
    button.focus()
    page.keyboard.press("Enter")


def test_a_small_form_takes_the_focus_and_gives_it_back(room, page):
    load.sign_in(page, room, f"live/{room.talks[0].call.public_id}/")
    page.keyboard.press("w")
    expect(page.locator("#whisper-text")).to_be_focused()
    page.keyboard.type("Ask for the postcode, twice j k")
    page.keyboard.press("Escape")
    expect(page.locator("[data-key-button=w]")).to_be_focused()
    expect(page.locator("#whisper-text")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#whisper-text")).to_have_value("Ask for the postcode, twice j k")


def test_a_row_that_was_answered_keeps_the_focus(house, lena):
    call = browsing.finished(house)
    lena.goto(f"/w/northwind/live/{call.public_id}/")
    lena.keyboard.press("n")
    row = lena.locator("#field-budget_signal")
    expect(row).to_be_focused()
    lena.keyboard.press("Tab")
    lena.keyboard.press("Enter")
    expect(row).to_contain_text("Confirmed by Lena Fischer")
    expect(row).to_be_focused()


def test_ask_now_that_is_refused_says_so_where_one_is(house, lena):
    call = browsing.placed(house, "complete_intake", speed=1.0)
    lena.goto(f"/w/northwind/live/{call.public_id}/")
    browsing.connected(lena)
    expect(lena.locator("#field-problem[data-status=captured]")).to_be_visible(timeout=30_000)
    same = browsing.never_reloaded(lena)
    lena.eval_on_selector("#field-deadline [name=field]", "one => { one.value = 'problem'; }")
    pressed(lena, lena.locator("#field-deadline .field-do > form button"))
    expect(lena.locator("#notices .banner")).to_be_visible()
    assert same()


@pytest.mark.parametrize("width", [320, 390, 1200, 1440])
def test_what_one_can_do_on_a_call_stands_in_one_row(room, page, width):
    page.set_viewport_size({"width": width, "height": 860})
    load.sign_in(page, room, f"live/{room.talks[0].call.public_id}/")
    shown = "#dock > form > .button, #dock summary, #dock .dock-end > .button"
    assert page.locator(shown).count() >= 5
    assert len(tops(page, shown)) == 1
    assert page.locator("#dock").bounding_box()["height"] <= 72
    assert page.eval_on_selector("#dock", "one => one.scrollWidth <= one.clientWidth")


@pytest.mark.parametrize("width", [390, 1440])
def test_a_link_to_a_part_of_a_page_leaves_the_frame_where_it_is(house, lena, width):
    call = browsing.finished(house)
    lena.set_viewport_size({"width": width, "height": 860})
    lena.goto(f"/w/northwind/calls/{call.public_id}/#comment-form")
    expect(lena.locator("#comment-form")).to_be_in_viewport()
    assert lena.locator(".topbar").bounding_box()["y"] == 0
    assert lena.evaluate("document.scrollingElement.scrollTop") == 0


def test_rows_of_the_list_keep_their_columns_whoever_needs_somebody(house, lena):
    browsing.placed(house, "long_silence", speed=1.0)
    browsing.placed(house, "wants_a_fixed_price", speed=2.0)
    lena.goto("/w/northwind/live/?view=list")
    expect(lena.locator(".tile-quote")).to_be_visible(timeout=30_000)
    expect(lena.locator("#wall-progress .tile-foot").first).to_be_visible()
    boxes = [one.bounding_box() for one in lena.locator(".tile-foot").all()]
    assert len({round(box["x"]) for box in boxes}) == 1
    assert max(one.bounding_box()["height"] for one in lena.locator(".tile").all()) <= 64


def test_the_wall_is_narrowed_by_keyboard_and_says_so(room, page):
    load.sign_in(page, room, "live/")
    pressed(page, page.locator("summary", has_text="Filter"))
    expect(page.locator("#filter-state")).to_be_focused()
    for key in ("Tab", "Tab", "Space"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("attention=1"))
    expect(page.locator("summary", has_text="Filter")).to_contain_text("1 filter on")
    pressed(page, page.get_by_role("link", name="Clear filters"))
    page.wait_for_url(lambda url: "attention" not in url)


def test_a_summary_is_edited_compared_restored_and_approved(house, lena):
    call = browsing.finished(house)
    here = f"/w/northwind/calls/{call.public_id}/"
    lena.goto(here)
    lena.keyboard.press("2")
    expect(lena.locator(".turn:target")).to_be_in_viewport()
    pressed(lena, lena.get_by_role("link", name="Edit Next step"))
    expect(lena.locator("textarea[name=next_step]")).to_be_focused()
    lena.keyboard.press("Control+End")
    lena.keyboard.type(" Before Friday.")
    expect(lena.locator("#summary-why")).to_have_text("Finish or discard your edit first")
    lena.keyboard.press("Control+Enter")
    lena.wait_for_url(f"**{here}#section-next_step")
    lena.keyboard.press("Tab")
    expect(lena.get_by_role("link", name="Edit Next step")).to_be_focused()
    pressed(lena, lena.get_by_role("link", name="Compare with agent draft"))
    expect(lena.locator("#compare tbody tr")).to_have_count(1)
    expect(lena.locator("#compare ins")).to_have_text("Before Friday.")
    pressed(lena, lena.get_by_role("button", name="Restore version 1"))
    expect(lena.locator(".call-bar")).to_contain_text("Draft, version 3")
    lena.wait_for_timeout(browsing.SEEN_MS)
    lena.keyboard.press("a")
    expect(lena.locator("#summary-foot")).to_contain_text("Approved by Lena Fischer")
