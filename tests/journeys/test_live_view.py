"""The page of a live call while things go wrong, and while somebody reads."""

import contextlib
import json

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests.journeys import browsing
from tests.journeys.house import wait_until

pytestmark = pytest.mark.browser
_KEYS = "rows => rows.map(row => row.dataset.turnKey)"
_EYE = """() => {
  const box = document.getElementById("transcript-scroll");
  const top = box.getBoundingClientRect().top;
  const rows = [...document.querySelectorAll("#transcript > li")];
  const row = rows.find((one) => one.getBoundingClientRect().bottom > top + 1);
  return [row.id, Math.round(row.getBoundingClientRect().top)];
}"""


def watch(page, house, call):
    browsing.sign_in(page, house, "lena")
    page.goto(f"/w/northwind/live/{call.public_id}/")
    browsing.connected(page)
    return browsing.never_reloaded(page)


def shown(page):
    return page.eval_on_selector_all("#transcript > .turn", _KEYS)


def over(house, provider_call_id):
    return lambda: house.call(provider_call_id).state == "ended"


def test_a_page_gets_every_line_once_though_web_is_killed(house, page):
    call = browsing.placed(house, "complete_intake", speed=4.0)
    same = watch(page, house, call)
    for seen in (3, 8):
        browsing.far_enough(house, call, turns=seen)
        house.stack.restart("web")
    browsing.connected(page)
    wait_until("the call is over", over(house, call.provider_call_id), within=60)
    expect(page.locator("#state-bar")).to_contain_text("Ended")
    wait_until("every line is there", lambda: shown(page) == browsing.transcript_of(house, call))
    orders = page.eval_on_selector_all("#transcript > li", "rows => rows.map(r => r.dataset.order)")
    assert orders == sorted(orders)
    assert len(shown(page)) == len(set(shown(page)))
    assert same()


def test_a_page_opens_at_the_end_and_follows(house, page):
    call = browsing.placed(house, "complete_intake", speed=5.0)
    browsing.far_enough(house, call, turns=8)
    watch(page, house, call)
    assert browsing.gap_to_end(page) <= 2
    before = len(shown(page))
    wait_until("more was said", lambda: len(shown(page)) > before + 2)
    page.wait_for_timeout(200)
    assert browsing.gap_to_end(page) <= 2
    expect(page.locator("#new-lines")).to_be_hidden()


def test_the_line_under_the_eye_stays_where_it_is(house, page):
    call = browsing.placed(house, "complete_intake", speed=5.0)
    page.set_viewport_size({"width": 1440, "height": 560})
    browsing.far_enough(house, call, turns=9)
    watch(page, house, call)
    page.locator("#transcript-scroll").hover()
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(300)
    eye, before = page.evaluate(_EYE), len(shown(page))
    wait_until("more was said", lambda: len(shown(page)) > before + 2)
    assert page.evaluate(_EYE) == eye
    expect(page.locator("#new-lines")).to_contain_text("new line")
    page.keyboard.press("f")
    page.wait_for_timeout(200)
    assert browsing.gap_to_end(page) <= 2
    expect(page.locator("#new-lines")).to_be_hidden()


def test_a_page_says_that_it_is_behind_and_then_that_it_is_back(house, page):
    call = browsing.placed(house, "complete_intake", speed=2.0)
    watch(page, house, call)
    house.stack.kill("web")
    pill = page.locator("#connection")
    expect(pill).to_contain_text("Reconnecting in", timeout=8_000)
    expect(page.locator("#notices")).to_contain_text("Live updates paused", timeout=14_000)
    now = page.get_by_role("button", name="Reconnect now")
    expect(now).to_be_visible()
    house.stack.start("web")
    with contextlib.suppress(PlaywrightError):
        # By itself it may have been quicker.
        now.click(timeout=1_000)
    expect(page.locator("#notices")).to_contain_text("Back online")
    browsing.connected(page)


class Server:
    """Answers for the socket: what the provider sends late cannot be had from a script at will."""

    def __init__(self, page) -> None:
        self.socket = None
        page.route_web_socket("**/ws/**", self._opened)

    def _opened(self, socket) -> None:
        self.socket = socket
        socket.on_message(lambda message: None)

    def send(self, frame) -> None:
        self.socket.send(json.dumps(frame))


@pytest.fixture
def ended(house, page):
    """The page of a call that is over, with its server in our hands, and the number of its next line."""
    call = browsing.finished(house)
    server = Server(page)
    browsing.sign_in(page, house, "lena")
    page.goto(f"/w/northwind/live/{call.public_id}/")
    wait_until("a socket is open", lambda: server.socket is not None or page.wait_for_timeout(50))
    topic = f"run:{call.public_id}"
    number = int(page.locator(f"[data-topic='{topic}']").get_attribute("data-after")) + 1
    return server, {"topic": topic, "number": number, "at": ""}


def test_a_late_turn_lands_in_its_own_place_once(ended, page):
    server, line = ended
    row = page.locator("#transcript > .turn").nth(1)
    order, key = row.get_attribute("data-order"), row.get_attribute("data-turn-key")
    html = row.evaluate("row => row.outerHTML").replace(key, "f" * 32)
    late = html.replace(f'data-order="{order}"', f'data-order="{order}-late"')
    for _twice in range(2):
        server.send({**line, "kind": "turn.finished", "target": "transcript", "html": late})
    expect(page.locator(f"#turn-{'f' * 32}")).to_have_count(1)
    assert shown(page).index("f" * 32) == shown(page).index(key) + 1


def test_a_row_that_somebody_works_in_is_kept(ended, page):
    server, line = ended
    row = page.locator("#field-location")
    link = row.locator(".field-quote a")
    link.focus()
    html = row.evaluate("row => row.outerHTML").replace("14 Alder Row, Stockport", "16 Alder Row")
    server.send({**line, "kind": "field.captured", "target": "fields", "html": html})
    expect(row.locator("[data-new]")).to_contain_text("16 Alder Row")
    expect(link).to_be_focused()
    expect(row.locator("[data-value]")).to_have_text("14 Alder Row, Stockport")
    row.locator("[data-use]").click()
    expect(row.locator("[data-value]")).to_have_text("16 Alder Row")


def test_a_hidden_tab_catches_up_when_it_is_looked_at(house, page):
    call = browsing.placed(house, "complete_intake", speed=8.0)
    same = watch(page, house, call)
    other = page.context.new_page()
    other.goto("about:blank")
    other.bring_to_front()
    wait_until("the call is over", over(house, call.provider_call_id), within=60)
    page.bring_to_front()
    wait_until("every line is there", lambda: shown(page) == browsing.transcript_of(house, call))
    assert same()
