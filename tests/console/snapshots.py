"""Snapshot + events = snapshot: a page as drawn once, with what was pushed since, is the page as drawn now.

Both are drawn from one moment of the database (REPEATABLE READ) while calls are going on.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.db import connection, transaction
from django.test import Client

from console import panels
from console.panels import Variant
from runs import ledger, scope, topics
from runs.live.feeds import Topic
from runs.models import Workspace
from voice.models import Call

LISTS = ("transcript", "fields", "actions", "escalations", "handoffs")
PARTS = ("call-bar", "state-bar", "intake-status", "minding")
_VOID = {"br", "img", "input", "meta", "link", "hr", "use", "rect", "line", "path", "circle"}
# The browser keeps these fresh by itself, and a form gets its token when it is sent.
_FRESH = re.compile(r"(<time[^>]*data-relative[^>]*>)[^<]*|(<span class=\"timer[^>]*>)[^<]*")
_TOKEN = re.compile(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>')
# Text of a turn that is being spoken comes as data, up to ten times a second.
_SPOKEN = re.compile(r'data-state="(?:reserved|partial)".*', re.DOTALL)


class _Elements(HTMLParser):
    """Outer HTML of every element that has an id, and which ids stand in which list."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[tuple[str, str, int]] = []
        self.found: dict[str, str] = {}
        self.inside: dict[str, list[str]] = {name: [] for name in LISTS}
        self._starts = [0]
        for line in html.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self.html = html
        self.feed(html)

    def _at(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        own = dict(attrs).get("id") or ""
        if self.open and self.open[-1][1] in LISTS and own:
            self.inside[self.open[-1][1]].append(own)
        self.open.append((tag, own, self._at()))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Drawings: nothing of ours is inside."""

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            opened, own, start = self.open.pop()
            if own:
                end = self._at() + len(f"</{opened}>")
                self.found[own] = self.html[start:end]
            if opened == tag:
                return


def plain(html: str) -> str:
    """Without what the browser fills in."""
    text = _TOKEN.sub("", _FRESH.sub(lambda one: one[1] or one[2], html))
    text = text.replace(' fresh"', '"')  # fades by itself
    return _SPOKEN.sub("spoken", " ".join(text.split()))


@dataclass
class Shown:
    """The parts of a page that change while it is open."""

    parts: dict[str, str]
    lists: dict[str, dict[str, str]]

    @classmethod
    def of(cls, html: str) -> "Shown":
        page = _Elements(html)
        return cls(
            {name: plain(page.found.get(name, "")) for name in PARTS},
            {
                name: {one: plain(page.found[one]) for one in ids}
                for name, ids in page.inside.items()
            },
        )

    def take(self, frame: dict[str, Any]) -> None:
        """As the browser does: replace by id, else put into the list; an empty one takes away."""
        html, key = frame.get("html"), str(frame.get("key", ""))
        if html is None:
            return
        for rows in self.lists.values():
            if key in rows and not html:
                del rows[key]
        target = str(frame.get("target", ""))
        if target in self.parts:
            self.parts[target] = plain(html)
        elif target in self.lists and html:
            self.lists[target][key] = plain(html)

    def differs(self, other: "Shown") -> list[str]:
        found = [name for name in PARTS if self.parts[name] != other.parts[name]]
        for name in LISTS:
            here, there = self.lists[name], other.lists[name]
            found += [f"{name}/{one}" for one in {*here, *there} if here.get(one) != there.get(one)]
        return sorted(found)


@dataclass
class Watcher:
    """Looks at calls again and again while they go on, as one person does."""

    client: Client
    workspace: Workspace
    shown: dict[str, tuple[int, Shown]] = field(default_factory=dict)
    looks: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, set[str]] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def look(self, name: str, call: Call) -> None:
        """Draw the page of a call, if a line was added since, and compare it with what was pushed."""
        before = self.shown.get(name)
        if before is not None and before[0] == call.run.last_number:
            return
        with transaction.atomic(), _one_moment():
            number, messages = self._lines(call, before[0] if before else 0)
            page = Shown.of(self._page(call))
            pushed = list(self._pushed(call, messages)) if before else []
        self.shown[name] = number, page
        self.looks[name] += 1
        self.kinds.setdefault(name, set()).update(one["kind"] for one in messages)
        if before is None:
            return
        for frame in pushed:
            before[1].take(frame)
        wrong = before[1].differs(page)
        if wrong:
            said = [one["kind"] for one in messages]
            self.wrong.setdefault(name, []).append(f"{before[0]}-{number} {said}: {wrong}")

    def _lines(self, call: Call, after: int) -> tuple[int, list[dict[str, Any]]]:
        with scope.workspace(self.workspace.id):
            lines = ledger.events_after(call.run_id, after, limit=5000)
        return max([after, *(one.number for one in lines)]), [one.frame() for one in lines]

    def _page(self, call: Call) -> str:
        path = f"/w/{self.workspace.slug}/live/{call.public_id}/"
        return self.client.get(path).content.decode()

    def _pushed(self, call: Call, messages: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        topic = Topic(topics.run(self.workspace.id, call.run_id), self.workspace.id, call.run_id)
        variant = Variant(
            f"run:{call.public_id}",
            "en",
            self.workspace.zone,
            masked=False,
            edits=True,
            minds=True,
            whispers=True,
        )
        # What the line does now is told beside the numbered lines.
        heard = {"run": str(call.run_id), "part": {"voice_state": ""}}
        yield from panels._render(topic, [*messages, heard], variant)


class _one_moment:
    """All reads see the database as it was at the first of them; nothing that is written stays."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            transaction.set_rollback(True)
