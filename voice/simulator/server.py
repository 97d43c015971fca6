"""Starts the simulator on loopback and says where it listens."""

import argparse
import asyncio
import contextlib
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from voice.simulator.app import build_app
from voice.simulator.journal import Journal
from voice.simulator.script import ScriptShelf
from voice.simulator.state import SCRIPTS, Simulator
from voice.simulator.webhooks import Target

LOOPBACK = "127.0.0.1"
SHUTDOWN_S = 1.0


@dataclass(frozen=True)
class Options:
    port: int = 0
    state: Path | None = None
    scripts: Path = SCRIPTS
    webhook_url: str = ""
    webhook_secret: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--state", type=Path, help="file that keeps what the receivers know")
    parser.add_argument("--scripts", type=Path, default=SCRIPTS, help="directory of script files")
    parser.add_argument("--webhook-url", default="", help="where calls are announced by default")
    parser.add_argument("--webhook-secret", default="", help="the secret for it (whsec_…)")


def options_from(values: dict[str, object]) -> Options:
    names = Options.__dataclass_fields__
    return Options(**{name: values[name] for name in names})  # type: ignore[arg-type]


def build_simulator(options: Options) -> Simulator:
    target = None
    if options.webhook_url:
        target = Target(options.webhook_url, options.webhook_secret)
    shelf = ScriptShelf(options.scripts)
    return Simulator(shelf, Journal(options.state), default_target=target)


async def start(simulator: Simulator, port: int = 0) -> tuple[web.AppRunner, int]:
    """Listen; answer with what stops it and the port."""
    await simulator.smtp.listen(LOOPBACK)
    runner = web.AppRunner(
        build_app(simulator), access_log=None, shutdown_timeout=SHUTDOWN_S, handle_signals=False
    )
    await runner.setup()
    site = web.TCPSite(runner, LOOPBACK, port)
    await site.start()
    return runner, int(runner.addresses[0][1])


async def serve(options: Options) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner, port = await start(build_simulator(options), options.port)
    sys.stdout.write(f"simulator ready on http://{LOOPBACK}:{port}\n")
    sys.stdout.flush()
    await stop.wait()
    await runner.cleanup()


def run(options: Options) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(serve(options))
        except OSError as error:
            raise SystemExit(f"simulator: {error}") from None


def main() -> None:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    add_arguments(parser)
    run(options_from(vars(parser.parse_args())))
