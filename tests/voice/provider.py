"""The simulator in a thread of the test process: for rules that ask another system over HTTP."""

import asyncio
import json
import threading
import urllib.request
from typing import Any

from voice.simulator.server import Options, build_simulator, start


class Provider:
    """`url` is where it listens; `close` ends it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        runner, port = asyncio.run_coroutine_threadsafe(
            start(build_simulator(Options())), self._loop
        ).result(10)
        self._runner = runner
        self.url = f"http://127.0.0.1:{port}"

    def patch(self, path: str, body: Any) -> Any:
        return self.post(path, body, method="PATCH")

    def post(self, path: str, body: Any, method: str = "POST") -> Any:
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": "Bearer demo"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def get(self, path: str) -> Any:
        request = urllib.request.Request(self.url + path, headers={"Authorization": "Bearer demo"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
