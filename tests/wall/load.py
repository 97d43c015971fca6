"""The two runs: a wall that is told many things a second, and a call of thousands of turns."""

from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from runs import scope
from tests.wall.eyes import Eyes, Reading, share
from tests.wall.talk import PASSWORD, Room, Speaking, fill, make_room
from voice.models import Turn

_SETTLE_MS = 2_500
_PATIENCE_MS = 30_000  # on a machine that does other things too
_ROWS = "document.querySelectorAll('#transcript > li').length"
KEYS = "rows => rows.map(row => row.dataset.turnKey)"
_TILES = "rows => rows.map(row => row.id)"
_EYE = """() => {
  const box = document.getElementById("transcript-scroll");
  const top = box.getBoundingClientRect().top;
  const rows = [...document.querySelectorAll("#transcript > li")];
  const row = rows.find((one) => one.getBoundingClientRect().bottom > top + 1);
  return [row.id, Math.round(row.getBoundingClientRect().top)];
}"""


@dataclass
class Found:
    """What a run printed, and what must be nought."""

    readings: list[Reading] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    most_rows: int = 0

    def note(self, words: str) -> None:
        self.notes.append(words)

    def clean(self) -> bool:
        return not any(self.faults.values())

    def lines(self) -> list[str]:
        told = [line for reading in self.readings for line in reading.lines()]
        faults = ", ".join(f"{name} {count}" for name, count in self.faults.items())
        return [*told, *(f"  {note}" for note in self.notes), f"  {faults}"]


def sign_in(page: Page, room: Room, rest: str, *, script: bool = True) -> None:
    page.goto(room.path(rest))
    page.get_by_label("Email").fill(room.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{room.path(rest)}")
    if script:
        expect(page.locator("#connection")).to_have_text("Connected", timeout=_PATIENCE_MS)


def wall(page: Page, *, tiles: int, rate: float, seconds: float) -> Found:
    """`rate` ledger lines a second over `tiles` calls. Each tile ends with its call's last words."""
    room, found = make_room(tiles), Found()
    Eyes.open(page)
    sign_in(page, room, "live/")
    order = page.eval_on_selector_all(".tile", _TILES)
    eyes = Eyes(page)
    room.go_on(room.talks)
    room.go_on(room.talks)
    page.wait_for_timeout(_SETTLE_MS)
    speaking = Speaking(room, room.talks, lines_a_second=rate)
    reading, before = eyes.begin(f"wall, {tiles} tiles, {rate:.0f} lines a second"), room.lines
    speaking.start()
    page.wait_for_timeout(seconds * 1000)
    eyes.end(reading)
    written = room.lines - before
    speaking.stop()
    page.wait_for_timeout(_SETTLE_MS)
    shown = page.eval_on_selector_all(
        ".tile",
        "rows => rows.map(row => [row.dataset.key, row.querySelector('.tile-line').textContent])",
    )
    last = {one.call.public_id: f"No. {one.said}:" for one in room.talks}
    lost = sum(last[key] not in text for key, text in shown)
    found.faults = {
        "tiles lost": tiles - len(shown),
        "tiles behind": lost,
        "texts that went back": reading.backwards,
        "tiles that moved": int(page.eval_on_selector_all(".tile", _TILES) != order),
    }
    found.readings.append(reading)
    found.note(
        f"written           {written} lines, {reading.messages} frames came,"
        f" {reading.bytes / 1e6:.1f} MB"
    )
    found.note(_lag(room, reading))
    if speaking.late_s > 1:
        found.note(f"the writer was late by up to {speaking.late_s:.1f} s")
    room.end()
    return found


def _lag(room: Room, reading: Reading) -> str:
    lags = [
        at - 1000 * room.written[key, number]
        for key, number, at in reading.shown
        if (key, number) in room.written
    ]
    return (
        f"commit to page    p50 {share(lags, 50):.0f} ms, p95 {share(lags, 95):.0f} ms,"
        f" {len(lags)} texts seen"
    )


def long_call(page: Page, *, turns: int, rate: float = 20, seconds: float = 10) -> Found:
    """Opened, followed, read upwards through, and appended to while somebody reads."""
    room, found = make_room(1), Found()
    talk = room.talks[0]
    fill(room, talk, turns)
    Eyes.open(page)
    where = f"live/{talk.call.public_id}/"
    sign_in(page, room, where)
    page.goto(room.path(where))
    expect(page.locator("#connection")).to_have_text("Connected", timeout=_PATIENCE_MS)
    told = page.evaluate(
        "(() => { const n = performance.getEntriesByType('navigation')[0];"
        " return [n.responseStart, n.domContentLoadedEventEnd, n.encodedBodySize / 1000,"
        " Math.max(0, ...eyes.long)]; })()"
    )
    found.note(
        f"opened            first byte {told[0]:.0f} ms, ready {told[1]:.0f} ms,"
        f" {told[2]:.0f} kB, longest task {told[3]:.0f} ms, {page.evaluate(_ROWS)} rows"
    )
    _appended(room, page, found, "followed", rate, seconds)
    _read_back(page, found)
    eye = page.evaluate(_EYE)
    rows = page.evaluate(_ROWS)
    _appended(room, page, found, "appended while reading", rate, seconds)
    after = page.evaluate(_EYE)
    found.faults["the reader was moved"] = int(after != eye)
    page.keyboard.press("f")
    page.wait_for_timeout(_SETTLE_MS)
    _compare(room, page, found, rows)
    room.end()
    return found


def _compare(room: Room, page: Page, found: Found, rows: int) -> None:
    """The end of the transcript on the page with the end of it in the database."""
    keys = page.eval_on_selector_all("#transcript > .turn", KEYS)
    with scope.workspace(room.workspace.id):
        turns = Turn.objects.filter(call=room.talks[0].call).order_by("position")
        every = [one.hex for one in turns.values_list("id", flat=True)]
    last = every[-len(keys) :]
    found.faults["turns lost"] = len(set(last) - set(keys))
    found.faults["turns out of order"] = int(last != keys)
    found.note(f"rows in the page  {rows} while reading, {len(keys)} at the end, of {len(every)}")


def _appended(room: Room, page: Page, found: Found, name: str, rate: float, seconds: float) -> None:
    eyes = Eyes(page)
    speaking = Speaking(room, room.talks, lines_a_second=rate)
    reading, before = eyes.begin(f"call, {name}, {rate:.0f} lines a second"), room.lines
    speaking.start()
    page.wait_for_timeout(seconds * 1000)
    eyes.end(reading)
    written = room.lines - before
    speaking.stop()
    page.wait_for_timeout(_SETTLE_MS)
    found.readings.append(reading)
    found.note(f"{name}: {written} lines written, {reading.messages} frames came")


def _read_back(page: Page, found: Found) -> None:
    """From the end to the first word, with the wheel."""
    eyes = Eyes(page)
    reading = eyes.begin("call, read back to its first word")
    page.locator("#transcript-scroll").hover()
    more = page.locator("#earlier a")
    while more.is_visible():
        before = page.locator("#earlier").get_attribute("data-count") or ""
        more.click()
        expect(page.locator("#earlier")).not_to_have_attribute("data-count", before)
        for _ in range(8):
            page.mouse.wheel(0, -1500)
            page.wait_for_timeout(30)
        found.most_rows = max(found.most_rows, page.evaluate(_ROWS))
    found.readings.append(eyes.end(reading))
    found.note(f"read back: at most {found.most_rows} rows in the page")
