"""What one person is told on every page: how many notices wait."""

import uuid

from console.builders import shell
from console.frames import Frame, Topical
from runs import people
from runs.models import User


def frames(topic: Topical, channel: str, workspace_id: uuid.UUID, prefix: str) -> list[Frame]:
    """`channel` ends with the person whose pages these are."""
    user = User.objects.get(id=channel.removeprefix(prefix))
    actor = people.person(user, workspace_id)
    count = shell.notices_of(actor) if actor is not None else 0
    bell = {"count": count, "words": shell.notices_words(count)}
    return [topic.frame("badges", data={"badges": {"bell": bell}})]
