"""Every screen and state of the demo, each with the way to it: for gates and for pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Page

from approvals.models import Proposal
from tests.furniture import Rooms
from tests.journeys import browsing
from voice.models import Call

THEMES = ("light", "dark")
WIDTHS = (1440, 390)
HEIGHTS = {1440: 900, 390: 844}
HERE = "/w/northwind"


@dataclass(frozen=True)
class Screen:
    """`open` is done once the page is there; `wide` screens need what phones do not show.

    `who` is signed in, nobody where it is empty.
    """

    name: str
    path: str
    open: Callable[[Page], object] = field(default=lambda page: None)
    wide: bool = False
    who: str = "lena"
    status: int = 200


def screens(rooms: Rooms, live: Call) -> Iterator[Screen]:
    """In the order in which they are visited: who is signed in changes seldom."""
    yield Screen("sign-in", "/account/login/", who="")
    yield Screen("sign-in-refused", "/account/login/", _wrong_password, who="")
    yield from _live(rooms, live)
    yield from _approvals(rooms, rooms.queue())
    yield from _calls(rooms)
    yield from _runs(rooms)
    yield from _everywhere()
    yield from _of_others(rooms)
    yield from _gallery()


def _live(rooms: Rooms, live: Call) -> Iterator[Screen]:
    call = f"{HERE}/live/{live.public_id}/"
    yield Screen("wall", f"{HERE}/live/")
    yield Screen("wall-list", f"{HERE}/live/?view=list")
    yield Screen("live", call)
    yield Screen("live-fields", f"{call}#fields-pane")
    yield Screen("live-field-edit", call, _first_pencil, wide=True)
    yield Screen("live-whisper", call, _unfolded("#dock", "Whisper"))
    yield Screen("live-flag", call, _unfolded("#dock", "Flag"))
    yield Screen("live-end", call, _end_call)
    yield Screen("live-ended", f"{HERE}/live/{rooms.call.public_id}/")
    yield Screen("live-offline", call, _offline)


def _approvals(rooms: Rooms, pile: list[Proposal]) -> Iterator[Screen]:
    review = f"{HERE}/approvals/{rooms.proposal.public_id}/"
    whole, _follow, notes, _mobile, channel, doubt = (
        f"{HERE}/approvals/{one.public_id}/" for one in pile[:6]
    )
    yield Screen("approvals", f"{HERE}/approvals/")
    yield Screen("review", review)
    yield Screen("review-evidence", f"{review}#evidence")
    yield Screen("review-quote", whole, lambda page: page.keyboard.press("2"), wide=True)
    yield Screen("review-edit", whole, _edit)
    yield Screen("review-reject", f"{whole}?reject=1")
    yield Screen("review-preview", review, _preview)
    yield Screen("review-more", review, _more)
    yield Screen("review-doubt", doubt)
    yield Screen("review-alike", f"{notes}alike/")
    yield Screen("review-undo", channel, _approve)
    yield Screen("decided", f"{HERE}/approvals/?queue=decided")
    yield Screen("decided-review", f"{HERE}/approvals/{_decided(rooms)}/")
    yield Screen("mine", f"{HERE}/approvals/?queue=mine")
    yield Screen("notices", f"{HERE}/notices/")
    yield Screen("promises", f"{HERE}/promises/")


def _calls(rooms: Rooms) -> Iterator[Screen]:
    call = f"{HERE}/calls/{rooms.call.public_id}/"
    yield Screen("calls", f"{HERE}/calls/")
    yield Screen("calls-filters", f"{HERE}/calls/", _unfolded(".page", "Filters"))
    yield Screen("calls-keep-view", f"{HERE}/calls/", _unfolded(".page", "Keep view"))
    yield Screen("calls-no-match", f"{HERE}/calls/?caller=nobody+here&q=nobody")
    yield Screen("call", call)
    yield Screen("call-edit", f"{call}?edit=reason")
    yield Screen("call-comment", f"{call}#comment-form")
    yield Screen("call-promised", f"{call}?tab=promised")
    yield Screen("call-data", f"{call}?tab=data")
    yield Screen("call-changed", f"{call}?tab=changed")
    yield Screen(
        "call-evidence", call, _unfolded(".pane-transcript", "Use words as evidence"), wide=True
    )


def _runs(rooms: Rooms) -> Iterator[Screen]:
    run = f"{HERE}/runs/{rooms.confirmed.run.public_id}/"
    yield Screen("runs", f"{HERE}/runs/")
    yield Screen("run", f"{HERE}/runs/{rooms.call.run.public_id}/")
    yield Screen("run-done", run)
    yield Screen("run-step", run, _last_step)
    yield Screen("replay", f"{run}replay/24/")
    yield Screen("outbox", f"{HERE}/outbox/")
    yield Screen("outbox-stop", f"{HERE}/outbox/", _unfolded(".page", "Stop sending"))
    yield Screen("effect", f"{HERE}/outbox/{rooms.confirmed.public_id}/")
    yield Screen("effect-unknown", f"{HERE}/outbox/{rooms.unknown.public_id}/")


def _everywhere() -> Iterator[Screen]:
    yield Screen("keys", f"{HERE}/calls/", lambda page: page.keyboard.press("?"), wide=True)
    yield Screen("command", f"{HERE}/runs/", _command, wide=True)
    yield Screen("preferences", f"{HERE}/settings/preferences/")
    yield Screen("search", f"{HERE}/search/?q=Dana")
    yield Screen("search-empty", f"{HERE}/search/?q=nobody+here")
    yield Screen("why", f"{HERE}/why/?customer=Dana")
    yield Screen("why-answer", f"{HERE}/why/?customer=c-1001&field=mobile")
    yield Screen("account", f"{HERE}/calls/", _account)
    yield Screen("more", f"{HERE}/calls/", _more_places)
    yield Screen("rules-read", f"{HERE}/settings/rules/")
    yield Screen("people", f"{HERE}/settings/people/")
    yield Screen("api-reference", "/api/v1/reference")
    yield Screen("not-found", f"{HERE}/calls/CALL-NONE/", status=404)


def _of_others(rooms: Rooms) -> Iterator[Screen]:
    run = f"{HERE}/runs/{rooms.confirmed.run.public_id}/"
    yield Screen("connections", f"{HERE}/settings/connections/", who="adam")
    yield Screen("rules", f"{HERE}/settings/rules/", who="adam")
    yield Screen("rules-look", f"{HERE}/settings/rules/", _look, who="adam")
    yield Screen("people-keys", f"{HERE}/settings/people/", who="adam")
    yield Screen("audit", f"{HERE}/audit/", who="adam")
    yield Screen("reveal", run, _reveal, who="adam")
    yield Screen("review-read", f"{HERE}/approvals/{rooms.proposal.public_id}/", who="olive")
    yield Screen("not-allowed", f"{HERE}/audit/", who="olive", status=403)
    yield Screen("wall-empty", "/w/harbor/live/", who="otto")
    yield Screen("approvals-empty", "/w/harbor/approvals/", who="otto")
    yield Screen("outbox-empty", "/w/harbor/outbox/", who="otto")


def _gallery() -> Iterator[Screen]:
    yield Screen("gallery", "/dev/ui/", who="otto")
    yield Screen("broken", "/dev/ui/error-500/", who="otto")
    yield Screen("too-many", "/dev/ui/error-429/", who="otto")


def _decided(rooms: Rooms) -> str:
    assert rooms.confirmed.proposal is not None
    return rooms.confirmed.proposal.public_id


class Visitor:
    """One browser, in which people sign in as the screens need them."""

    def __init__(self, page: Page, rooms: Rooms) -> None:
        self.page, self.rooms, self.who = page, rooms, ""

    def visit(self, screen: Screen) -> None:
        self._sign_in(screen.who)
        answer = self.page.goto(screen.path)
        assert answer is None or answer.status == screen.status, (screen.name, answer.status)
        self.page.evaluate("document.fonts.ready.then(() => true)")
        if self.page.locator("#connection:not([hidden])").count():
            browsing.connected(self.page)
        screen.open(self.page)

    def _sign_in(self, who: str) -> None:
        if who == self.who:
            return
        self.page.context.clear_cookies()
        if who:
            browsing.sign_in(self.page, self.rooms.house, who)
        self.who = who


def _unfolded(where: str, words: str) -> Callable[[Page], None]:
    """The small form beside a button; where the call is over already there is no such button."""

    def unfold(page: Page) -> None:
        button = page.locator(f"{where} summary", has_text=words)
        if button.count():
            button.first.click()

    return unfold


def _end_call(page: Page) -> None:
    opener = page.locator("[data-opens=end-call]")
    if opener.count():
        opener.click()


def _wrong_password(page: Page) -> None:
    page.get_by_label("Email").fill("lena@northwind.example")
    page.get_by_label("Password").fill("not hers")
    page.keyboard.press("Enter")
    page.locator(".error, [role=alert], .banner").first.wait_for()


def _first_pencil(page: Page) -> None:
    pencil = page.locator("#fields-pane .field summary, #fields-pane .field [data-edit]")
    if pencil.count():
        pencil.first.click()


def _offline(page: Page) -> None:
    """The line to the server is gone; the page itself stays."""
    page.context.set_offline(True)
    page.locator("#connection").get_by_text("Reconnecting").wait_for()
    page.context.set_offline(False)


def _edit(page: Page) -> None:
    page.locator("[data-key-button=e]").click()
    page.locator("#edit-form").wait_for()


def _preview(page: Page) -> None:
    page.get_by_role("button", name="Preview").first.click()


def _more(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()


def _approve(page: Page) -> None:
    page.wait_for_timeout(browsing.SEEN_MS)
    before = page.locator("#review").get_attribute("data-proposal")
    page.locator("#approve-form button").click()
    page.locator(f'#review:not([data-proposal="{before}"])').wait_for()
    page.locator("#undo", has_text=before or "").wait_for()


def _last_step(page: Page) -> None:
    page.locator("#steps [data-item]").last.click()
    page.locator("#detail").wait_for()


def _reveal(page: Page) -> None:
    page.locator("#steps [data-item]", has_text="Update contact").click()
    page.locator("#detail").wait_for()
    page.locator("#detail summary", has_text="Reveal").click()


def _look(page: Page) -> None:
    text = page.locator("#rules-text")
    text.fill(text.input_value().replace("RISK low", "RISK high", 1))
    page.get_by_role("button", name="What would it have done?").click()
    page.locator("#look").wait_for()


def _command(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#command-list [role=option]").first.wait_for()


def _account(page: Page) -> None:
    page.locator("[popovertarget=person-menu]").click()


def _more_places(page: Page) -> None:
    more = page.locator("[popovertarget=more-menu]")
    if more.is_visible():
        more.click()
