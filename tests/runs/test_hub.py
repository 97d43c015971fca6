"""The hub: every line once and in order, whatever the bus brings; nobody is fed faster than they read."""

import asyncio
import json
import random
import uuid

import pytest
import redis
from django.conf import settings

from runs import topics
from runs.live import hub as hubs
from runs.live.feeds import ListFeed, RunFeed, Topic, dumps, stamp
from runs.live.viewers import LARGEST_SENT, MOST_FRAMES, TOO_SLOW, Viewer

WORKSPACE, RUN = uuid.UUID(int=1), uuid.UUID(int=2)


class Book:
    """Lines that are stored, as Postgres would give them."""

    def __init__(self, topic):
        self.topic = topic
        self.lines_of_run = []
        self.reads = 0

    def add(self, count=1):
        first = len(self.lines_of_run) + 1
        added = [{"number": n, "kind": "noise.noted"} for n in range(first, first + count)]
        self.lines_of_run += added
        return added

    async def lines(self, topic, after, limit):
        self.reads += 1
        return self.lines_of_run[after : after + limit]

    async def last_numbers(self, wanted):
        return {topic.run_id: len(self.lines_of_run) for topic in wanted}


async def draw(topic, messages, variant):
    """One frame a message, named by the variant."""
    return [
        {"topic": str(variant), "number": one.get("number"), "kind": one.get("kind", "part")}
        for one in messages
        if "open" not in one
    ]


class Screen:
    """A socket that keeps what it was sent."""

    def __init__(self, stuck=False):
        self.sent, self.codes = [], []
        self.ready = asyncio.Event()
        if not stuck:
            self.ready.set()
        self.viewer = Viewer(self.send, self.close)

    async def send(self, text):
        await self.ready.wait()
        self.sent.append(text)

    async def close(self, code):
        self.codes.append(code)

    @property
    def frames(self):
        read = [json.loads(text) for text in self.sent]
        return [one for value in read for one in (value if isinstance(value, list) else [value])]

    def numbers(self):
        return [one["number"] for one in self.frames if one["kind"] == "noise.noted"]


async def settle(check, within=5):
    async with asyncio.timeout(within):
        while not check():  # noqa: ASYNC110 no event says that text was drawn
            await asyncio.sleep(0.01)


@pytest.fixture
def topic():
    run_id = uuid.uuid4()
    return Topic(topics.run(WORKSPACE, run_id), WORKSPACE, run_id)


@pytest.fixture
def book(topic):
    return Book(topic)


@pytest.fixture
async def feed(topic, book):
    made = RunFeed(topic, book, draw)
    yield made
    await made.stop()


@pytest.fixture
async def hub(book):
    made = hubs.Hub(book, draw)
    yield made
    await made._stop()
    for feed in made.feeds.values():
        await feed.stop()


@pytest.mark.parametrize("seed", range(20))
async def test_lines_in_any_order_doubled_and_lost_come_once_and_in_order(feed, book, seed):
    chance = random.Random(seed)
    screen = Screen()
    book.add(3)
    await feed.join(screen.viewer, "a", name="run", after=1)
    messages = book.add(30)
    kept = [one for one in messages[:-1] if chance.random() > 0.3] + [messages[-1]]
    kept += chance.sample(kept, 5)
    chance.shuffle(kept)
    for message in [*kept, messages[-1]]:
        feed.push(message)
        if chance.random() < 0.3:
            await asyncio.sleep(0)
    await settle(lambda: 33 in screen.numbers())
    assert screen.numbers() == list(range(2, 34))


async def test_a_gap_is_read_once_for_all_viewers(feed, book):
    screens = [Screen() for _ in range(10)]
    for screen in screens:
        await feed.join(screen.viewer, "a", name="run", after=0)
    book.add(5)
    before = book.reads
    feed.push({"number": 5, "kind": "noise.noted"})
    await settle(lambda: all(5 in screen.numbers() for screen in screens))
    assert book.reads - before == 2  # the lines, and that no more are there
    assert {tuple(screen.numbers()) for screen in screens} == {(1, 2, 3, 4, 5)}


async def test_what_waits_together_leaves_in_messages_that_the_server_sends():
    screen = Screen()
    frames = [dumps({"kind": "noise.noted", "number": n, "html": "é" * 1000}) for n in range(99)]
    screen.viewer.put(frames)
    await settle(lambda: len(screen.frames) == 99)
    assert screen.numbers() == list(range(99))
    assert max(len(text.encode()) for text in screen.sent) <= LARGEST_SENT + 2
    assert len(screen.sent) < 20


async def test_a_page_that_cannot_be_written_to_is_let_go_and_comes_back():
    screen = Screen()

    async def refuse(text):
        raise ValueError("larger than the server sends")

    screen.viewer._send = refuse
    screen.viewer.put(["{}"])
    await settle(lambda: screen.codes)
    assert screen.codes == [TOO_SLOW]


async def test_viewers_of_a_variant_get_the_very_same_string(feed, book):
    screens = {name: [Screen(), Screen()] for name in ("masked", "plain")}
    for name, pair in screens.items():
        for screen in pair:
            await feed.join(screen.viewer, name, name="run", after=0)
    feed.push(book.add()[0])
    await settle(lambda: all(s.numbers() for pair in screens.values() for s in pair))
    for name, (first, second) in screens.items():
        assert first.sent[-1] == second.sent[-1]
        assert first.frames[-1]["topic"] == name


async def test_frames_that_wait_leave_as_one_array():
    screen = Screen(stuck=True)
    for number in range(3):
        screen.viewer.put([json.dumps({"kind": "noise.noted", "number": number})])
        await asyncio.sleep(0)
    screen.ready.set()
    await settle(lambda: len(screen.frames) == 3)
    assert len(screen.sent) == 2  # the first was under way, the rest went together


@pytest.mark.parametrize("frames", [["x"] * (MOST_FRAMES + 2), ["x" * 600_000] * 2])
async def test_who_does_not_read_is_let_go_and_others_go_on(frames):
    slow, quick = Screen(stuck=True), Screen()
    slow.viewer.put(["first"])
    await asyncio.sleep(0.01)
    for frame in frames:
        slow.viewer.put([frame])
        quick.viewer.put(['{"kind": "x"}'])
        await asyncio.sleep(0)
    slow.ready.set()
    await settle(lambda: slow.codes == [TOO_SLOW])
    assert quick.codes == []


async def test_who_is_never_heard_of_is_let_go(monkeypatch):
    monkeypatch.setattr("runs.live.viewers.MOST_UNHEARD", 1000)
    quiet, alive = Screen(), Screen()
    for _ in range(30):
        for screen in (quiet, alive):
            screen.viewer.put(["x" * 50])
        alive.viewer.heard()
        await asyncio.sleep(0)
    await settle(lambda: quiet.codes == [TOO_SLOW])
    assert alive.codes == []


async def test_a_failed_drawing_is_tried_again_and_nothing_is_lost(topic, book, monkeypatch):
    monkeypatch.setattr("runs.live.feeds.RETRY_S", 0.01)
    failures = iter([True, True])

    async def brittle(topic, messages, variant):
        if any("number" in one for one in messages) and next(failures, False):
            raise OSError("the database is away")
        return await draw(topic, messages, variant)

    feed = RunFeed(topic, book, brittle)
    screen = Screen()
    await feed.join(screen.viewer, "a", name="run", after=0)
    for message in book.add(3):
        feed.push(message)
    await settle(lambda: 3 in screen.numbers())
    assert screen.numbers() == [1, 2, 3]
    await feed.stop()


async def test_rows_of_a_list_are_merged_and_numbered_upwards():
    topic = Topic(topics.listing(WORKSPACE, "wall"), WORKSPACE)
    drawings = []

    async def rows(topic, messages, variant):
        drawings.append(len(messages))
        return [{"topic": "wall", "kind": "wall.changed"} for _ in {m.get("run") for m in messages}]

    feed = ListFeed(topic, Book(topic), rows)
    screen = Screen()
    await feed.join(screen.viewer, "a", name="wall", after=stamp())
    for number in range(40):
        feed.push({"run": str(RUN), "number": number})
    await settle(lambda: len(drawings) >= 2)
    await asyncio.sleep(0.05)
    assert len(drawings) == 2
    numbers = [one["number"] for one in screen.frames if one["kind"] == "wall.changed"]
    assert numbers == sorted(set(numbers))
    await feed.stop()


async def test_a_list_that_was_left_long_ago_is_read_again():
    topic = Topic(topics.listing(WORKSPACE, "wall"), WORKSPACE)
    feed = ListFeed(topic, Book(topic), draw)
    screen = Screen()
    await feed.join(screen.viewer, "a", name="wall", after=stamp() - 2 * 3_600_000)
    await settle(lambda: len(screen.frames) == 2)
    assert [one["kind"] for one in screen.frames] == ["hello", "snapshot.needed"]
    await feed.stop()


def publish(topic, message):
    redis.Redis.from_url(settings.REDIS_URL).publish(topic.channel, json.dumps(message))


async def test_over_the_real_bus_with_one_subscription_for_all(hub, topic, book):
    screens = [Screen() for _ in range(3)]
    for screen in screens:
        await hub.join(screen.viewer, topic, "a", name="run", after=0)
    subscribers = redis.Redis.from_url(settings.REDIS_URL).pubsub_numsub(topic.channel)
    assert subscribers[0][1] == 1
    publish(topic, book.add()[0])
    await settle(lambda: all(screen.numbers() == [1] for screen in screens))


async def test_an_idle_subscription_lives(hub, topic, book):
    screen = Screen()
    await hub.join(screen.viewer, topic, "a", name="run", after=0)
    # Longer than the client's own default timeout of five seconds.
    await asyncio.sleep(6)
    publish(topic, book.add()[0])
    await settle(lambda: screen.numbers() == [1], within=1)


async def test_it_comes_back_after_the_bus_was_cut(hub, topic, book):
    screen = Screen()
    await hub.join(screen.viewer, topic, "a", name="run", after=0)
    server = redis.Redis.from_url(settings.REDIS_URL)
    server.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    book.add(2)  # said while nobody listened
    await settle(lambda: screen.numbers() == [1, 2])
    publish(topic, book.add()[0])
    await settle(lambda: screen.numbers() == [1, 2, 3])


async def test_without_a_bus_the_rows_are_followed(topic, book, monkeypatch, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    monkeypatch.setattr("runs.live.hub.HEARTBEAT_S", 0.1)
    monkeypatch.setattr("runs.live.hub.ACK_S", 0.1)
    hub = hubs.Hub(book, draw)
    screen = Screen()
    await hub.join(screen.viewer, topic, "a", name="run", after=0)
    book.add(3)
    await settle(lambda: screen.numbers() == [1, 2, 3])
    await hub.leave(screen.viewer, topic)


async def test_with_the_last_viewer_the_subscription_goes(hub, topic, book):
    screen = Screen()
    await hub.join(screen.viewer, topic, "a", name="run", after=0)
    await hub.leave(screen.viewer, topic)
    assert hub.feeds == {}
    assert hub._tasks == []
    counted = redis.Redis.from_url(settings.REDIS_URL).pubsub_numsub(topic.channel)
    await settle(lambda: counted[0][1] == 0)


async def test_one_leaves_while_another_comes_and_nothing_is_lost(hub, topic, book):
    first, second = Screen(), Screen()
    await hub.join(first.viewer, topic, "a", name="run", after=0)
    joining = asyncio.create_task(hub.join(second.viewer, topic, "a", name="run", after=0))
    await asyncio.sleep(0)
    await hub.leave(first.viewer, topic)
    await joining
    publish(topic, book.add()[0])
    await settle(lambda: second.numbers() == [1])


async def test_whoever_comes_while_the_bus_is_being_reached_hears_it(hub):
    every = [Topic(topics.run(WORKSPACE, one), WORKSPACE, one) for one in map(uuid.UUID, IDS)]
    screens = {one: Screen() for one in every}
    coming = []
    for one, screen in screens.items():
        coming.append(asyncio.create_task(hub.join(screen.viewer, one, "a", name="run", after=0)))
        await asyncio.sleep(0)  # one step of the loop nearer to the bus
    await asyncio.gather(*coming)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        heard = [client.publish(one.channel, json.dumps({"part": {}})) for one in every]
    assert heard == [1] * len(every)
    await settle(lambda: all(len(one.frames) == 2 for one in screens.values()))
    await asyncio.gather(*(hub.leave(screen.viewer, one) for one, screen in screens.items()))


IDS = [f"00000000-0000-4000-8000-{number:012d}" for number in range(40)]
