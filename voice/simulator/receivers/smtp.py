"""A mail server: RFC 5321 as far as a client of ours needs it, misbehaving on order at the end of DATA."""

import asyncio
import email
import email.policy
import re
from typing import Any

from aiohttp import web

from voice.simulator.journal import Entry, Journal
from voice.simulator.receivers.counting import Counting

MOST_BYTES = 2 * 1024 * 1024
_PATH = re.compile(r"(?i)^(?:MAIL FROM|RCPT TO):\s*<([^<>\s]*)>")
_KEY = re.compile(r"<([0-9a-f-]{36})@")


class Smtp:
    def __init__(self, journal: Journal) -> None:
        self.counting = Counting("smtp", journal)
        self.port = 0
        self._server: asyncio.Server | None = None

    def replay(self, entry: Entry) -> None:
        self.counting.apply(entry)

    def routes(self) -> list[web.RouteDef]:
        """None: it speaks at a port of its own."""
        return []

    def held(self) -> list[dict[str, Any]]:
        return []

    async def listen(self, host: str, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, host, port, limit=MOST_BYTES)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Dialogue(self, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def accept(self, sender: str, to: list[str], raw: bytes) -> str:
        """Take the mail; the reply that says so."""
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        found = _KEY.search(str(parsed.get("Message-ID", "")))
        body = parsed.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        key = found[1] if found else ""
        headers = {name.lower(): str(value) for name, value in parsed.items()}
        queued = f"queued as {len(self.counting.effects) + 1:06d}"
        self.counting.record_effect(
            key, raw, 250, {"queued": queued}, sender=sender, to=to, headers=headers, text=text
        )
        return queued

    def key_of(self, raw: bytes) -> str:
        found = _KEY.search(raw.decode("latin-1"))
        return found[1] if found else ""


class _Dialogue:
    def __init__(
        self, smtp: Smtp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.smtp, self.reader, self.writer = smtp, reader, writer
        self.sender: str | None = None
        self.to: list[str] = []

    async def run(self) -> None:
        await self._say("220 simulator ESMTP")
        while line := await self.reader.readline():
            command = line.decode("latin-1").strip()
            verb = command.upper().partition(" ")[0]
            if verb == "QUIT":
                await self._say("221 bye")
                return
            if verb == "DATA":
                if not await self._data():
                    return
            else:
                await self._say(self._reply(verb, command))

    def _reply(self, verb: str, command: str) -> str:
        path = _PATH.match(command)
        if verb == "EHLO":
            return "250-simulator\r\n250 SIZE 2097152"
        if verb in ("HELO", "NOOP"):
            return "250 ok"
        if verb == "RSET":
            self.sender, self.to = None, []
            return "250 ok"
        if verb == "MAIL" and path:
            self.sender, self.to = path[1], []
            return "250 ok"
        if verb == "RCPT" and path and self.sender is not None:
            if path[1].startswith("nobody@"):
                return "550 5.1.1 no such user"
            self.to.append(path[1])
            return "250 ok"
        return "503 bad sequence of commands" if verb in ("MAIL", "RCPT") else "502 unknown command"

    async def _data(self) -> bool:
        """One mail; False where the session is over."""
        if self.sender is None or not self.to:
            await self._say("503 bad sequence of commands")
            return True
        mode = self.smtp.counting.mode
        name = mode.take(read=False)
        if name == "reset_before":
            # In the middle of the data: the dot is never read.
            await self._say("354 go on")
            await self.reader.readline()
            self.writer.transport.abort()
            return False
        await self._say("354 go on")
        raw = await self.reader.readuntil(b"\r\n.\r\n")
        raw = re.sub(rb"(?m)^\.\.", b".", raw[:-3])
        self.smtp.counting.count_request(self.smtp.key_of(raw))
        if name == "slow":
            await asyncio.sleep(mode.delay_ms / 1000)
        if name in ("5xx", "429"):
            code = "451 4.3.0 try again later" if name == "429" else "554 5.7.1 refused"
            await self._say(code)
            return True
        queued = self.smtp.accept(self.sender, self.to, raw)
        if name == "timeout":
            await asyncio.sleep(mode.hold_ms / 1000)
        if name in ("reset_after", "timeout"):
            self.writer.transport.abort()
            return False
        await self._say(f"250 2.0.0 ok: {queued}")
        return True

    async def _say(self, line: str) -> None:
        self.writer.write(f"{line}\r\n".encode())
        await self.writer.drain()
