"""Who runs Postgres: it refuses root, so root steps into a user namespace or becomes another account."""

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from console.stack.errors import StackError

LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Account:
    """How a program is started: as we are, in an own user namespace, or as another account."""

    namespace: bool = False
    uid: int | None = None
    gid: int | None = None

    def arguments(self) -> list[str]:
        if self.namespace:
            return ["--namespace"]
        return [f"--account={self.uid}:{self.gid}"] if self.uid is not None else []

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def launched(argv: list[str], account: Account) -> list[str]:
    return [sys.executable, "-I", "-S", str(LAUNCHER), *account.arguments(), "--", *argv]


def _runs(argv: list[str], account: Account) -> bool:
    done = subprocess.run(launched(argv, account), capture_output=True, check=False)
    return done.returncode == 0


def choose(program: Path, place: Path) -> Account:
    """The first way in which `program` starts and `place` can be reached."""
    if os.geteuid() != 0:
        return Account()
    if _runs([str(program), "--version"], Account(namespace=True)):
        return Account(namespace=True)
    for name in ("postgres", "_postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(uid=entry.pw_uid, gid=entry.pw_gid)
        if _runs([str(program), "--version"], account) and _runs(
            ["test", "-x", str(place)], account
        ):
            return account
    raise StackError(
        "Postgres does not run as root, user namespaces are not allowed here, and no account"
        f" (postgres, nobody) can reach {place}: run as an ordinary user or set DATABASE_URL"
    )
