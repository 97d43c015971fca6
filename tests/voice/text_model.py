"""A text model that answers over HTTP as it is told: right, wrong, refusing or away."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Refusal:
    text: str


@dataclass(frozen=True)
class Raw:
    """Whatever text, JSON or not."""

    text: str


@dataclass(frozen=True)
class Status:
    code: int
    error: str = "server_error"


@dataclass(frozen=True)
class Asked:
    name: str
    transcript: str


class TextModel:
    """`answers` by the name of the question; `asked` and `bodies` are what came in."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked, self.bodies = [], []
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = model.answer(body)
                raw = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, body):
        name = body["text"]["format"]["name"]
        self.asked.append(Asked(name, body["input"][-1]["content"]))
        self.bodies.append(body)
        told = self.answers[name]
        if isinstance(told, Status):
            return told.code, {"error": {"message": told.error, "code": told.error}}
        text = told.text if isinstance(told, Raw) else json.dumps(told, default=str)
        part = {"type": "output_text", "text": text, "annotations": []}
        if isinstance(told, Refusal):
            part = {"type": "refusal", "refusal": told.text}
        message = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [part],
        }
        return 200, {
            "id": f"resp_{len(self.asked)}",
            "object": "response",
            "created_at": 1,
            "status": "completed",
            "model": body["model"],
            "output": [message],
            "parallel_tool_calls": False,
            "tool_choice": "auto",
            "tools": [],
        }
