"""python -m tests.bench [outbox|approvals|live|pages] …: tables side by side, written to var/bench/."""

import argparse
import importlib
import os
import sys

TABLES = ("outbox", "approvals", "live", "pages")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], help="none: all")
    parser.add_argument("--only", nargs="+", default=[], help="parts: A1, B2, D3, filters, …")
    parser.add_argument("--seed", type=int, default=20261125)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    if load > 3:
        print(f"note: load {load:.1f} before the start; ratios are noisy", flush=True)
    from tests.bench.tables import Table
    from tests.chaos import stage

    found = []
    with stage.opened(options.seed, quick=False) as on:
        for name in options.tables or TABLES:
            print(f"{name}: ours | beside | ratio | floor", flush=True)
            table = Table(name, tuple(options.only))
            importlib.import_module(f"tests.bench.{name}").play(on, table)
            table.write()
            found.append(table)
    lost = [words for table in found for words in table.losses]
    missed = [row.key for table in found for row in table.rows if row.verdict == "MISSED"]
    print(
        f"bench: {sum(len(t.rows) for t in found)} rows, missed {missed or 'none'}, lost {len(lost)}"
    )
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
