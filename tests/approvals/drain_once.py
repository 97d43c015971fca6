"""A worker of its own for one drain: `CRASH_AT` says where it is killed."""

import asyncio
import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from approvals import drain

    asyncio.run(drain.run(seconds=2.0, linger=0.0))


if __name__ == "__main__":
    main()
