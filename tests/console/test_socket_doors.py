"""Who may open a live socket and watch what on it; bad frames are named and lose nothing."""

import asyncio
import json

import pytest

from console.consumers import read
from runs.models import Membership
from tests.console import scene as scenes
from tests.console.sockets import Socket, cookie_of

# The database of these tests is used from other threads: it is committed to, never rolled back.
pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def other(committed_db):
    with scenes.closing(scenes.make_scene()) as found:
        yield found


async def test_another_workspaces_run_is_not_found(committed, other, socket):
    for topic in (
        f"run:{other.call.public_id}",
        f"run:{other.run.public_id}",
        "run:CALL-00000000",
        "run:x",
        "run:\0",
        "run:\ud800",
        "x",
    ):
        await socket.subscribe(topic)
        frame = await socket.until(kind="error")
        assert (frame["code"], frame["topic"]) == ("not_found", topic)


async def test_topics_need_the_role(committed, sync):
    made = Socket(committed.slug, await sync(cookie_of, committed, "ines"))
    assert await made.open()
    await made.subscribe("outbox")
    assert (await made.until(kind="error"))["code"] == "not_allowed"
    await made.close()


async def test_bad_frames_are_named_and_the_socket_stays(committed, socket):
    for text, code in (
        ("{", "bad_json"),
        ("[]", "bad_frame"),
        ('{"subscribe": 1}', "bad_frame"),
        ('{"take_over": {}}', "unknown_verb"),
        ('{"subscribe": {"topic": 7, "after": 0}}', "bad_subscription"),
        ('{"subscribe": {"topic": "wall", "after": -1}}', "bad_subscription"),
        ('{"subscribe": {"topic": "wall", "after": "1"}}', "bad_subscription"),
        ("[" * 5000, "bad_json"),
    ):
        await socket.send(text)
        assert (await socket.until(kind="error"))["code"] == code
    await socket.send({"ping": 1})
    assert (await socket.next())["kind"] == "pong"


async def test_too_many_errors_close_the_socket(committed, cookie):
    made = Socket(committed.slug, cookie)
    assert await made.open()
    for _ in range(21):
        await made.send("{")
    assert await made.closed() == 4400


def test_a_frame_larger_than_16_kib_is_refused():
    with pytest.raises(ValueError, match="bad_frame"):
        read(json.dumps({"subscribe": {"topic": "x" * 17_000}}))


async def test_a_version_beyond_all_time_is_no_harm(committed, socket):
    await socket.subscribe("wall", 9_007_199_254_740_991)
    assert (await socket.until(kind="hello"))["topic"] == "wall"


async def test_without_a_session_it_says_sign_in(committed):
    made = Socket(committed.slug, "nonsense")
    await made.open()
    assert await made.closed() == 4401


async def test_a_stranger_is_not_allowed(committed, other, sync):
    made = Socket(committed.slug, await sync(cookie_of, other, "lena"))
    await made.open()
    assert await made.closed() == 4403


async def test_a_foreign_page_cannot_open_it(committed, cookie):
    made = Socket(committed.slug, cookie, origin=b"https://evil.example")
    assert not await made.open()


async def test_signing_out_ends_the_watching(committed, sync, monkeypatch):
    monkeypatch.setattr("console.consumers.RECHECK_S", 0.2)
    client = await sync(committed.client, "lena")
    made = Socket(committed.slug, client.cookies["sessionid"].value)
    assert await made.open()
    await asyncio.sleep(0.5)
    await sync(client.logout)
    assert await made.closed() == 4401


async def test_leaving_the_workspace_ends_the_watching(committed, sync, monkeypatch):
    monkeypatch.setattr("console.consumers.RECHECK_S", 0.2)
    made = Socket(committed.slug, await sync(cookie_of, committed, "mei"))
    assert await made.open()
    await sync(Membership.objects.filter(user=committed.house.users["mei"]).delete)
    assert await made.closed() == 4403
