"""A smaller load: nothing is lost, nothing goes back, nothing moves, and a long call leaves memory again."""

import json

import pytest
from playwright.sync_api import expect

from tests.journeys import browsing
from tests.wall import load
from tests.wall.talk import fill, make_room

pytestmark = pytest.mark.browser
TILES, RATE, SECONDS = 40, 40, 6
TURNS, MOST_ROWS = 700, 500
RESTYLED = "UpdateLayoutTree"
PRESS_F = "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'f' }));"


def test_a_wall_that_is_told_much_shows_every_last_word_in_its_place(stack, page):
    found = load.wall(page, tiles=TILES, rate=RATE, seconds=SECONDS)
    (reading,) = found.readings
    assert found.faults == dict.fromkeys(found.faults, 0), found.lines()
    assert len({key for key, _number, _at in reading.shown}) == TILES
    # What was parsed last may still be there; tiles that stay behind would be ten times as many.
    assert reading.nodes_after < reading.nodes_before * 2


def test_a_long_call_keeps_its_order_and_a_bounded_page(stack, page):
    found = load.long_call(page, turns=TURNS, rate=10, seconds=3)
    assert found.faults == dict.fromkeys(found.faults, 0), found.lines()
    assert 200 < found.most_rows <= MOST_ROWS


def test_rows_that_were_let_go_come_back_from_either_end(stack, page):
    room = make_room(1)
    fill(room, room.talks[0], TURNS)
    load.sign_in(page, room, f"live/{room.talks[0].call.public_id}/")
    more = page.locator("#earlier a")
    for left in (500, 300, 100):
        expect(more).to_have_text(f"{left} earlier lines")
        more.click()
    expect(more).to_be_hidden()
    first = page.locator("#transcript > .turn").first
    expect(first).to_contain_text("No. 1:")
    expect(page.locator("#transcript > .turn")).to_have_count(MOST_ROWS)
    page.keyboard.press("f")
    expect(page.locator("#transcript > .turn").last).to_contain_text(f"No. {TURNS}:")
    assert browsing.gap_to_end(page) <= 2
    room.end()


def test_a_stretch_that_comes_in_leaves_the_styles_of_all_other_rows_alone(stack, page):
    room = make_room(1)
    fill(room, room.talks[0], TURNS)
    load.sign_in(page, room, f"live/{room.talks[0].call.public_id}/")
    page.context.browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.locator("#earlier a").click()
    expect(page.locator("#earlier a")).to_have_text("300 earlier lines")
    trace = json.loads(page.context.browser.stop_tracing())["traceEvents"]
    matched = [one["args"].get("elementCount", 0) for one in trace if one["name"] == RESTYLED]
    assert 0 < max(matched) < page.locator("#transcript *").count() / 3
    room.end()


def test_who_wants_the_end_while_a_stretch_comes_in_gets_the_end(stack, page):
    room = make_room(1)
    fill(room, room.talks[0], TURNS)
    load.sign_in(page, room, f"live/{room.talks[0].call.public_id}/")
    more = page.locator("#earlier a")
    more.click()
    expect(more).to_have_text("300 earlier lines")
    more.evaluate(f"link => {{ link.click(); link.click(); {PRESS_F} }}")
    expect(more).to_have_text("500 earlier lines")
    keys = page.eval_on_selector_all("#transcript > .turn", load.KEYS)
    assert len(keys) == len(set(keys)) == 200
    expect(page.locator("#transcript > .turn").last).to_contain_text(f"No. {TURNS}:")
    room.end()


def test_a_stretch_can_be_read_without_a_script(stack, open_page):
    room = make_room(1)
    fill(room, room.talks[0], TURNS)
    page = open_page(java_script_enabled=False)
    where = f"live/{room.talks[0].call.public_id}/"
    load.sign_in(page, room, where, script=False)
    page.locator("#earlier a").click()
    rows = page.locator("#transcript > .turn")
    expect(rows).to_have_count(200)
    expect(rows.last).to_contain_text(f"No. {TURNS - 200}:")
    page.get_by_role("link", name="To the newest lines").click()
    expect(rows.last).to_contain_text(f"No. {TURNS}:")
    room.end()
