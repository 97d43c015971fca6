"""`python -m console.stack demo`; `python -m console.stack clean-data`."""

import argparse
import sys

from console.stack import clean, demo
from console.stack.errors import StackError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m console.stack")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("demo", help="run everything on this machine until Ctrl-C")
    run.add_argument("--with-parent", action="store_true", help="stop when the caller is gone")
    commands.add_parser("clean-data", help="remove what the demo recorded")
    options = parser.parse_args()
    try:
        if options.command == "demo":
            return demo.run(with_parent=options.with_parent)
        return clean.run()
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
