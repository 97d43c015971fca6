from collections.abc import AsyncIterator, Iterator

import pytest
from django.test import Client

from tests.console import scene as scenes
from tests.console.scene import Scene
from tests.console.sockets import Socket, cookie_of, in_thread


@pytest.fixture
def scene(db: None) -> Scene:
    return scenes.make_scene()


@pytest.fixture
def ended(db: None) -> Scene:
    """The same call after its end: outcome and summary are there."""
    return scenes.make_scene(ended=True)


@pytest.fixture
def other(db: None) -> Scene:
    """Another workspace with a call of its own."""
    return scenes.make_scene()


@pytest.fixture
def committed(committed_db: None) -> Iterator[Scene]:
    """A scene that other connections see."""
    with scenes.closing(scenes.make_scene()) as found:
        yield found


@pytest.fixture
def lena(scene: Scene) -> Client:
    return scene.client("lena")


@pytest.fixture
def olive(scene: Scene) -> Client:
    return scene.client("olive")


@pytest.fixture
def sync():
    """Runs a function that queries, in a thread with a connection of its own."""
    return in_thread


@pytest.fixture
def cookie(committed: Scene) -> str:
    """Lena is signed in."""
    return cookie_of(committed, "lena")


@pytest.fixture
async def socket(committed: Scene, cookie: str) -> AsyncIterator[Socket]:
    made = Socket(committed.slug, cookie)
    assert await made.open()
    yield made
    await made.close()
