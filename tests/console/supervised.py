"""A runner with dummy children, for tests that kill it: `python -m tests.console.supervised HOME KIND`."""

import sys
from pathlib import Path

from console.stack import programs, screen
from console.stack.children import Supervisor
from console.stack.errors import StackError, Stopped
from console.stack.process import Program

# Tells who it is, has a child of its own, and says when it is asked to stop.
STEADY = """
import os, signal, subprocess, sys, time
name, home = sys.argv[1:]
own = subprocess.Popen(["sleep", "300"])
def stop(number, frame):
    with open(home + "/order", "a") as order:
        order.write(name + "\\n")
    own.kill()
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
with open(home + f"/{name}.new", "w") as file:
    file.write(f"{os.getpid()} {own.pid}")
os.rename(home + f"/{name}.new", home + f"/{name}.pids")
print("up and running")
while True:
    time.sleep(0.05)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up and running")
while True:
    time.sleep(1)
"""
BROKEN = "print('I cannot'); raise SystemExit(3)"


def program(home: Path, name: str, code: str, *, server: bool = False, line: str = "up") -> Program:
    argv = [sys.executable, "-u", "-c", code, name, str(home)]
    return Program(
        name, argv, programs.base_env(), home, ready_line=line, server=server, stop_within=0.5
    )


def children(home: Path, kind: str) -> list[Program]:
    if kind == "broken":
        return [program(home, "broken", BROKEN, line="")]
    if kind == "stubborn":
        return [program(home, "stubborn", STUBBORN)]
    return [
        program(home, "store", STEADY, server=True),
        program(home, "left", STEADY),
        program(home, "right", STEADY),
    ]


def main(home: Path, kind: str) -> int:
    supervisor = Supervisor(logs=home / "log", say=screen.say, first_pause=0.01)
    supervisor.listen_to_signals()
    code = 0
    try:
        for one in children(home, kind):
            supervisor.start(one)
        screen.say("ready")
        supervisor.watch()
    except Stopped:
        code = 0
    except StackError as error:
        screen.say(f"error: {error}")
        code = 1
    supervisor.stop()
    screen.say("stopped")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
