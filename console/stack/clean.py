"""`python -m console.stack clean-data`: removes what the demo recorded, unless it is running."""

import os
import shutil
from pathlib import Path

from console.stack import places, programs

# Only what this program writes: READBACK_VAR may point to a directory with other things in it.
_OURS = (
    *("pg", "kv", "log", "run", "static", "demo.json", "secret", "app-password"),
    *("simulator.json", "simulator.port", "prepared", "running.json", "celerybeat*"),
)


def run() -> int:
    var = Path(os.environ.get("READBACK_VAR") or programs.ROOT / "var")
    if not var.is_dir():
        print(f"nothing to remove in {var}")
        return 0
    lock = places.take_lock(places.open_var(var))
    try:
        for path in (found for name in _OURS for found in var.glob(name)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    finally:
        lock.close()
    print(f"removed the data in {var}")
    return 0
