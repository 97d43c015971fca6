"""A page full of rows stays within its bytes, compressed as it leaves; what is not on it is a step away."""

import pytest

from console.builders import place
from tests.journeys import pile

# HTML of one view, gzip.
MOST = 15_000
# What is left of it is for rows that were just decided, a strip, and the words of a longer call.
QUEUE = 12_500
LISTS = ("calls/", "runs/", "outbox/", "promises/", "notices/")


@pytest.fixture
def busy(scene):
    """One page of proposals and some more, each with the call it came from."""
    return pile.make(scene.house.workspace, place.PAGE + 4)


def view(client, path):
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    return answer


def test_a_full_page_stays_within_its_bytes(scene, busy, lena, capsys):
    reviews = [f"approvals/{one.public_id}/" for one in busy[:6]]
    sizes = {
        path: len(view(lena, scene.path(path)).content) for path in ("approvals/", *reviews, *LISTS)
    }
    with capsys.disabled():
        print("", *(f"{path:<28} {size:>6} bytes" for path, size in sizes.items()), sep="\n")
    queue = max(size for path, size in sizes.items() if path.startswith("approvals"))
    assert queue <= QUEUE, sizes
    assert max(sizes.values()) <= MOST, sizes


def test_a_proposal_far_down_stands_in_the_queue_beside_its_review(scene, busy, lena):
    *_others, before, last = sorted(busy, key=lambda one: (one.approve_by, one.id))
    page = view(lena, scene.path(f"approvals/{last.public_id}/")).context["page"]
    rows = page.queue.rows
    assert [row.key for row in rows if row.current] == [last.public_id]
    assert rows[[row.current for row in rows].index(True) - 1].key == before.public_id
    assert page.review.position_text.endswith(f" of {len(busy) + 1} waiting")
    first = lena.get(page.queue.cursor.newer_href).context["page"]
    assert len(first.queue.rows) == place.PAGE
