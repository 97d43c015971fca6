"""A refusal says what happened: what ended by itself was decided by nobody, and is no newer version."""

from datetime import UTC, datetime

import pytest

from console.words import refusals
from runs.errors import Conflict

AT = datetime(2026, 11, 30, 20, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("approved", "Lena Fischer approved this at"),
        ("expired", "Nobody decided this in time: it ended at"),
        ("withdrawn", "This was withdrawn at"),
        ("superseded", "A newer wish took the place of this one at"),
    ],
)
def test_what_is_over_says_how_it_ended(state, words):
    refusal = Conflict("already_decided", by="Lena Fischer", at=AT, state=state)
    assert refusals.refusal(refusal).startswith(words)


@pytest.mark.parametrize("state", ["expired", "approved", "superseded"])
def test_an_edit_of_what_is_over_does_not_speak_of_a_newer_version(state):
    said = refusals.refusal(Conflict("newer_version", version=1, state=state))
    assert said.startswith("This is not open any more")
    open_still = refusals.refusal(Conflict("newer_version", version=2, state="pending"))
    assert open_still.startswith("There is a newer version 2")
