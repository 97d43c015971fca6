"""Deliver webhooks while web is killed: duplicates, forged and stale ones among them. Counts what was lost.

python -m tests.ingest [DELIVERIES]
"""

import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voice.simulator.webhooks import sign

if TYPE_CHECKING:
    from tests.journeys.house import House

DELIVERIES, KILLS, SENDERS = 2_000, 3, 8
DUPLICATES, FORGED, STALE = 0.30, 0.05, 0.05
PATIENCE_S = 90.0


@dataclass(frozen=True)
class Delivery:
    kind: str  # fresh, duplicate, forged, stale
    webhook_id: str
    call_id: str

    @property
    def wanted(self) -> int:
        return 401 if self.kind in ("forged", "stale") else 200


@dataclass
class Figures:
    deliveries: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    sent_again: int = 0
    wrong_answers: int = 0
    answers_of_500: int = 0
    lost: int = 0
    doubled: int = 0
    taken_in: int = 0
    """Rows of forged or stale deliveries."""
    seconds: float = 0.0

    def clean(self) -> bool:
        wrong = self.wrong_answers, self.answers_of_500, self.lost, self.doubled, self.taken_in
        return not any(wrong)

    def words(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.deliveries.items()))
        return (
            f"ingest: {self.deliveries.total()} deliveries ({kinds}) · web killed {self.kills} times,"
            f" sent again {self.sent_again} · lost {self.lost}, doubled effects {self.doubled},"
            f" forged or stale taken in {self.taken_in}, answers of 500 {self.answers_of_500},"
            f" other wrong answers {self.wrong_answers} · {self.seconds:.0f} s"
        )


def plan(count: int, seed: int = 7) -> list[Delivery]:
    """Each call is announced once; duplicates come at any later time, whatever the first one's answer."""
    draw = random.Random(seed)
    forged, stale = int(count * FORGED), int(count * STALE)
    duplicates = int(count * DUPLICATES)
    fresh = [_new("fresh") for _ in range(count - forged - stale - duplicates)]
    found: list[Delivery] = [*fresh]
    for kind, number in (("forged", forged), ("stale", stale)):
        found += [_new(kind) for _ in range(number)]
    draw.shuffle(found)
    for _ in range(duplicates):
        first = draw.choice(fresh)
        after = draw.randint(found.index(first) + 1, len(found))
        found.insert(after, replace(first, kind="duplicate"))
    return found


def _new(kind: str) -> Delivery:
    return Delivery(kind, f"wh_{uuid.uuid4().hex}", f"rtc_ingest_{uuid.uuid4().hex}")


class Sender:
    def __init__(self, house: "House", figures: Figures) -> None:
        from console.demo import northwind, playing

        line = playing.line_of(northwind.SLUG, house.stack.url)
        self.port, self.path = house.stack.web_port, "/" + line.hook.split("/", 3)[3]
        self.secret, self.number, self.figures = line.secret, line.number, figures
        self.lock, self.sent = threading.Lock(), 0

    def send(self, delivery: Delivery) -> None:
        """As the provider does: again until somebody answers 2xx or refuses for good."""
        body = _body(delivery, self.number)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            status = self._attempt(delivery, body)
            with self.lock:
                self.figures.answers_of_500 += status == 500
                self.figures.sent_again += status in (0, 500, 503)
            if status not in (0, 500, 503) or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        with self.lock:
            self.sent += 1
            self.figures.deliveries[delivery.kind] += 1
            self.figures.wrong_answers += status != delivery.wanted

    def _attempt(self, delivery: Delivery, body: bytes) -> int:
        """The status; 0 where nobody answered."""
        stamp = int(time.time()) - (3_600 if delivery.kind == "stale" else 0)
        secret = "whsec_Zm9yZ2Vk" if delivery.kind == "forged" else self.secret
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery.webhook_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": sign(secret, delivery.webhook_id, stamp, body),
        }
        try:
            connection.request("POST", self.path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


def _body(delivery: Delivery, number: str) -> bytes:
    headers = {
        "From": "<sip:+447700900555@carrier.example.test>;tag=1",
        "To": f"<sip:{number}@sip.api.openai.com>",
    }
    event = {
        "object": "event",
        "id": f"evt_{delivery.webhook_id}",
        "type": "realtime.call.incoming",
        "created_at": 1_800_000_000,
        "data": {
            "call_id": delivery.call_id,
            "sip_headers": [{"name": name, "value": value} for name, value in headers.items()],
        },
    }
    return json.dumps(event).encode()


def run(house: "House", *, deliveries: int = DELIVERIES, kills: int = KILLS) -> Figures:
    figures, begun = Figures(), time.monotonic()
    planned = plan(deliveries)
    sender = Sender(house, figures)
    with ThreadPoolExecutor(SENDERS) as pool:
        work = [pool.submit(sender.send, one) for one in planned]
        for number in range(1, kills + 1):
            _await_sent(sender, len(planned) * number // (kills + 1))
            house.stack.kill("web")
            figures.kills += 1
            house.stack.start("web")
        for one in work:
            one.result()
    _count(house, planned, figures)
    figures.seconds = time.monotonic() - begun
    return figures


def _await_sent(sender: Sender, count: int) -> None:
    while sender.sent < count:
        time.sleep(0.02)


def _count(house: "House", planned: Sequence[Delivery], figures: Figures) -> None:
    from runs import scope
    from tests.journeys.house import wait_until
    from voice.models import Call, InboundWebhook

    good = {one.webhook_id: one.call_id for one in planned if one.wanted == 200}
    bad = [one.webhook_id for one in planned if one.wanted != 200]

    def waiting() -> int:
        with scope.workspace(house.workspace.id):
            rows = InboundWebhook.objects.filter(webhook_id__in=good)
            return len(good) - rows.exclude(state="new").count()

    wait_until("all deliveries are worked out", lambda: not waiting(), within=PATIENCE_S * 2)
    with scope.workspace(house.workspace.id):
        ids = Call.objects.filter(provider_call_id__in=good.values())
        calls = Counter(ids.values_list("provider_call_id", flat=True))
        runs = ids.values("run_id").distinct().count()
        figures.taken_in = InboundWebhook.objects.filter(webhook_id__in=bad).count()
    figures.lost = len(good) - len(calls)
    figures.doubled = calls.total() - len(calls) + abs(runs - calls.total())


def main() -> int:
    from tests.live_stack import running

    with running() as live, tempfile.TemporaryDirectory() as folder:
        os.environ["DJANGO_SETTINGS_MODULE"] = live.settings
        import django

        django.setup()
        from tests.journeys.house import open_house

        count = int(sys.argv[1]) if len(sys.argv) > 1 else DELIVERIES
        figures = run(open_house(live, Path(folder)), deliveries=count)
        print(figures.words())
        tracebacks = live.log("web", lines=4_000).count("Traceback")
        print(f"tracebacks in the log of web: {tracebacks}")
    return 0 if figures.clean() else 1


if __name__ == "__main__":
    sys.exit(main())
