"""Becomes another program after settling what only the process itself can: who it is, and when it dies.

Run by path with `python -I -S`, so that it costs 15 ms: no code of ours runs between a fork and an
exec of a process with threads.
"""

import argparse
import ctypes
import os
import sys

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1


def _enter_namespace() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed here")


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _die_with(parent: int, signal_number: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # it went before the signal was set
        sys.exit(1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, default=0)
    parser.add_argument("--death-signal", type=int, default=9)
    parser.add_argument("--namespace", action="store_true")
    parser.add_argument("--account", default="")
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.namespace:
        _enter_namespace()
    if options.account:
        uid, gid = options.account.split(":")
        _become(int(uid), int(gid))
    if options.parent:  # last: a change of credentials clears it
        _die_with(options.parent, options.death_signal)
    argv = options.program[1:] if options.program[:1] == ["--"] else options.program
    os.execvp(argv[0], argv)  # noqa: S606 - a shell is what it must not be


if __name__ == "__main__":
    main()
